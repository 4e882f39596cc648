# The same where unnamed flows are closed.
file policy.yaml
  title: Closed
  time_zone: "+05:00"
  when_we_cannot_know: {unnamed: closed}
publish
connect user 10.20.0.5:40000 > 203.0.113.9:80
user tcp 10.20.0.5:40000 > 203.0.113.9:80 PA http(host=news.example)
out forward
user tcp 10.20.0.5:40000 > 203.0.113.9:80 PA text(POST / HTTP/1.1\r\nHost: news.example\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /)
out drop unnamed_closed
own user tcp 203.0.113.9:80 > 10.20.0.5:40000 FPA
own internet tcp 10.20.0.5:40000 > 203.0.113.9:80 RA
