# Nor may a packet that begins one byte before the stream: what is behind that byte counts.
connect user 10.10.0.5:40000 > 203.0.113.9:443
user tcp 10.10.0.5:40000 > 203.0.113.9:443 PA seq=1000 text(x) tls(sni=casino.example)
out drop not_granted
own user tcp 203.0.113.9:443 > 10.10.0.5:40000 R seq=1001
own internet tcp 10.10.0.5:40000 > 203.0.113.9:443 RA seq=1001
