# A server may decline an upgrade: the next request is a request, and judged.
connect user 10.20.0.5:40000 > 203.0.113.9:80
user tcp 10.20.0.5:40000 > 203.0.113.9:80 PA text(GET / HTTP/1.1\r\nHost: news.example\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n)
out forward
internet tcp 203.0.113.9:80 > 10.20.0.5:40000 PA text(HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n)
out forward
user tcp 10.20.0.5:40000 > 203.0.113.9:80 PA http(host=casino.example)
out drop not_granted
own user tcp 203.0.113.9:80 > 10.20.0.5:40000 FPA
own internet tcp 10.20.0.5:40000 > 203.0.113.9:80 RA
