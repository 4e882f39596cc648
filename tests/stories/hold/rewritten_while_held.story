# While a hello is put together, a retransmission may not say something else.
connect user 10.10.0.5:40000 > 203.0.113.9:443
user tcp 10.10.0.5:40000 > 203.0.113.9:443 A seq=1001 tls(sni=casino.example) part(0,100)
out held
user tcp 10.10.0.5:40000 > 203.0.113.9:443 A seq=1051 fill(50)
out drop hello_rewritten
count held 1
