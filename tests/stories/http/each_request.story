# Every request of a kept-alive connection is judged; the blocked one gets a page, the server a reset.
user tcp 10.20.0.5:40004 > 203.0.113.10:80 S
out forward
internet tcp 203.0.113.10:80 > 10.20.0.5:40004 SA
out forward
user tcp 10.20.0.5:40004 > 203.0.113.10:80 A
out forward
user tcp 10.20.0.5:40004 > 203.0.113.10:80 PA http(host=news.example)
out forward
flow tcp 10.20.0.5:40004 > 203.0.113.10:80 verdict=forward reason=pilot name=news.example source=http_host protocol=http
user tcp 10.20.0.5:40004 > 203.0.113.10:80 PA http(host=casino.example)
out drop not_granted
own user tcp 203.0.113.10:80 > 10.20.0.5:40004 FPA seq=1001
own internet tcp 10.20.0.5:40004 > 203.0.113.10:80 RA
flow tcp 10.20.0.5:40004 > 203.0.113.10:80 verdict=block reason=not_granted name=casino.example
