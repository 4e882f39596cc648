# An answer from anybody else, to another question, or to none, names nothing.
user udp 10.10.0.5:5000 > 198.51.100.53:53 dns(q=casino.example,id=7)
out forward
internet udp 198.51.100.53:53 > 10.10.0.5:5000 dnsanswer(q=casino.example,a=203.0.113.66,id=7)
out forward
internet udp 192.0.2.53:53 > 10.10.0.5:5001 dnsanswer(q=casino.example,a=203.0.113.66,id=7)
out forward
user udp 10.10.0.5:5002 > 192.0.2.53:53 dns(q=news.example,id=7)
out forward
internet udp 192.0.2.53:53 > 10.10.0.5:5002 dnsanswer(q=news.example,a=203.0.113.66,id=8)
out forward
internet udp 192.0.2.53:53 > 10.10.0.5:5002 dnsanswer(q=casino.example,a=203.0.113.66,id=7)
out forward
count dns_answers 0
# The right one does, and once.
internet udp 192.0.2.53:53 > 10.10.0.5:5002 dnsanswer(q=news.example,a=203.0.113.66,id=7)
out forward
internet udp 192.0.2.53:53 > 10.10.0.5:5002 dnsanswer(q=news.example,a=203.0.113.67,id=7)
out forward
count dns_answers 1
