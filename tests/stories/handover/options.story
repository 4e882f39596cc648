# What both SYNs say is what the sockets are made with: windows scaled, the last timestamps, the
# smaller things as they were.
inspector ready
user tcp 10.10.0.5:40000 > 203.0.113.9:443 S seq=1000 win=64240 mss=1460 sack ts=100,0 wscale=7
out forward
internet tcp 203.0.113.9:443 > 10.10.0.5:40000 SA seq=5000 ack=1001 win=65160 mss=1400 sack ts=7000,100 wscale=9
out forward
user tcp 10.10.0.5:40000 > 203.0.113.9:443 A seq=1001 ack=5001 win=502 ts=101,7000
out forward
user tcp 10.10.0.5:40000 > 203.0.113.9:443 PA seq=1001 ack=5001 win=502 ts=102,7000 tls(sni=news.example)
out held
asked user_next=1001 remote_next=5001 user_window=64256 remote_window=65160
asked user_mss=1460 remote_mss=1400 user_scale=7 remote_scale=9 user_ts=102 remote_ts=7000 user_sack=1
asked user_link=14 remote_link=14
