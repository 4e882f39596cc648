# A piece of the hello with other content than before, to the same server id: it does not pass, before
# the verdict and after it, until the server has shown that it has the hello.
user udp 10.10.0.5:40000 > 203.0.113.9:443 quic(sni=bank.example,padding=900,pieces=0:300)
out held
user udp 10.10.0.5:40000 > 203.0.113.9:443 quic(sni=casi.example,padding=1000,pieces=0:300,pn=1)
out drop hello_rewritten
user udp 10.10.0.5:40000 > 203.0.113.9:443 quic(sni=bank.example,padding=900,pieces=300:1000,pn=2)
out forward released=1
user udp 10.10.0.5:40000 > 203.0.113.9:443 quic(sni=casino.example,padding=900,pn=3)
out drop hello_rewritten
user udp 10.10.0.5:40000 > 203.0.113.9:443 quic(sni=bank.example,padding=900,pieces=0:300,pn=4)
out forward
