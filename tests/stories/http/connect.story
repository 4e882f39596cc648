# A granted proxy is judged by the target of CONNECT; what follows is the tunnel's own.
connect user 10.20.0.5:40000 > 203.0.113.9:8080
user tcp 10.20.0.5:40000 > 203.0.113.9:8080 PA text(CONNECT bank.example:443 HTTP/1.1\r\nHost: bank.example:443\r\n\r\n)
out forward
flow tcp 10.20.0.5:40000 > 203.0.113.9:8080 reason=exempt_finance name=bank.example
internet tcp 203.0.113.9:8080 > 10.20.0.5:40000 PA text(HTTP/1.1 200 OK\r\n\r\n)
out forward
user tcp 10.20.0.5:40000 > 203.0.113.9:8080 PA tls(sni=bank.example)
out forward
flow tcp 10.20.0.5:40000 > 203.0.113.9:8080 verdict=forward
count open.unnamed 0
connect user 10.20.0.5:40001 > 203.0.113.9:8080
user tcp 10.20.0.5:40001 > 203.0.113.9:8080 PA text(CONNECT casino.example:443 HTTP/1.1\r\n\r\n)
out drop not_granted
own user tcp 203.0.113.9:8080 > 10.20.0.5:40001 FPA
own internet tcp 10.20.0.5:40001 > 203.0.113.9:8080 RA
