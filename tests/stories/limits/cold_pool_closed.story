limits cold_max=1
file policy.yaml
  title: Closed
  time_zone: "+05:00"
  when_we_cannot_know: {pool_full: closed}
publish
connect user 10.10.0.5:40000 > 203.0.113.9:443
connect user 10.10.0.5:40001 > 203.0.113.9:443
user tcp 10.10.0.5:40001 > 203.0.113.9:443 PA tls(sni=bank.example)
out drop unclassified_closed
own user tcp 203.0.113.9:443 > 10.10.0.5:40001 R
own internet tcp 10.10.0.5:40001 > 203.0.113.9:443 RA
count closed.pool_full 1
