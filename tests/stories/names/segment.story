# A segment of the address space: what has no name and lies in it is of a category; a protected
# service may admit users of a segment only (P).
file geo.yaml
  segments:
    - {id: national, prefixes: [203.0.113.0/25, 10.20.0.0/16], except: [203.0.113.64/28]}
file categories.yaml
  categories:
    - {id: banking, title: Banking, exempt: finance, source: stories, names: [bank.example]}
    - {id: news, title: News, source: stories, names: [news.example], segment: national}
    - {id: casino, title: Gambling, source: stories, names: [casino.example]}
file services.yaml
  services:
    - {id: secure-mail, title: Secure mail platform, prefixes: [192.0.2.240/28],
       segment: national, admitted:
       [{organisation: ministry, contract: P-1, from: 2026-03-01, until: 2028-02-29},
        {organisation: hospital, contract: P-2, from: 2026-03-01, until: 2028-02-29}]}
file policy.yaml
  title: Closed to what has no name
  time_zone: "+05:00"
  when_we_cannot_know: {unnamed: closed}
publish
connect user 10.10.0.5:40000 > 203.0.113.9:443
user tcp 10.10.0.5:40000 > 203.0.113.9:443 PA tls(alpn=h2)
out forward
flow tcp 10.10.0.5:40000 > 203.0.113.9:443 name= verdict=inspect reason=under_inspection
connect user 10.10.0.5:40001 > 203.0.113.66:443
user tcp 10.10.0.5:40001 > 203.0.113.66:443 PA tls(alpn=h2)
out drop unnamed_closed
own user tcp 203.0.113.66:443 > 10.10.0.5:40001 R
own internet tcp 10.10.0.5:40001 > 203.0.113.66:443 RA
user tcp 10.20.0.5:40002 > 192.0.2.241:993 S
out forward
flow tcp 10.20.0.5:40002 > 192.0.2.241:993 reason=protected_admitted
user tcp 10.10.0.5:40003 > 192.0.2.241:993 S
out drop protected_channel
own user tcp 192.0.2.241:993 > 10.10.0.5:40003 RA
