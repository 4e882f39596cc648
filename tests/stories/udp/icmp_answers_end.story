# The first packets of a blocked UDP flow are answered, a flood is not.
user udp 10.10.0.5:51000 > 198.51.100.9:51820 hex(01000000 aabbccdd) fill(140)
out drop threat_protocol
own user icmp 198.51.100.9 > 10.10.0.5 type=3 code=13
user udp 10.10.0.5:51000 > 198.51.100.9:51820 text(a)
out drop threat_protocol
own user icmp 198.51.100.9 > 10.10.0.5 type=3 code=13
user udp 10.10.0.5:51000 > 198.51.100.9:51820 text(a)
out drop threat_protocol
own user icmp 198.51.100.9 > 10.10.0.5 type=3 code=13
user udp 10.10.0.5:51000 > 198.51.100.9:51820 text(a)
out drop threat_protocol
own user icmp 198.51.100.9 > 10.10.0.5 type=3 code=13
user udp 10.10.0.5:51000 > 198.51.100.9:51820 text(a)
out drop threat_protocol
count own 4
