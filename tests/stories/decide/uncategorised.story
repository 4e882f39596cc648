# What no list names is in the category "uncategorised", which a yearly list opens or does not.
connect user 10.10.0.5:40000 > 203.0.113.9:443
user tcp 10.10.0.5:40000 > 203.0.113.9:443 PA tls(sni=nobody-knows.example)
out drop uncategorised
own user tcp 203.0.113.9:443 > 10.10.0.5:40000 R
own internet tcp 10.10.0.5:40000 > 203.0.113.9:443 RA
connect user 10.20.0.5:40000 > 203.0.113.9:443
user tcp 10.20.0.5:40000 > 203.0.113.9:443 PA tls(sni=nobody-knows.example)
out forward
flow tcp 10.20.0.5:40000 > 203.0.113.9:443 reason=pilot
