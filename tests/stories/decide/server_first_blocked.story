# The same banner where unnamed flows are closed: both ends are reset, with the numbers each expects.
file policy.yaml
  title: Closed
  time_zone: "+05:00"
  when_we_cannot_know: {unnamed: closed}
publish
connect user 10.20.0.5:40000 > 203.0.113.22:22
internet tcp 203.0.113.22:22 > 10.20.0.5:40000 PA seq=7001 ack=1001 text(SSH-2.0-OpenSSH_9.2\r\n)
out drop unnamed_closed
own user tcp 203.0.113.22:22 > 10.20.0.5:40000 RA seq=7001 ack=1001
own internet tcp 10.20.0.5:40000 > 203.0.113.22:22 R seq=1001
