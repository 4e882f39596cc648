# Inspection cannot begin in the middle of TLS: a flow that began in pilot stays forwarded; the next
# one is inspected.
connect user 10.20.0.5:40000 > 203.0.113.9:443
user tcp 10.20.0.5:40000 > 203.0.113.9:443 PA tls(sni=news.example)
out forward
day 2027-01-05
file organisations.yaml
  organisations:
    - id: ministry
      name: Ministry
      operator: telco-a
      contract: A/1
    - id: hospital
      name: Hospital
      operator: telco-a
      contract: A/2
      access: {request: R-2, categories: [banking, news], from: 2026-01-15, until: 2027-01-14}
    - {id: archive, name: Archive, operator: telco-a, contract: A/3}
    - {id: quasi, name: Quasi, operator: telco-a, contract: A/4}
    - {id: holding, name: Holding, operator: telco-b, contract: B/1}
publish
internet tcp 203.0.113.9:443 > 10.20.0.5:40000 A
out forward
count decided.under_inspection 0
count redecided 1
connect user 10.20.0.5:40001 > 203.0.113.9:443
user tcp 10.20.0.5:40001 > 203.0.113.9:443 PA tls(sni=news.example)
out forward
flow tcp 10.20.0.5:40001 > 203.0.113.9:443 verdict=inspect reason=under_inspection
