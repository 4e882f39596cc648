# A request head over three segments waits until its Host is known.
connect user 10.20.0.5:40000 > 203.0.113.9:80
user tcp 10.20.0.5:40000 > 203.0.113.9:80 A text(GE)
out held
user tcp 10.20.0.5:40000 > 203.0.113.9:80 A text(T /x HTTP/1.1\r\nHost: ne)
out held
user tcp 10.20.0.5:40000 > 203.0.113.9:80 PA text(ws.example\r\n\r\n)
out forward released=2
flow tcp 10.20.0.5:40000 > 203.0.113.9:80 name=news.example
# So does the second one of the connection.
user tcp 10.20.0.5:40000 > 203.0.113.9:80 A text(GET / HTTP/1.1\r\nHost: cas)
out held
user tcp 10.20.0.5:40000 > 203.0.113.9:80 PA text(ino.example\r\n\r\n)
out drop not_granted dropped=1
own user tcp 203.0.113.9:80 > 10.20.0.5:40000 FPA
own internet tcp 10.20.0.5:40000 > 203.0.113.9:80 RA
