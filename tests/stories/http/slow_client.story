# A request typed slowly is let go unnamed after 100 ms, and its connection is read all the same.
connect user 10.20.0.5:40000 > 203.0.113.9:80
user tcp 10.20.0.5:40000 > 203.0.113.9:80 PA text(GET / HTTP/1.1\r\n)
out held
wait 120
out released=1
flow tcp 10.20.0.5:40000 > 203.0.113.9:80 reason=unnamed_open
user tcp 10.20.0.5:40000 > 203.0.113.9:80 PA text(Host: news.example\r\n\r\n)
out forward
flow tcp 10.20.0.5:40000 > 203.0.113.9:80 reason=pilot name=news.example
user tcp 10.20.0.5:40000 > 203.0.113.9:80 PA http(host=casino.example)
out drop not_granted
own user tcp 203.0.113.9:80 > 10.20.0.5:40000 FPA
own internet tcp 10.20.0.5:40000 > 203.0.113.9:80 RA
