# With a hole it waits for the retransmission, a second at most; then there is no name.
inspector ready
connect user 10.10.0.5:40000 > 203.0.113.9:443
user tcp 10.10.0.5:40000 > 203.0.113.9:443 A seq=1101 tls(sni=news.example) part(100)
out held
wait 900
asked none
wait 200
out released=1
asked none
