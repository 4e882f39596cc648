# Segments signed with TCP-MD5 (RFC 2385): no socket of ours could sign. By the fail table.
inspector ready
user tcp 10.10.0.5:40000 > 203.0.113.9:443 S seq=1000 opt(1312000102030405060708090a0b0c0d0e0f0101)
out forward
internet tcp 203.0.113.9:443 > 10.10.0.5:40000 SA seq=5000 ack=1001
out forward
user tcp 10.10.0.5:40000 > 203.0.113.9:443 PA seq=1001 ack=5001 tls(sni=news.example)
out forward
asked none
count open.inspect_unavailable 1
