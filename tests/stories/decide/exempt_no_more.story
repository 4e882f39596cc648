# A policy that takes an exemption away ends the record of the flow: what came after is no evidence.
connect user 10.10.0.5:40000 > 203.0.113.9:443
user tcp 10.10.0.5:40000 > 203.0.113.9:443 PA tls(sni=bank.example)
out forward
evidence begun 10.10.0.5 reason=exempt_finance
file categories.yaml
  categories:
    - {id: banking, title: Banking, source: stories, names: [other.example]}
    - {id: news, title: News, source: stories, names: [news.example]}
    - {id: casino, title: Gambling, source: stories, names: [casino.example, bank.example]}
publish
internet tcp 203.0.113.9:443 > 10.10.0.5:40000 A
out drop not_granted
own user tcp 203.0.113.9:443 > 10.10.0.5:40000 R
own internet tcp 10.10.0.5:40000 > 203.0.113.9:443 R
event flow_blocked 10.10.0.5 reason=not_granted name=bank.example
evidence ended 10.10.0.5 why=rejudged reason=not_granted
evidence none
