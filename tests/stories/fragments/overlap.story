# An overlap poisons its datagram: nothing of it passes any more.
user udp 10.10.0.5:5000 > 203.0.113.9:9000 fill(1000) frag(id=7,off=0,size=504,more)
out forward
user udp 10.10.0.5:5000 > 203.0.113.9:9000 fill(1000) frag(id=7,off=496,size=200,more)
out drop fragment_overlap
user udp 10.10.0.5:5000 > 203.0.113.9:9000 fill(1000) frag(id=7,off=504,size=504)
out drop fragment_overlap
