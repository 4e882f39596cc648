connect user 10.10.0.5:40000 > 203.0.113.9:443 qinq=10,20
user tcp 10.10.0.5:40000 > 203.0.113.9:443 PA qinq=10,20 tls(sni=casino.example)
out drop not_granted
own user tcp 203.0.113.9:443 > 10.10.0.5:40000 R seq=1001 ack=0 win=0 tags=0x88a8:10,0x8100:20
own internet tcp 10.10.0.5:40000 > 203.0.113.9:443 RA seq=1001 ack=1001 win=0 tags=0x88a8:10,0x8100:20
