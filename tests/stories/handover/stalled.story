# A hello that stalls, contiguous: after 100 ms sockets take it and somebody else reads it.
inspector ready
connect user 10.10.0.5:40000 > 203.0.113.9:443
user tcp 10.10.0.5:40000 > 203.0.113.9:443 A tls(sni=news.example) part(0,40)
out held
wait 90
asked none
wait 20
asked stalled=1 user_next=1001
broker takes
out to_kernel=1
count handover_stalled 1
user tcp 10.10.0.5:40000 > 203.0.113.9:443 A tls(sni=news.example) part(40)
out kernel
