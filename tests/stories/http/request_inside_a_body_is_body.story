# What looks like a request inside a body is body.
connect user 10.20.0.5:40000 > 203.0.113.9:80
user tcp 10.20.0.5:40000 > 203.0.113.9:80 PA text(POST / HTTP/1.1\r\nHost: news.example\r\nContent-Length: 71\r\n\r\n)
out forward
user tcp 10.20.0.5:40000 > 203.0.113.9:80 PA http(host=casino.example)
out forward
flow tcp 10.20.0.5:40000 > 203.0.113.9:80 name=news.example verdict=forward
