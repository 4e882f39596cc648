# Where the policy is closed a name that resolvers contradict exempts nothing: the ministry is under
# inspection, and inspection is not running.
file policy.yaml
  title: Closed
  time_zone: "+05:00"
  resolvers: [192.0.2.53]
  when_we_cannot_know: {name_contradiction: closed}
publish
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
flow tcp 10.10.0.5:40001 > 203.0.113.10:443 reason=under_inspection evidence=contradict
count closed.name_contradiction 1
