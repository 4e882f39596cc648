# An exempt flow is told when it is decided, with its hello's hash, and when it ends, with what was
# forwarded of it; nobody is asked to take it over.
inspector ready
connect user 10.10.0.5:40000 > 203.0.113.9:443
user tcp 10.10.0.5:40000 > 203.0.113.9:443 PA tls(sni=bank.example)
out forward
evidence begun 10.10.0.5 reason=exempt_finance name=bank.example org=ministry packets=4
internet tcp 203.0.113.9:443 > 10.10.0.5:40000 A
out forward
asked none
user tcp 10.10.0.5:40000 > 203.0.113.9:443 RA
out forward
wait 8000
evidence ended 10.10.0.5 why=closed packets=6
evidence none
count evidence_told 1
count evidence_lost 0
