connect user [2001:db8:a10::5]:40000 > [2001:db8:2::9]:443
user tcp [2001:db8:a10::5]:40000 > [2001:db8:2::9]:443 PA tls(sni=casino.example)
out drop not_granted
own user tcp [2001:db8:2::9]:443 > [2001:db8:a10::5]:40000 R seq=1001
own internet tcp [2001:db8:a10::5]:40000 > [2001:db8:2::9]:443 RA seq=1001 ack=1001
user udp [2001:db8:a10::5]:51000 > [2001:db8:2::9]:51820 hex(01000000 aabbccdd) fill(140)
out drop threat_protocol
own user icmp 2001:db8:2::9 > 2001:db8:a10::5 type=1 code=1
