# A SYN-ACK that comes again changes nothing.
connect user 10.10.0.5:40000 > 203.0.113.9:443
internet tcp 203.0.113.9:443 > 10.10.0.5:40000 SA
out forward
user tcp 10.10.0.5:40000 > 203.0.113.9:443 PA seq=1001 tls(sni=bank.example)
out forward
internet tcp 203.0.113.9:443 > 10.10.0.5:40000 SA ack=1001
out forward
flow tcp 10.10.0.5:40000 > 203.0.113.9:443 reason=exempt_finance name=bank.example
