# Feeds of two sources, then changes to one of them, published while the gateway runs.
file feeds.yaml
  feeds:
    - {id: gambling, format: hosts, path: feeds/gambling, category: casino, source: stories,
       licence: none, date: 2026-01-02, changes: [feeds/gambling.new]}
    - {id: local, format: domains, path: feeds/local, category: news, precedence: 90,
       source: stories, licence: none, date: 2026-01-02}
file feeds/gambling
  0.0.0.0 dice.example
  0.0.0.0 paper.example
file feeds/gambling.new
  # nothing yet
file feeds/local
  paper.example
publish
connect user 10.10.0.5:40000 > 203.0.113.9:443
user tcp 10.10.0.5:40000 > 203.0.113.9:443 PA tls(sni=www.dice.example)
out drop not_granted
own user tcp 203.0.113.9:443 > 10.10.0.5:40000 R
own internet tcp 10.10.0.5:40000 > 203.0.113.9:443 RA
connect user 10.10.0.5:40001 > 203.0.113.9:443
user tcp 10.10.0.5:40001 > 203.0.113.9:443 PA tls(sni=paper.example)
out forward
flow tcp 10.10.0.5:40001 > 203.0.113.9:443 verdict=inspect reason=under_inspection
file feeds/gambling.new
  +poker.example
  -dice.example
publish
connect user 10.10.0.5:40002 > 203.0.113.9:443
user tcp 10.10.0.5:40002 > 203.0.113.9:443 PA tls(sni=poker.example)
out drop not_granted
own user tcp 203.0.113.9:443 > 10.10.0.5:40002 R
own internet tcp 10.10.0.5:40002 > 203.0.113.9:443 RA
connect user 10.10.0.5:40003 > 203.0.113.9:443
user tcp 10.10.0.5:40003 > 203.0.113.9:443 PA tls(sni=www.dice.example)
out drop uncategorised
own user tcp 203.0.113.9:443 > 10.10.0.5:40003 R
own internet tcp 10.10.0.5:40003 > 203.0.113.9:443 RA
