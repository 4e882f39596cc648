# 0-RTT before the Initial it belongs to waits for it; the server's answers never wait.
user udp 10.10.0.5:40000 > 203.0.113.9:443 hex(d0 00000001 08 0102030405060708 00 4040) fill(64)
out held
user udp 10.10.0.5:40000 > 203.0.113.9:443 quic(sni=bank.example)
out forward released=1
flow udp 10.10.0.5:40000 > 203.0.113.9:443 reason=exempt_finance name=bank.example
