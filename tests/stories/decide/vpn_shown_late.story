# A tunnel that shows itself in a later datagram is blocked then, on both sides.
user udp 10.10.0.5:51000 > 198.51.100.9:9000 text(hello)
out forward
internet udp 198.51.100.9:9000 > 10.10.0.5:51000 text(hello)
out forward
user udp 10.10.0.5:51000 > 198.51.100.9:9000 hex(01000000 aabbccdd) fill(140)
out drop threat_protocol
own user icmp 198.51.100.9 > 10.10.0.5 type=3 code=13
internet udp 198.51.100.9:9000 > 10.10.0.5:51000 text(hello)
out drop threat_protocol
event flow_blocked 10.10.0.5 reason=threat_protocol name=
event none
