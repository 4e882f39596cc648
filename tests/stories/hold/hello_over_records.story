# One hello over many TLS records is one hello.
connect user 10.10.0.5:40000 > 203.0.113.9:443
user tcp 10.10.0.5:40000 > 203.0.113.9:443 PA tls(sni=bank.example,padding=900,record=100) part(0,700)
out held
user tcp 10.10.0.5:40000 > 203.0.113.9:443 PA tls(sni=bank.example,padding=900,record=100) part(700)
out forward released=1
flow tcp 10.10.0.5:40000 > 203.0.113.9:443 name=bank.example
