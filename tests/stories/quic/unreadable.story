# What opens with no keys is judged without a name; a hello that never becomes whole passes unnamed when
# its client has waited long enough, and is read on.
user udp 10.10.0.5:40000 > 203.0.113.9:443 quic(sni=casino.example,keys=0909)
out forward
flow udp 10.10.0.5:40000 > 203.0.113.9:443 reason=unnamed_open protocol=quic name=
count quic_unreadable 1
user udp 10.10.0.5:40001 > 203.0.113.9:443 quic(sni=casino.example,padding=900,pieces=0:300)
out held
wait 100
out released=1
flow udp 10.10.0.5:40001 > 203.0.113.9:443 reason=unnamed_open
user udp 10.10.0.5:40001 > 203.0.113.9:443 quic(sni=casino.example,padding=900,pieces=300:900,pn=1)
out drop not_granted
own user icmp 203.0.113.9 > 10.10.0.5 type=3 code=13
flow udp 10.10.0.5:40001 > 203.0.113.9:443 reason=not_granted name=casino.example
