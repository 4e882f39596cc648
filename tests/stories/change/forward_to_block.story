# A published change that blocks a living flow resets both ends at its next packet.
connect user 10.10.0.5:40000 > 203.0.113.9:443
user tcp 10.10.0.5:40000 > 203.0.113.9:443 PA tls(sni=bank.example)
out forward
internet tcp 203.0.113.9:443 > 10.10.0.5:40000 A
out forward
file categories.yaml
  categories:
    - {id: banking, title: Banking, exempt: finance, source: stories, names: [other.example]}
    - {id: news, title: News, source: stories, names: [news.example]}
    - {id: casino, title: Gambling, source: stories, names: [casino.example, bank.example]}
publish
internet tcp 203.0.113.9:443 > 10.10.0.5:40000 PA seq=1001 text(more)
out drop not_granted
own user tcp 203.0.113.9:443 > 10.10.0.5:40000 RA seq=1001
own internet tcp 10.10.0.5:40000 > 203.0.113.9:443 R
flow tcp 10.10.0.5:40000 > 203.0.113.9:443 verdict=block reason=not_granted name=bank.example
event flow_blocked 10.10.0.5 reason=not_granted name=bank.example
count redecided 1
