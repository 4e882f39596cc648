# Only the answer of a handshake was seen: who opened is still clear, and the hello is read.
internet tcp 203.0.113.9:443 > 10.10.0.5:40000 SA
out forward
flow tcp 10.10.0.5:40000 > 203.0.113.9:443 opener=user reason=learning
user tcp 10.10.0.5:40000 > 203.0.113.9:443 A
out forward
user tcp 10.10.0.5:40000 > 203.0.113.9:443 PA tls(sni=bank.example)
out forward
flow tcp 10.10.0.5:40000 > 203.0.113.9:443 reason=exempt_finance
