# evilbank.example is not bank.example, and bank.example.evil.example is not either.
connect user 10.10.0.5:40000 > 203.0.113.9:443
user tcp 10.10.0.5:40000 > 203.0.113.9:443 PA tls(sni=evilbank.example)
out drop uncategorised
own user tcp 203.0.113.9:443 > 10.10.0.5:40000 R
own internet tcp 10.10.0.5:40000 > 203.0.113.9:443 RA
connect user 10.10.0.5:40001 > 203.0.113.9:443
user tcp 10.10.0.5:40001 > 203.0.113.9:443 PA tls(sni=bank.example.evil.example)
out drop uncategorised
own user tcp 203.0.113.9:443 > 10.10.0.5:40001 R
own internet tcp 10.10.0.5:40001 > 203.0.113.9:443 RA
