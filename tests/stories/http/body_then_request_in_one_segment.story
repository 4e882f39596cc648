# The end of a body and the next request share a segment.
connect user 10.20.0.5:40000 > 203.0.113.9:80
user tcp 10.20.0.5:40000 > 203.0.113.9:80 PA text(POST / HTTP/1.1\r\nHost: news.example\r\nContent-Length: 3000\r\n\r\n) fill(1000)
out forward
user tcp 10.20.0.5:40000 > 203.0.113.9:80 A fill(1400)
out forward
user tcp 10.20.0.5:40000 > 203.0.113.9:80 PA fill(600) http(host=casino.example)
out drop not_granted
own user tcp 203.0.113.9:80 > 10.20.0.5:40000 FPA
own internet tcp 10.20.0.5:40000 > 203.0.113.9:80 RA
