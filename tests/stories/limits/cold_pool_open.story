# No room to remember another connection being classified: it passes unclassified, by policy.
limits cold_max=1
connect user 10.10.0.5:40000 > 203.0.113.9:443
connect user 10.10.0.5:40001 > 203.0.113.9:443
user tcp 10.10.0.5:40001 > 203.0.113.9:443 PA tls(sni=casino.example)
out forward
flow tcp 10.10.0.5:40001 > 203.0.113.9:443 reason=unclassified_open
count open.pool_full 1
# The one that has its place is judged.
user tcp 10.10.0.5:40000 > 203.0.113.9:443 PA tls(sni=casino.example)
out drop not_granted
own user tcp 203.0.113.9:443 > 10.10.0.5:40000 R
own internet tcp 10.10.0.5:40000 > 203.0.113.9:443 RA
