# Under inspection while it is not running: forwarded by policy, and counted.
connect user 10.10.0.5:40000 > 203.0.113.9:443
user tcp 10.10.0.5:40000 > 203.0.113.9:443 PA tls(sni=news.example)
out forward
flow tcp 10.10.0.5:40000 > 203.0.113.9:443 verdict=inspect reason=under_inspection
internet tcp 203.0.113.9:443 > 10.10.0.5:40000 A
out forward
internet tcp 203.0.113.9:443 > 10.10.0.5:40000 PA text(server hello)
out forward
count open.inspect_unavailable 1
