# A range listed for a category speaks for its names, and for flows that have none.
file categories.yaml
  categories:
    - {id: banking, title: Banking, exempt: finance, source: stories, names: [bank.example],
       addresses: [203.0.113.0/28]}
    - {id: news, title: News, source: stories, names: [news.example]}
    - {id: casino, title: Gambling, source: stories, names: [casino.example],
       addresses: [203.0.113.64/28]}
publish
connect user 10.10.0.5:40000 > 203.0.113.9:443
user tcp 10.10.0.5:40000 > 203.0.113.9:443 PA tls(sni=www.bank.example)
out forward
flow tcp 10.10.0.5:40000 > 203.0.113.9:443 reason=exempt_finance evidence=agree
connect user 10.10.0.5:40001 > 203.0.113.9:443
user tcp 10.10.0.5:40001 > 203.0.113.9:443 PA tls(alpn=h2)
out forward
flow tcp 10.10.0.5:40001 > 203.0.113.9:443 name= reason=exempt_finance evidence=none
connect user 10.10.0.5:40002 > 203.0.113.66:443
user tcp 10.10.0.5:40002 > 203.0.113.66:443 PA tls(alpn=h2)
out drop not_granted
own user tcp 203.0.113.66:443 > 10.10.0.5:40002 R
own internet tcp 10.10.0.5:40002 > 203.0.113.66:443 RA
# A name decides where there is one, whatever its address is listed for.
connect user 10.10.0.5:40003 > 203.0.113.66:443
user tcp 10.10.0.5:40003 > 203.0.113.66:443 PA tls(sni=www.bank.example)
out forward
flow tcp 10.10.0.5:40003 > 203.0.113.66:443 reason=exempt_finance evidence=unknown
