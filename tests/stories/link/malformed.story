# Each malformed packet is dropped for one reason, and makes no flow.
user tcp 10.10.0.5:40000 > 203.0.113.9:443 S cut(15)
out drop ip_truncated
user tcp 10.10.0.5:40000 > 203.0.113.9:443 SF
out drop tcp_malformed
user udp 10.10.0.5:40000 > 203.0.113.9:443 ulen=4 text(x)
out drop udp_bad_length
user tcp 10.10.0.5:40000 > 203.0.113.9:443 S tags=0x8100:1,0x8100:2,0x8100:3,0x8100:4,0x8100:5
out drop vlan_depth
count flows_live 0
