# Case, a port, a final dot and an absolute form name the same host.
connect user 10.20.0.5:40000 > 203.0.113.9:80
user tcp 10.20.0.5:40000 > 203.0.113.9:80 PA http(host=WWW.News.Example:80)
out forward
flow tcp 10.20.0.5:40000 > 203.0.113.9:80 name=www.news.example
user tcp 10.20.0.5:40000 > 203.0.113.9:80 PA http(host=bank.example.)
out forward
flow tcp 10.20.0.5:40000 > 203.0.113.9:80 name=bank.example reason=exempt_finance
user tcp 10.20.0.5:40000 > 203.0.113.9:80 PA text(GET http://CASINO.example:80/x HTTP/1.1\r\nHost: news.example\r\n\r\n)
out drop not_granted
own user tcp 203.0.113.9:80 > 10.20.0.5:40000 FPA
own internet tcp 10.20.0.5:40000 > 203.0.113.9:80 RA
