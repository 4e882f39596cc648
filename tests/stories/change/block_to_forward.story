# A published change that opens what was blocked lets the flow's next packets pass.
user udp 10.66.6.6:5000 > 198.51.100.1:9000 text(x)
out drop source_overdue
own user icmp 198.51.100.1 > 10.66.6.6 type=3 code=13
file policy.yaml
  title: Without overdue addresses
  time_zone: "+05:00"
publish
user udp 10.66.6.6:5000 > 198.51.100.1:9000 text(x)
out forward
flow udp 10.66.6.6:5000 > 198.51.100.1:9000 verdict=forward reason=unknown_source
