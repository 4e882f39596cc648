# Behind an address nobody listed, the name shows the protected service.
connect user 10.20.0.5:40000 > 203.0.113.70:443
user tcp 10.20.0.5:40000 > 203.0.113.70:443 PA tls(sni=www.secure.example)
out drop protected_not_admitted
own user tcp 203.0.113.70:443 > 10.20.0.5:40000 R seq=1001
own internet tcp 10.20.0.5:40000 > 203.0.113.70:443 RA seq=1001
flow tcp 10.20.0.5:40000 > 203.0.113.70:443 reason=protected_not_admitted name=www.secure.example
connect user 10.10.0.5:40000 > 203.0.113.70:443
user tcp 10.10.0.5:40000 > 203.0.113.70:443 PA tls(sni=secure.example)
out forward
flow tcp 10.10.0.5:40000 > 203.0.113.70:443 reason=protected_admitted
