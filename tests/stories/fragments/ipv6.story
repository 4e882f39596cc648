user udp [2001:db8:a10::5]:5000 > [2001:db8:2::9]:9000 fill(2000) frag(id=7,off=1000,size=1008)
out held
user udp [2001:db8:a10::5]:5000 > [2001:db8:2::9]:9000 fill(2000) frag(id=7,off=0,size=1000,more)
out forward released=1
flow udp [2001:db8:a10::5]:5000 > [2001:db8:2::9]:9000 packets=2
