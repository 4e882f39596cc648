user udp 10.10.0.5:5000 > 203.0.113.9:9000 fill(1000) frag(id=7,off=0,size=504,more)
out forward
user udp 10.10.0.5:5000 > 203.0.113.9:9000 fill(1000) frag(id=7,off=0,size=504,more)
out drop fragment_duplicate
user udp 10.10.0.5:5000 > 203.0.113.9:9000 fill(1000) frag(id=7,off=504,size=504)
out forward
