# While sockets are made nothing passes that would make their numbers wrong: a repeated hello, more of
# the client, an answer. All of it is sent again by whoever meant it.
inspector ready
connect user 10.10.0.5:40000 > 203.0.113.9:443
user tcp 10.10.0.5:40000 > 203.0.113.9:443 PA seq=1001 ack=1001 tls(sni=news.example)
out held
user tcp 10.10.0.5:40000 > 203.0.113.9:443 PA seq=1001 ack=1001 tls(sni=news.example)
out drop hold_duplicate
internet tcp 203.0.113.9:443 > 10.10.0.5:40000 PA seq=1001 ack=1001 text(early)
out drop handover_pending
user tcp 10.10.0.5:40000 > 203.0.113.9:443 A seq=1001 ack=1001
out drop handover_pending
broker takes
out to_kernel=1
