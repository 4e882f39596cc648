# The broker cannot: the flow passes by policy, counted, and is not asked for again.
inspector ready
connect user 10.10.0.5:40000 > 203.0.113.9:443
user tcp 10.10.0.5:40000 > 203.0.113.9:443 PA tls(sni=news.example)
out held
broker refuses
out released=1
count open.inspect_unavailable 1
count handover_failed 1
user tcp 10.10.0.5:40000 > 203.0.113.9:443 PA text(more)
out forward
asked none
