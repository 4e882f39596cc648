file policy.yaml
  title: Closed
  time_zone: "+05:00"
  when_we_cannot_know: {midstream: closed}
publish
user tcp 10.10.0.5:40000 > 203.0.113.9:443 PA seq=5000 ack=6000 hex(17 03 03 00 20) fill(32)
out drop midstream_closed
own user tcp 203.0.113.9:443 > 10.10.0.5:40000 R seq=6000
own internet tcp 10.10.0.5:40000 > 203.0.113.9:443 RA seq=5000 ack=6000
count closed.midstream 1
