# A client whose address translation changed goes on with the id its server chose: same name, same verdict.
user udp 10.10.0.5:40000 > 203.0.113.9:443 quic(sni=bank.example)
out forward
internet udp 203.0.113.9:443 > 10.10.0.5:40000 hex(e0 00000001 00 08 a1a2a3a4a5a6a7a8 4016) fill(22)
out forward
user udp 10.10.0.6:41000 > 203.0.113.9:443 hex(41 a1a2a3a4a5a6a7a8) fill(40)
out forward
flow udp 10.10.0.6:41000 > 203.0.113.9:443 reason=exempt_finance protocol=quic name=bank.example source=quic_sni
count quic_moved 1
# Another id, or another server, says nothing.
user udp 10.10.0.6:41001 > 203.0.113.9:443 hex(41 a1a2a3a4a5a6a7a9) fill(40)
out forward
flow udp 10.10.0.6:41001 > 203.0.113.9:443 reason=unnamed_open name=
user udp 10.10.0.6:41002 > 203.0.113.10:443 hex(41 a1a2a3a4a5a6a7a8) fill(40)
out forward
flow udp 10.10.0.6:41002 > 203.0.113.10:443 reason=unnamed_open name=
count quic_moved 1
