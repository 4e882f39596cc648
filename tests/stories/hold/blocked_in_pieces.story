# A hello in pieces that names a casino: not one byte of it reaches the server, and the server is
# reset at the byte it waits for.
connect user 10.10.0.5:40000 > 203.0.113.9:443
user tcp 10.10.0.5:40000 > 203.0.113.9:443 A tls(sni=casino.example,padding=600) part(0,300)
out held
user tcp 10.10.0.5:40000 > 203.0.113.9:443 A tls(sni=casino.example,padding=600) part(300,300)
out held
user tcp 10.10.0.5:40000 > 203.0.113.9:443 PA tls(sni=casino.example,padding=600) part(600)
out drop not_granted dropped=2
own user tcp 203.0.113.9:443 > 10.10.0.5:40000 R seq=1001
own internet tcp 10.10.0.5:40000 > 203.0.113.9:443 RA seq=1001 ack=1001
count held 0
count blocked.not_granted 3
