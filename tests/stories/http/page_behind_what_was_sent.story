# The page begins where the server's bytes end, also when the client has not acknowledged them yet.
connect user 10.20.0.5:40000 > 203.0.113.9:80
user tcp 10.20.0.5:40000 > 203.0.113.9:80 PA http(host=news.example)
out forward
internet tcp 203.0.113.9:80 > 10.20.0.5:40000 PA seq=1001 text(HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n)
out forward
user tcp 10.20.0.5:40000 > 203.0.113.9:80 PA ack=1001 http(host=casino.example)
out drop not_granted
own user tcp 203.0.113.9:80 > 10.20.0.5:40000 FPA seq=1039
own internet tcp 10.20.0.5:40000 > 203.0.113.9:80 RA
