user udp 10.66.6.6:5000 > 203.0.113.9:9000 text(x)
out drop source_overdue
own user icmp 203.0.113.9 > 10.66.6.6 type=3 code=13
internet icmp 198.51.100.1 > 10.66.6.6 unreach(udp 10.66.6.6:5000 > 203.0.113.9:9000)
out drop source_overdue
