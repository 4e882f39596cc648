# Beyond 65,535 bytes nobody can put it together.
user udp 10.10.0.5:5000 > 203.0.113.9:9000 fill(1000) frag(id=7,off=0,size=504,more)
out forward
user udp 10.10.0.5:5000 > 203.0.113.9:9000 fill(600) frag(id=7,off=65504,size=600,raw)
out drop fragment_oversize
