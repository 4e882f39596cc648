# Fragments that come before their head wait for it, and leave behind it.
user udp 10.10.0.5:5000 > 203.0.113.9:9000 fill(1000) frag(id=7,off=800,size=208)
out held
user udp 10.10.0.5:5000 > 203.0.113.9:9000 fill(1000) frag(id=7,off=504,size=296,more)
out held
count held 2
user udp 10.10.0.5:5000 > 203.0.113.9:9000 fill(1000) frag(id=7,off=0,size=504,more)
out forward released=2
count held 0
flow udp 10.10.0.5:5000 > 203.0.113.9:9000 packets=3
