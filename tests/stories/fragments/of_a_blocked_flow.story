# A blocked head takes its fragments with it, those that waited too.
user udp 10.66.6.6:5000 > 203.0.113.9:9000 fill(1000) frag(id=7,off=504,size=504)
out held
user udp 10.66.6.6:5000 > 203.0.113.9:9000 fill(1000) frag(id=7,off=0,size=504,more)
out drop source_overdue dropped=1
own user icmp 203.0.113.9 > 10.66.6.6 type=3 code=13
count blocked.source_overdue 2
