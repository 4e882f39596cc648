# A later request's end comes first: it waits, although the first request is allowed and goes.
connect user 10.20.0.5:40000 > 203.0.113.9:80
user tcp 10.20.0.5:40000 > 203.0.113.9:80 PA seq=1106 http(host=news.example) http(host=casino.example) part(105)
out held
user tcp 10.20.0.5:40000 > 203.0.113.9:80 PA seq=1001 http(host=news.example)
out forward
count held 1
user tcp 10.20.0.5:40000 > 203.0.113.9:80 PA seq=1070 http(host=casino.example) part(0,36)
out drop not_granted dropped=1
own user tcp 203.0.113.9:80 > 10.20.0.5:40000 FPA seq=1001
own internet tcp 10.20.0.5:40000 > 203.0.113.9:80 RA seq=1070
