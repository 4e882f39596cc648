# Inspectors that come and go: with none there, a flow follows the fail table, counted once.
inspector gone
connect user 10.10.0.5:40000 > 203.0.113.9:443
user tcp 10.10.0.5:40000 > 203.0.113.9:443 PA tls(sni=news.example)
out forward
asked none
count open.inspect_unavailable 1
