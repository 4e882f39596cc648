# An address in no catalog whose deadline has passed is refused at its SYN; nothing reaches anybody.
user tcp 10.66.6.9:40000 > 203.0.113.9:443 S
out drop source_overdue
own user tcp 203.0.113.9:443 > 10.66.6.9:40000 RA seq=0 ack=1001
flow tcp 10.66.6.9:40000 > 203.0.113.9:443 verdict=block reason=source_overdue
event unknown_source 10.66.6.9 packets=1
event flow_blocked 10.66.6.9 reason=source_overdue name=
# What comes from the internet to such an address is not its doing.
internet udp 198.51.100.7:9000 > 10.66.6.10:9000 text(x)
out forward
flow udp 10.66.6.10:9000 > 198.51.100.7:9000 reason=inbound_default opener=internet
