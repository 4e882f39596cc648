# The list is looked at when a flow is judged: one that began in time goes on, the next is refused.
connect user 10.20.0.5:40000 > 203.0.113.9:443
user tcp 10.20.0.5:40000 > 203.0.113.9:443 PA tls(sni=news.example)
out forward
day 2027-01-15
internet tcp 203.0.113.9:443 > 10.20.0.5:40000 A text(page)
out forward
connect user 10.20.0.5:40001 > 203.0.113.9:443
user tcp 10.20.0.5:40001 > 203.0.113.9:443 PA tls(sni=news.example)
out drop policy_expired
own user tcp 203.0.113.9:443 > 10.20.0.5:40001 R
own internet tcp 10.20.0.5:40001 > 203.0.113.9:443 RA
count decided.pilot 1
