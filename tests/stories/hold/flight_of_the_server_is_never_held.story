# The server's bytes pass while the client's wait.
connect user 10.10.0.5:40000 > 203.0.113.9:443
user tcp 10.10.0.5:40000 > 203.0.113.9:443 A tls(sni=bank.example) part(0,100)
out held
internet tcp 203.0.113.9:443 > 10.10.0.5:40000 PA text(early)
out forward
user tcp 10.10.0.5:40000 > 203.0.113.9:443 A
out forward
count held 1
