# Tunnels without ports are known by their IP protocol number.
user proto=47 10.10.0.5 > 198.51.100.9 hex(0000 0800)
out drop threat_protocol
flow proto=47 10.10.0.5:0 > 198.51.100.9:0 protocol=gre reason=threat_protocol
user proto=4 10.10.0.5 > 198.51.100.9 hex(4500)
out drop threat_protocol
