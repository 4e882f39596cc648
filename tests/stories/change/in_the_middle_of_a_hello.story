# A change between two halves of a hello: the whole one is judged by the new policy.
connect user 10.10.0.5:40000 > 203.0.113.9:443
user tcp 10.10.0.5:40000 > 203.0.113.9:443 A tls(sni=bank.example) part(0,50)
out held
file categories.yaml
  categories:
    - {id: banking, title: Banking, exempt: finance, source: stories, names: [other.example]}
    - {id: news, title: News, source: stories, names: [news.example]}
publish
user tcp 10.10.0.5:40000 > 203.0.113.9:443 PA tls(sni=bank.example) part(50)
out drop uncategorised dropped=1
own user tcp 203.0.113.9:443 > 10.10.0.5:40000 R
own internet tcp 10.10.0.5:40000 > 203.0.113.9:443 RA seq=1001
