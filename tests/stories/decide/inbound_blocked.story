# Where the policy blocks inbound flows, they are refused at the first packet; answers to flows opened
# from inside are not inbound.
file policy.yaml
  title: Closed inwards
  time_zone: "+05:00"
  inbound_default: block
  blocked_udp: icmp
publish
internet tcp 198.51.100.7:40000 > 10.10.0.5:22 S
out drop inbound_blocked
own internet tcp 10.10.0.5:22 > 198.51.100.7:40000 RA seq=0 ack=1001
internet udp 198.51.100.7:40000 > 10.10.0.5:9000 text(x)
out drop inbound_blocked
user udp 10.20.0.5:41000 > 198.51.100.7:9001 text(x)
out forward
internet udp 198.51.100.7:9001 > 10.20.0.5:41000 text(y)
out forward
