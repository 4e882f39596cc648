# WireGuard's first message shows itself by its bytes: blocked without a grant, passed with one.
user udp 10.10.0.5:51000 > 198.51.100.9:51820 hex(01000000 aabbccdd) fill(140)
out drop threat_protocol
own user icmp 198.51.100.9 > 10.10.0.5 type=3 code=13
flow udp 10.10.0.5:51000 > 198.51.100.9:51820 verdict=block reason=threat_protocol protocol=wireguard
user udp 10.20.0.5:51000 > 198.51.100.9:51820 hex(01000000 aabbccdd) fill(140)
out forward
flow udp 10.20.0.5:51000 > 198.51.100.9:51820 verdict=forward reason=granted protocol=wireguard
# A grant ends with its last day.
day 2027-09-01
user udp 10.20.0.5:51001 > 198.51.100.9:51820 hex(01000000 aabbccdd) fill(140)
out drop threat_protocol
own user icmp 198.51.100.9 > 10.20.0.5 type=3 code=13
