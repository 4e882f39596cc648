# A chunked body over segments, cut inside a size line; the request behind it is read.
connect user 10.20.0.5:40000 > 203.0.113.9:80
user tcp 10.20.0.5:40000 > 203.0.113.9:80 PA text(POST / HTTP/1.1\r\nHost: news.example\r\nTransfer-Encoding: chunked\r\n\r\n1)
out forward
user tcp 10.20.0.5:40000 > 203.0.113.9:80 PA text(0\r\n0123456789abcdef\r\n5)
out forward
user tcp 10.20.0.5:40000 > 203.0.113.9:80 PA text(\r\nabcde\r\n0\r\n\r\nGET / HTTP/1.1\r\nHost: casino.example\r\n\r\n)
out drop not_granted
own user tcp 203.0.113.9:80 > 10.20.0.5:40000 FPA
own internet tcp 10.20.0.5:40000 > 203.0.113.9:80 RA
