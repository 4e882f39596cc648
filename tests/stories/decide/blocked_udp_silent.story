# Blocked UDP without a word, where the policy says so.
file policy.yaml
  title: Silent
  time_zone: "+05:00"
  inbound_default: forward
  blocked_udp: drop
publish
user udp 10.10.0.5:51000 > 198.51.100.9:51820 hex(01000000 aabbccdd) fill(140)
out drop threat_protocol
count own 0
