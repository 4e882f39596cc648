# A long upload takes no room once the server has its head.
connect user 10.20.0.5:40000 > 203.0.113.9:80
user tcp 10.20.0.5:40000 > 203.0.113.9:80 PA text(POST / HTTP/1.1\r\nHost: news.example\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\n)
out forward
internet tcp 203.0.113.9:80 > 10.20.0.5:40000 A
out forward
user tcp 10.20.0.5:40000 > 203.0.113.9:80 A fill(9000)
out forward
user tcp 10.20.0.5:40000 > 203.0.113.9:80 A fill(9000)
out forward
user tcp 10.20.0.5:40000 > 203.0.113.9:80 A fill(9000)
out forward
flow tcp 10.20.0.5:40000 > 203.0.113.9:80 name=news.example
count hold_limit 0
