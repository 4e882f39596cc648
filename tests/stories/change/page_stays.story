# A connection that was answered with a page stays answered, though its name is allowed now: its two
# ends no longer agree on their numbers.
connect user 10.20.0.5:40000 > 203.0.113.9:80
user tcp 10.20.0.5:40000 > 203.0.113.9:80 PA seq=1001 ack=1001 http(host=casino.example)
out drop not_granted
own user tcp 203.0.113.9:80 > 10.20.0.5:40000 FPA
own internet tcp 10.20.0.5:40000 > 203.0.113.9:80 RA
file categories.yaml
  categories:
    - {id: banking, title: Banking, exempt: finance, source: stories, names: [bank.example]}
    - {id: news, title: News, source: stories, names: [news.example, casino.example]}
publish
user tcp 10.20.0.5:40000 > 203.0.113.9:80 PA seq=1001 ack=1001 http(host=casino.example)
out drop answered_by_page
own user tcp 203.0.113.9:80 > 10.20.0.5:40000 FPA seq=1001
