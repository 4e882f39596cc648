# Admitted, but only over TLS: clear HTTP to the same service is refused when it shows itself.
connect user 10.10.0.5:40000 > 192.0.2.17:443
user tcp 10.10.0.5:40000 > 192.0.2.17:443 PA tls(sni=hosting.example)
out forward
flow tcp 10.10.0.5:40000 > 192.0.2.17:443 reason=protected_admitted protocol=tls
connect user 10.10.0.5:40001 > 192.0.2.17:80
user tcp 10.10.0.5:40001 > 192.0.2.17:80 PA http(host=hosting.example)
out drop protected_channel
own user tcp 192.0.2.17:80 > 10.10.0.5:40001 FPA seq=1001
own internet tcp 10.10.0.5:40001 > 192.0.2.17:80 RA seq=1001
flow tcp 10.10.0.5:40001 > 192.0.2.17:80 verdict=block reason=protected_channel protocol=http
