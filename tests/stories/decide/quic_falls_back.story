# QUIC cannot be taken over: under inspection it is blocked, so that the client falls back to TCP; in
# pilot it passes. Its name is what a resolver called the address.
user udp 10.10.0.5:5000 > 192.0.2.53:53 dns(q=news.example,id=7)
out forward
internet udp 192.0.2.53:53 > 10.10.0.5:5000 dnsanswer(q=news.example,a=203.0.113.9,id=7)
out forward
user udp 10.10.0.5:40000 > 203.0.113.9:443 hex(c0 00000001 08 0102030405060708 00 00 449e) fill(1182)
out drop quic_fallback
own user icmp 203.0.113.9 > 10.10.0.5 type=3 code=13
flow udp 10.10.0.5:40000 > 203.0.113.9:443 verdict=block reason=quic_fallback protocol=quic name=news.example
user udp 10.20.0.5:40000 > 203.0.113.9:443 hex(c0 00000001 08 0102030405060708 00 00 449e) fill(1182)
out forward
flow udp 10.20.0.5:40000 > 203.0.113.9:443 reason=pilot
