# A resolver asked from one port again and again is read each time, not only the first.
user udp 10.10.0.5:5000 > 192.0.2.53:53 dns(q=news.example,id=7)
out forward
internet udp 192.0.2.53:53 > 10.10.0.5:5000 dnsanswer(q=news.example,a=203.0.113.1,id=7)
out forward
user udp 10.10.0.5:5000 > 192.0.2.53:53 dns(q=casino.example,id=8)
out forward
internet udp 192.0.2.53:53 > 10.10.0.5:5000 dnsanswer(q=casino.example,a=203.0.113.66,id=8)
out forward
count dns_answers 2
user udp 10.10.0.6:9000 > 203.0.113.66:9000 text(x)
out drop not_granted
own user icmp 203.0.113.66 > 10.10.0.6 type=3 code=13
