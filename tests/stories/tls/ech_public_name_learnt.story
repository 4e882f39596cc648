# An HTTPS record of a resolver of the policy names the public name of a site's encrypted hellos: a
# hello that bears it, with the extension, is unnamed; without the extension it is the name.
user udp 10.10.0.5:5000 > 192.0.2.53:53 dns(q=news.example,type=HTTPS,id=7)
out forward
internet udp 192.0.2.53:53 > 10.10.0.5:5000 dnsanswer(q=news.example,ech=Cover.example,ttl=60,id=7)
out forward
connect user 10.10.0.5:40000 > 203.0.113.9:443
user tcp 10.10.0.5:40000 > 203.0.113.9:443 PA tls(sni=cover.example,ech)
out forward
flow tcp 10.10.0.5:40000 > 203.0.113.9:443 reason=unnamed_open name=
count ech_unnamed 1
connect user 10.10.0.5:40001 > 203.0.113.9:443
user tcp 10.10.0.5:40001 > 203.0.113.9:443 PA tls(sni=news.example,ech)
out forward
flow tcp 10.10.0.5:40001 > 203.0.113.9:443 name=news.example source=tls_sni
# Nobody takes an exemption away by naming a bank in his own record.
user udp 10.10.0.5:5001 > 192.0.2.53:53 dns(q=evil.example,type=HTTPS,id=8)
out forward
internet udp 192.0.2.53:53 > 10.10.0.5:5001 dnsanswer(q=evil.example,ech=bank.example,ttl=60,id=8)
out forward
connect user 10.10.0.5:40002 > 203.0.113.9:443
user tcp 10.10.0.5:40002 > 203.0.113.9:443 PA tls(sni=bank.example,ech)
out forward
flow tcp 10.10.0.5:40002 > 203.0.113.9:443 reason=exempt_finance name=bank.example
# Another resolver's word counts for nothing, and an answer to no question neither.
user udp 10.10.0.5:5002 > 198.51.100.53:53 dns(q=evil.example,type=HTTPS,id=9)
out forward
internet udp 198.51.100.53:53 > 10.10.0.5:5002 dnsanswer(q=evil.example,ech=casino.example,ttl=60,id=9)
out forward
internet udp 192.0.2.53:53 > 10.10.0.5:5001 dnsanswer(q=evil.example,ech=casino.example,ttl=60,id=10)
out forward
connect user 10.10.0.5:40003 > 203.0.113.9:443
user tcp 10.10.0.5:40003 > 203.0.113.9:443 PA tls(sni=casino.example,ech)
out drop not_granted
own user tcp 203.0.113.9:443 > 10.10.0.5:40003 R
own internet tcp 10.10.0.5:40003 > 203.0.113.9:443 RA
