# A hello shuffled over five datagrams that come in no order: all wait until it is whole.
user udp 10.10.0.5:40000 > 203.0.113.9:443 quic(sni=bank.example,padding=900,pn=3,pieces=700:150+200:100)
out held
user udp 10.10.0.5:40000 > 203.0.113.9:443 quic(sni=bank.example,padding=900,pn=0,pieces=100:100+850:500)
out held
user udp 10.10.0.5:40000 > 203.0.113.9:443 quic(sni=bank.example,padding=900,pn=4,pieces=600:100)
out held
user udp 10.10.0.5:40000 > 203.0.113.9:443 quic(sni=bank.example,padding=900,pn=1,pieces=300:300)
out held
user udp 10.10.0.5:40000 > 203.0.113.9:443 quic(sni=bank.example,padding=900,pn=2,pieces=50:60+0:50)
out forward released=4
flow udp 10.10.0.5:40000 > 203.0.113.9:443 reason=exempt_finance name=bank.example
# The same for a casino: nothing reaches it.
user udp 10.10.0.5:40001 > 203.0.113.9:443 quic(sni=casino.example,padding=900,pn=1,pieces=600:900)
out held
user udp 10.10.0.5:40001 > 203.0.113.9:443 quic(sni=casino.example,padding=900,pn=0,pieces=300:300)
out held
user udp 10.10.0.5:40001 > 203.0.113.9:443 quic(sni=casino.example,padding=900,pn=2,pieces=0:300)
out drop not_granted dropped=2
own user icmp 203.0.113.9 > 10.10.0.5 type=3 code=13
count blocked.not_granted 3
count held 0
