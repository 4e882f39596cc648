# Between the same ports, another server id begins another connection: its hello is judged, also when
# the flow was settled long ago.
user udp 10.10.0.5:40000 > 203.0.113.9:443 quic(sni=bank.example)
out forward
internet udp 203.0.113.9:443 > 10.10.0.5:40000 hex(e0 00000001 00 08 a1a2a3a4a5a6a7a8 4016) fill(22)
out forward
user udp 10.10.0.5:40000 > 203.0.113.9:443 hex(40) fill(40)
out forward
flow udp 10.10.0.5:40000 > 203.0.113.9:443 reason=exempt_finance name=bank.example
user udp 10.10.0.5:40000 > 203.0.113.9:443 quic(sni=casino.example,id=a1a2a3a4a5a6a7a9)
out drop not_granted
own user icmp 203.0.113.9 > 10.10.0.5 type=3 code=13
flow udp 10.10.0.5:40000 > 203.0.113.9:443 verdict=block reason=not_granted name=casino.example
