# An address that enters the catalog belongs to its organisation from the next packet on.
user udp 10.99.0.5:5000 > 203.0.113.9:9000 text(x)
out forward
flow udp 10.99.0.5:5000 > 203.0.113.9:9000 reason=unknown_source
file catalog.yaml
  catalog:
    - {operator: telco-a, organisation: ministry, prefixes: [10.10.0.0/16, 10.99.0.0/16]}
publish
user udp 10.99.0.5:5000 > 203.0.113.9:9000 text(x)
out forward
flow udp 10.99.0.5:5000 > 203.0.113.9:9000 org=ministry reason=unnamed_open
