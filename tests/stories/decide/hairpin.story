# Only sources the policy lists may be catalogued and still come in from the internet side.
internet udp 10.20.0.7:1000 > 10.10.0.5:9000 text(x)
out drop spoofed_source
file policy.yaml
  title: With a hairpin
  time_zone: "+05:00"
  inbound_default: forward
  hairpin: [10.20.0.0/24]
publish
internet udp 10.20.0.7:1000 > 10.10.0.5:9000 text(x)
out forward
internet udp 10.20.1.7:1000 > 10.10.0.5:9000 text(x)
out drop spoofed_source
