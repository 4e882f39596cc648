# A broker that was asked and says nothing: after a second the fail table decides. An answer that
# comes later is for nobody, and the sockets are given up.
inspector ready
connect user 10.10.0.5:40000 > 203.0.113.9:443
user tcp 10.10.0.5:40000 > 203.0.113.9:443 PA tls(sni=news.example)
out held
wait 900
count held 1
wait 200
out released=1
count open.inspect_unavailable 1
broker takes
told forgotten
