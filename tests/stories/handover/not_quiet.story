# A server that spoke first: sockets are asked for when the client has all of it, for no socket could
# send it again.
inspector ready
connect user 10.10.0.5:40000 > 203.0.113.9:443
internet tcp 203.0.113.9:443 > 10.10.0.5:40000 PA seq=1001 ack=1001 text(hello)
out forward
user tcp 10.10.0.5:40000 > 203.0.113.9:443 PA seq=1001 ack=1001 tls(sni=news.example)
out held
asked none
internet tcp 203.0.113.9:443 > 10.10.0.5:40000 PA seq=1001 ack=1001 text(hello)
out forward
asked none
user tcp 10.10.0.5:40000 > 203.0.113.9:443 A seq=1001 ack=1006
out forward
asked remote_next=1006 user_next=1001
