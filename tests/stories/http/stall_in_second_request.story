# A second request that stalls goes unnamed; when it shows its name late, it is judged late.
connect user 10.20.0.5:40000 > 203.0.113.9:80
user tcp 10.20.0.5:40000 > 203.0.113.9:80 PA http(host=news.example)
out forward
user tcp 10.20.0.5:40000 > 203.0.113.9:80 PA text(GET / HTTP/1.1\r\nHost: casino)
out held
wait 120
out released=1
user tcp 10.20.0.5:40000 > 203.0.113.9:80 PA text(.example\r\n\r\n)
out drop not_granted
own user tcp 203.0.113.9:80 > 10.20.0.5:40000 FPA
own internet tcp 10.20.0.5:40000 > 203.0.113.9:80 RA
