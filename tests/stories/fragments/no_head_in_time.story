# A head that does not come within a second: dropped, and counted as a case of not knowing.
user udp 10.10.0.5:5000 > 203.0.113.9:9000 fill(1000) frag(id=7,off=504,size=504)
out held
wait 1100
out dropped=1
count fragment_headless 1
count closed.fragment_without_head 1
