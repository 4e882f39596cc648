# What looks like DNS is DNS on any port, but only on its own is it what every network needs.
user udp 10.10.0.5:40000 > 198.51.100.9:9999 dns(q=casino.example)
out forward
flow udp 10.10.0.5:40000 > 198.51.100.9:9999 protocol=dns reason=unnamed_open
