# A new policy that blocks the flow: its sockets are to reset both ends, which know the numbers; after
# a second nothing of it passes any more.
inspector ready
connect user 10.10.0.5:40000 > 203.0.113.9:443
user tcp 10.10.0.5:40000 > 203.0.113.9:443 PA tls(sni=news.example)
out held
broker takes
out to_kernel=1
file categories.yaml
  categories:
    - {id: banking, title: Banking, exempt: finance, source: stories, names: [bank.example]}
    - {id: news, title: News, source: stories, names: [other.example]}
    - {id: casino, title: Gambling, source: stories, names: [casino.example, news.example]}
publish
internet tcp 203.0.113.9:443 > 10.10.0.5:40000 A seq=1001 ack=1300
out kernel
told became_blocked
wait 1100
internet tcp 203.0.113.9:443 > 10.10.0.5:40000 PA seq=1001 ack=1300 text(more)
out drop not_granted
own internet tcp 10.10.0.5:40000 > 203.0.113.9:443 R seq=1300
event flow_blocked 10.10.0.5 reason=not_granted name=news.example
