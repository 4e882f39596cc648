# A window counts in its scale only when both ends named one (RFC 7323 2.2).
inspector ready
user tcp 10.10.0.5:40000 > 203.0.113.9:443 S seq=1000 win=64240 mss=1460 wscale=7
out forward
internet tcp 203.0.113.9:443 > 10.10.0.5:40000 SA seq=5000 ack=1001 win=65160 mss=1400
out forward
user tcp 10.10.0.5:40000 > 203.0.113.9:443 PA seq=1001 ack=5001 win=50200 tls(sni=news.example)
out held
asked user_window=50200 remote_window=65160 user_scale=7 remote_scale=255 user_ts=none user_sack=0
