# A datagram poisoned before its head came: what waits goes when its time is over.
user udp 10.10.0.5:5000 > 203.0.113.9:9000 fill(1000) frag(id=7,off=504,size=200,more)
out held
user udp 10.10.0.5:5000 > 203.0.113.9:9000 fill(1000) frag(id=7,off=600,size=200,more)
out drop fragment_overlap
user udp 10.10.0.5:5000 > 203.0.113.9:9000 fill(1000) frag(id=7,off=0,size=504,more)
out drop fragment_overlap
wait 1200
out dropped=1
count fragment_headless 1
count held 0
