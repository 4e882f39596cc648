# Neighbour discovery is the wire's own, also between global addresses nobody catalogued: it makes
# no flow and is no unknown source.
user icmp fe80::1 > ff02::1:ff00:2 nd(135)
out forward
internet icmp 2001:db8:ffff::1 > 2001:db8:ffff::2 nd(136)
out forward
internet icmp 2001:db8:a10::1 > 2001:db8:a10::2 nd(135)
out forward
count flows_live 0
count unknown_sources 0
# With another hop limit than 255 it came through a router, and is a packet like any other.
user icmp 2001:db8:a10::5 > 2001:db8:ffff::2 nd(135) ttl=64
out forward
flow proto=58 [2001:db8:a10::5]:0 > [2001:db8:ffff::2]:0 org=ministry
