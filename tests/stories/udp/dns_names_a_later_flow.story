# A resolver of the policy said what an address is called: a flow there without a name has that one.
user udp 10.10.0.5:5000 > 192.0.2.53:53 dns(q=casino.example,id=7)
out forward
internet udp 192.0.2.53:53 > 10.10.0.5:5000 dnsanswer(q=casino.example,a=203.0.113.66,ttl=60,id=7)
out forward
count dns_answers 1
connect user 10.10.0.6:40000 > 203.0.113.66:443
user tcp 10.10.0.6:40000 > 203.0.113.66:443 PA tls(alpn=h2)
out drop not_granted
own user tcp 203.0.113.66:443 > 10.10.0.6:40000 R
own internet tcp 10.10.0.6:40000 > 203.0.113.66:443 RA
flow tcp 10.10.0.6:40000 > 203.0.113.66:443 name=casino.example source=dns_answer reason=not_granted
# When its time is over it says nothing any more.
wait 61000
connect user 10.10.0.6:40001 > 203.0.113.66:443
user tcp 10.10.0.6:40001 > 203.0.113.66:443 PA tls(alpn=h2)
out forward
flow tcp 10.10.0.6:40001 > 203.0.113.66:443 name= reason=unnamed_open
