# An Initial in IP fragments cannot be opened here, but the server could put it together: its first
# fragment does not pass (RFC 9000 14 forbids such datagrams), so the others make nothing.
user udp 10.10.0.5:40000 > 203.0.113.9:443 quic(sni=casino.example) frag(id=7,off=0,size=800,more)
out drop quic_fragmented
user udp 10.10.0.5:40000 > 203.0.113.9:443 quic(sni=casino.example) frag(id=7,off=800,size=408)
out forward
