# A broker that does not read cannot be asked: the fail table, at once.
inspector busy
connect user 10.10.0.5:40000 > 203.0.113.9:443
user tcp 10.10.0.5:40000 > 203.0.113.9:443 PA tls(sni=news.example)
out forward
count open.inspect_unavailable 1
