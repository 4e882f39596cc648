# A QUIC flow is judged by the name in its hello, whatever the address is called: an exempt one passes,
# one that would be inspected is blocked so that the client falls back to TCP, one that is not granted
# is blocked.
user udp 10.10.0.5:40000 > 203.0.113.9:443 quic(sni=bank.example,alpn=h3)
out forward
flow udp 10.10.0.5:40000 > 203.0.113.9:443 verdict=forward reason=exempt_finance protocol=quic name=bank.example source=quic_sni
user udp 10.10.0.5:40001 > 203.0.113.9:443 quic(sni=news.example,v2)
out drop quic_fallback
own user icmp 203.0.113.9 > 10.10.0.5 type=3 code=13
user udp 10.10.0.5:40002 > 203.0.113.9:443 quic(sni=casino.example,draft=29)
out drop not_granted
own user icmp 203.0.113.9 > 10.10.0.5 type=3 code=13
flow udp 10.10.0.5:40002 > 203.0.113.9:443 verdict=block reason=not_granted name=casino.example
user udp 10.20.0.5:40000 > 203.0.113.9:443 quic(sni=news.example)
out forward
flow udp 10.20.0.5:40000 > 203.0.113.9:443 reason=pilot name=news.example
count quic_hellos 4
count held 0
