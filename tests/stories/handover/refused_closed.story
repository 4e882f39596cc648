# The same where such flows may not pass: both ends are reset.
file policy.yaml
  title: Closed
  time_zone: "+05:00"
  when_we_cannot_know: {inspect_unavailable: closed}
publish
inspector ready
connect user 10.10.0.5:40000 > 203.0.113.9:443
user tcp 10.10.0.5:40000 > 203.0.113.9:443 PA tls(sni=news.example)
out held
broker refuses
out dropped=1
own user tcp 203.0.113.9:443 > 10.10.0.5:40000 R seq=1001
own internet tcp 10.10.0.5:40000 > 203.0.113.9:443 RA seq=1001
count closed.inspect_unavailable 1
flow tcp 10.10.0.5:40000 > 203.0.113.9:443 verdict=block reason=inspect_unavailable
