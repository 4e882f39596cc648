# An ICMP error about a flow in sockets is for them: path MTU discovery goes on.
inspector ready
connect user 10.10.0.5:40000 > 203.0.113.9:443
user tcp 10.10.0.5:40000 > 203.0.113.9:443 PA tls(sni=news.example)
out held
broker takes
out to_kernel=1
internet icmp 198.51.100.1 > 10.10.0.5 unreach(tcp 10.10.0.5:40000 > 203.0.113.9:443 A)
out kernel
user icmp 198.51.100.2 > 203.0.113.9 unreach(tcp 203.0.113.9:443 > 10.10.0.5:40000 A)
out kernel
