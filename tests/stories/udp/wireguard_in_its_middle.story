# WireGuard without its handshake shows itself in its second datagram of one direction.
user udp 10.10.0.5:40000 > 198.51.100.9:51820 hex(04000000 9b1c7a55 0a00000000000000 000102030405060708090a0b0c0d0e0f)
out forward
flow udp 10.10.0.5:40000 > 198.51.100.9:51820 protocol=unknown confidence=port_only verdict=forward
user udp 10.10.0.5:40000 > 198.51.100.9:51820 hex(04000000 9b1c7a55 0b00000000000000 f0e1d2c3b4a5968778695a4b3c2d1e0f)
out drop threat_protocol
own user icmp 198.51.100.9 > 10.10.0.5 type=3 code=13
flow udp 10.10.0.5:40000 > 198.51.100.9:51820 protocol=wireguard confidence=likely verdict=block
