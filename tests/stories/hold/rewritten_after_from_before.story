# The same after the verdict, before the server has acknowledged anything.
connect user 10.10.0.5:40000 > 203.0.113.9:443
user tcp 10.10.0.5:40000 > 203.0.113.9:443 PA seq=1001 tls(sni=bank.example)
out forward
user tcp 10.10.0.5:40000 > 203.0.113.9:443 PA seq=1000 text(x) tls(sni=casino.example)
out drop hello_rewritten
