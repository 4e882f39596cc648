# An error about a flow nobody has is dropped, or passes where policy is open; it makes no flow.
internet icmp 198.51.100.1 > 10.10.0.5 unreach(udp 10.10.0.5:5000 > 203.0.113.9:9000)
out drop icmp_error_orphan
count flows_live 0
file policy.yaml
  title: Open
  time_zone: "+05:00"
  when_we_cannot_know: {icmp_error_unmatched: open}
publish
internet icmp 198.51.100.1 > 10.10.0.5 unreach(udp 10.10.0.5:5000 > 203.0.113.9:9000)
out forward
count open.icmp_error_unmatched 1
