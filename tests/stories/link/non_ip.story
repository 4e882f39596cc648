# What is not IP passes or not by one policy.
user eth type=0x0806 hex(0001080006040001) fill(20)
out forward
internet eth type=0x88cc fill(46)
out forward
count open.non_ip 2
file policy.yaml
  title: Closed
  time_zone: "+05:00"
  when_we_cannot_know: {non_ip: closed}
publish
user eth type=0x0806 hex(0001080006040001) fill(20)
out drop non_ip_closed
