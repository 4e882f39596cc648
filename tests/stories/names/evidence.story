# What resolvers of the policy said of a name speaks for or against the address it is used with. A
# contradiction is counted; the policy is open, so the name still exempts.
user udp 10.10.0.5:5000 > 192.0.2.53:53 dns(q=bank.example,id=7)
out forward
internet udp 192.0.2.53:53 > 10.10.0.5:5000 dnsanswer(q=bank.example,a=203.0.113.9,ttl=60,id=7)
out forward
connect user 10.10.0.5:40000 > 203.0.113.9:443
user tcp 10.10.0.5:40000 > 203.0.113.9:443 PA tls(sni=bank.example)
out forward
flow tcp 10.10.0.5:40000 > 203.0.113.9:443 reason=exempt_finance evidence=agree
connect user 10.10.0.5:40001 > 203.0.113.10:443
user tcp 10.10.0.5:40001 > 203.0.113.10:443 PA tls(sni=bank.example)
out forward
flow tcp 10.10.0.5:40001 > 203.0.113.10:443 reason=exempt_finance evidence=contradict
count evidence_agree 1
count evidence_contradict 1
count open.name_contradiction 1
# A name nobody was asked about, and a name below the one that was: nothing is known.
connect user 10.10.0.5:40002 > 203.0.113.10:443
user tcp 10.10.0.5:40002 > 203.0.113.10:443 PA tls(sni=www.bank.example)
out forward
flow tcp 10.10.0.5:40002 > 203.0.113.10:443 reason=exempt_finance evidence=unknown
# When the answer's time is over it speaks against nobody.
wait 61000
connect user 10.10.0.5:40003 > 203.0.113.10:443
user tcp 10.10.0.5:40003 > 203.0.113.10:443 PA tls(sni=bank.example)
out forward
flow tcp 10.10.0.5:40003 > 203.0.113.10:443 evidence=unknown
