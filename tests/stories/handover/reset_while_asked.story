# A reset while sockets are made reaches the other end, and the sockets are not for anybody.
inspector ready
connect user 10.10.0.5:40000 > 203.0.113.9:443
user tcp 10.10.0.5:40000 > 203.0.113.9:443 PA tls(sni=news.example)
out held
internet tcp 203.0.113.9:443 > 10.10.0.5:40000 RA
out forward dropped=1
told reset
broker takes
told forgotten
count hold_aborted 1
