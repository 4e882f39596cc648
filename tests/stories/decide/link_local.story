# Traffic of the wire itself is nobody's: mDNS, link-local addresses, DHCP's broadcasts.
user udp 10.10.0.5:5353 > 224.0.0.251:5353 dns(q=printer.local)
out forward
flow udp 10.10.0.5:5353 > 224.0.0.251:5353 reason=link_local
user udp 0.0.0.0:68 > 255.255.255.255:67 hex(01 01 06 00)
out forward
flow udp 0.0.0.0:68 > 255.255.255.255:67 reason=link_local
internet udp [fe80::2]:546 > [ff02::1:2]:547 hex(01 00 00 01)
out forward
count unknown_sources 0
event none
