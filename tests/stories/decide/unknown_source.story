# An address in no catalog is reported, not cut off; past its deadline it is.
user udp 10.99.9.9:5000 > 198.51.100.1:9000 text(x)
out forward
flow udp 10.99.9.9:5000 > 198.51.100.1:9000 reason=unknown_source
count unknown_sources 1
user udp 10.66.6.6:5000 > 198.51.100.1:9000 text(x)
out drop source_overdue
own user icmp 198.51.100.1 > 10.66.6.6 type=3 code=13
