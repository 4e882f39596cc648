# A first request whose length is a matter of opinion is judged by its host all the same.
connect user 10.20.0.5:40000 > 203.0.113.9:80
user tcp 10.20.0.5:40000 > 203.0.113.9:80 PA text(POST / HTTP/1.1\r\nHost: casino.example\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n)
out drop not_granted
own user tcp 203.0.113.9:80 > 10.20.0.5:40000 FPA
own internet tcp 10.20.0.5:40000 > 203.0.113.9:80 RA
connect user 10.20.0.5:40001 > 203.0.113.9:80
user tcp 10.20.0.5:40001 > 203.0.113.9:80 PA text(POST / HTTP/1.1\r\nHost: news.example\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n)
out forward
flow tcp 10.20.0.5:40001 > 203.0.113.9:80 name=news.example
count open.unnamed 1
