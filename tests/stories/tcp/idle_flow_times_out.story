# An unanswered SYN is forgotten in 10 s, a closed connection in 2 s, an established one is not.
user tcp 10.10.0.5:40000 > 203.0.113.9:443 S
out forward
connect user 10.10.0.5:40001 > 203.0.113.9:443
connect user 10.10.0.5:40002 > 203.0.113.9:443
user tcp 10.10.0.5:40002 > 203.0.113.9:443 R
out forward
wait 6500
count flows_live 2
wait 8500
count flows_live 1
flow tcp 10.10.0.5:40001 > 203.0.113.9:443 packets=3
