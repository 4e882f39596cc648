# Out by the reserve wire, back by the main one: what goes back leaves by the wire, and with the header,
# that the answer was last seen with. What goes on wears the header of the packet it stands for.
user tcp 10.10.0.5:40000 > 203.0.113.9:443 S vlan=100
out forward
internet tcp 203.0.113.9:443 > 10.10.0.5:40000 SA vlan=200
out forward
wire a-reserve
user tcp 10.10.0.5:40000 > 203.0.113.9:443 PA vlan=300 tls(sni=casino.example)
out drop not_granted
own user tcp 203.0.113.9:443 > 10.10.0.5:40000 R seq=1001 ack=0 win=0 vlan=200
own internet tcp 10.10.0.5:40000 > 203.0.113.9:443 RA seq=1001 ack=1001 win=0 vlan=300
