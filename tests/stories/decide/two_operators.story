# The same private address behind two operators is two organisations and two flows.
user tcp 10.10.0.5:40000 > 203.0.113.9:443 S
out forward
wire b-main
user tcp 10.10.0.5:40000 > 203.0.113.9:443 S
out forward
flow tcp 10.10.0.5:40000 > 203.0.113.9:443 packets=1
count flows_live 2
wire a-main
internet tcp 203.0.113.9:443 > 10.10.0.5:40000 SA
out forward
user tcp 10.10.0.5:40000 > 203.0.113.9:443 PA seq=1001 ack=1001 tls(sni=bank.example)
out forward
wire b-main
internet tcp 203.0.113.9:443 > 10.10.0.5:40000 SA ack=1001
out forward
user tcp 10.10.0.5:40000 > 203.0.113.9:443 PA seq=1001 ack=1001 tls(sni=bank.example)
out drop no_policy
own user tcp 203.0.113.9:443 > 10.10.0.5:40000 R
own internet tcp 10.10.0.5:40000 > 203.0.113.9:443 RA
count decided.exempt_finance 1
