# Labels mean something in one direction only: each end gets those it was seen to get.
user tcp 10.10.0.5:40000 > 203.0.113.9:443 S mpls=16
out forward
internet tcp 203.0.113.9:443 > 10.10.0.5:40000 SA mpls=17,18
out forward
user tcp 10.10.0.5:40000 > 203.0.113.9:443 PA mpls=16 tls(sni=casino.example)
out drop not_granted
own user raw hex(0200000000020200000000018847000110400001214045000028
own internet raw hex(020000000002020000000001884700010140450000280000
