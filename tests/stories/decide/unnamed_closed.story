# A hello without a name, where unnamed flows are closed.
file policy.yaml
  title: Closed
  time_zone: "+05:00"
  when_we_cannot_know: {unnamed: closed}
publish
connect user 10.20.0.5:40000 > 203.0.113.9:443
user tcp 10.20.0.5:40000 > 203.0.113.9:443 PA tls(alpn=h2)
out drop unnamed_closed
own user tcp 203.0.113.9:443 > 10.20.0.5:40000 R
own internet tcp 10.20.0.5:40000 > 203.0.113.9:443 RA
count closed.unnamed 1
