# Within seconds every flow has been judged by the new policy, without a packet of its own.
user udp 10.10.0.5:5000 > 203.0.113.9:9000 text(x)
out forward
user udp 10.20.0.5:5000 > 203.0.113.9:9000 text(x)
out forward
publish
count redecided 0
wait 6000
count redecided 2
