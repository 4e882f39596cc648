# A stall where unnamed flows are closed: both ends are reset.
file policy.yaml
  title: Closed
  time_zone: "+05:00"
  when_we_cannot_know: {unnamed: closed}
publish
connect user 10.20.0.5:40000 > 203.0.113.9:443
user tcp 10.20.0.5:40000 > 203.0.113.9:443 A tls(sni=bank.example) part(0,40)
out held
wait 120
own user tcp 203.0.113.9:443 > 10.20.0.5:40000 R seq=1001
own internet tcp 10.20.0.5:40000 > 203.0.113.9:443 RA seq=1001
out dropped=1
count blocked.unnamed_closed 1
count held 0
