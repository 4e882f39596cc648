# No room for another name: the flow is judged by it all the same, but forgets it; a change of policy
# does not make it unnamed.
limits names_max=1
connect user 10.10.0.5:40000 > 203.0.113.9:443
user tcp 10.10.0.5:40000 > 203.0.113.9:443 PA tls(sni=bank.example)
out forward
user udp 10.10.0.5:40001 > 192.0.2.53:53 dns(q=x.example)
out forward
connect user 10.10.0.5:40002 > 203.0.113.9:443
user tcp 10.10.0.5:40002 > 203.0.113.9:443 PA tls(sni=www.bank.example)
out forward
count open.pool_full 2
count decided.exempt_finance 2
publish
internet tcp 203.0.113.9:443 > 10.10.0.5:40002 A
out forward
count decided.unnamed_open 0
