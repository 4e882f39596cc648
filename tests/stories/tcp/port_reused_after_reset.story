connect user 10.10.0.5:40000 > 203.0.113.9:443
user tcp 10.10.0.5:40000 > 203.0.113.9:443 PA tls(sni=bank.example)
out forward
internet tcp 203.0.113.9:443 > 10.10.0.5:40000 RA
out forward
connect user 10.10.0.5:40000 > 203.0.113.9:443
flow tcp 10.10.0.5:40000 > 203.0.113.9:443 reason=learning
