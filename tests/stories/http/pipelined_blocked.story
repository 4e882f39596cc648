# The second request of a segment is not allowed: the segment does not reach the server at all.
connect user 10.20.0.5:40000 > 203.0.113.9:80
user tcp 10.20.0.5:40000 > 203.0.113.9:80 PA http(host=news.example) http(host=casino.example)
out drop not_granted
own user tcp 203.0.113.9:80 > 10.20.0.5:40000 FPA seq=1001
own internet tcp 10.20.0.5:40000 > 203.0.113.9:80 RA seq=1001
flow tcp 10.20.0.5:40000 > 203.0.113.9:80 name=casino.example verdict=block
