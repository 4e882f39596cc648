# A blocked flow is one event, with the name; its further packets are only counted.
connect user 10.10.0.5:40000 > 203.0.113.9:443
user tcp 10.10.0.5:40000 > 203.0.113.9:443 PA tls(sni=casino.example)
out drop not_granted
own user tcp 203.0.113.9:443 > 10.10.0.5:40000 R
own internet tcp 10.10.0.5:40000 > 203.0.113.9:443 RA
user tcp 10.10.0.5:40000 > 203.0.113.9:443 PA text(more)
out drop not_granted
own user tcp 203.0.113.9:443 > 10.10.0.5:40000 R
event flow_blocked 10.10.0.5 reason=not_granted name=casino.example
event none
count blocked.not_granted 2
