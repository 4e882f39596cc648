# Four requests of one connection, each judged by its own Host; bodies between them are passed over.
connect user 10.20.0.5:40000 > 203.0.113.9:80
user tcp 10.20.0.5:40000 > 203.0.113.9:80 PA http(host=news.example)
out forward
internet tcp 203.0.113.9:80 > 10.20.0.5:40000 PA text(HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n)
out forward
user tcp 10.20.0.5:40000 > 203.0.113.9:80 PA text(POST /a HTTP/1.1\r\nHost: bank.example\r\nContent-Length: 10\r\n\r\n0123456789)
out forward
flow tcp 10.20.0.5:40000 > 203.0.113.9:80 reason=exempt_finance name=bank.example
internet tcp 203.0.113.9:80 > 10.20.0.5:40000 PA text(HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n)
out forward
user tcp 10.20.0.5:40000 > 203.0.113.9:80 PA http(host=news.example,path=/b)
out forward
flow tcp 10.20.0.5:40000 > 203.0.113.9:80 reason=pilot name=news.example
count cold_live 1
