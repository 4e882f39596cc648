# A new policy that does not inspect the flow any more: it ends, and its last packets still go where
# its sockets are.
inspector ready
connect user 10.10.0.5:40000 > 203.0.113.9:443
user tcp 10.10.0.5:40000 > 203.0.113.9:443 PA tls(sni=news.example)
out held
broker takes
out to_kernel=1
told none
file categories.yaml
  categories:
    - {id: banking, title: Banking, exempt: finance, source: stories, names: [bank.example, news.example]}
    - {id: news, title: News, source: stories, names: [other.example]}
    - {id: casino, title: Gambling, source: stories, names: [casino.example]}
publish
internet tcp 203.0.113.9:443 > 10.10.0.5:40000 A
out kernel
told became_exempt
# Said once, however many packets come.
internet tcp 203.0.113.9:443 > 10.10.0.5:40000 FA
out kernel
told none
flow tcp 10.10.0.5:40000 > 203.0.113.9:443 reason=exempt_finance
