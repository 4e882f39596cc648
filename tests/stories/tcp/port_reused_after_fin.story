# The same ports again after both ends have closed: a new flow, judged by its own hello.
connect user 10.10.0.5:40000 > 203.0.113.9:443
user tcp 10.10.0.5:40000 > 203.0.113.9:443 PA tls(sni=bank.example)
out forward
internet tcp 203.0.113.9:443 > 10.10.0.5:40000 FA
out forward
user tcp 10.10.0.5:40000 > 203.0.113.9:443 FA
out forward
connect user 10.10.0.5:40000 > 203.0.113.9:443
flow tcp 10.10.0.5:40000 > 203.0.113.9:443 reason=learning packets=3 name=
user tcp 10.10.0.5:40000 > 203.0.113.9:443 PA tls(sni=casino.example)
out drop not_granted
own user tcp 203.0.113.9:443 > 10.10.0.5:40000 R
own internet tcp 10.10.0.5:40000 > 203.0.113.9:443 RA
count flows_new 2
