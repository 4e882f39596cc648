# A hello inside a fragmented segment is read as if it had not been fragmented.
connect user 10.10.0.5:40000 > 203.0.113.9:443
user tcp 10.10.0.5:40000 > 203.0.113.9:443 PA seq=1001 ack=1001 tls(sni=casino.example,padding=600) frag(id=7,off=0,size=400,more)
out held
user tcp 10.10.0.5:40000 > 203.0.113.9:443 PA seq=1001 ack=1001 tls(sni=casino.example,padding=600) frag(id=7,off=400,size=2000)
out drop not_granted dropped=1
own user tcp 203.0.113.9:443 > 10.10.0.5:40000 R seq=1001
own internet tcp 10.10.0.5:40000 > 203.0.113.9:443 RA seq=1001 ack=1001
