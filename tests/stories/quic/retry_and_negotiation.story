# After a Retry the keys come from the id the server chose; after a version negotiation from another
# salt. The name is read again both times.
user udp 10.10.0.5:40000 > 203.0.113.9:443 quic(sni=bank.example)
out forward
internet udp 203.0.113.9:443 > 10.10.0.5:40000 hex(f0 00000001 00 08 a1a2a3a4a5a6a7a8) fill(40)
out forward
user udp 10.10.0.5:40000 > 203.0.113.9:443 quic(sni=bank.example,id=a1a2a3a4a5a6a7a8,token=24,pn=1)
out forward
count quic_hellos 2
flow udp 10.10.0.5:40000 > 203.0.113.9:443 reason=exempt_finance name=bank.example
user udp 10.10.0.5:40001 > 203.0.113.9:443 quic(sni=bank.example,draft=29)
out forward
internet udp 203.0.113.9:443 > 10.10.0.5:40001 hex(80 00000000 00 08 0102030405060708 00000001)
out forward
user udp 10.10.0.5:40001 > 203.0.113.9:443 quic(sni=casino.example)
out drop not_granted
own user icmp 203.0.113.9 > 10.10.0.5 type=3 code=13
count quic_unreadable 0
# The client goes on with the id the server chose, and the keys of the first one.
user udp 10.10.0.5:40002 > 203.0.113.9:443 quic(sni=bank.example,padding=900,pieces=0:300)
out held
internet udp 203.0.113.9:443 > 10.10.0.5:40002 hex(c0 00000001 00 08 a1a2a3a4a5a6a7a8 00 4016) fill(22) hex(00000000000000000000)
out forward
user udp 10.10.0.5:40002 > 203.0.113.9:443 quic(sni=bank.example,padding=900,pieces=300:900,id=a1a2a3a4a5a6a7a8,keys=0102030405060708,pn=1)
out forward released=1
