# A hello with another name in a segment whose TTL ends behind the gateway: the server never sees it.
# What comes in its place with other bytes never reaches the server either.
connect user 10.10.0.5:40000 > 203.0.113.9:443
user tcp 10.10.0.5:40000 > 203.0.113.9:443 PA tls(sni=bank.example) ttl=2
out forward
flow tcp 10.10.0.5:40000 > 203.0.113.9:443 reason=exempt_finance name=bank.example
user tcp 10.10.0.5:40000 > 203.0.113.9:443 PA seq=1001 tls(sni=casino.example)
out drop hello_rewritten
# The same bytes again are an honest retransmission.
user tcp 10.10.0.5:40000 > 203.0.113.9:443 PA seq=1001 tls(sni=bank.example)
out forward
# In pieces, the first of them cut short on its way and sent again with another name.
connect user 10.10.0.5:40001 > 203.0.113.9:443
user tcp 10.10.0.5:40001 > 203.0.113.9:443 A tls(sni=bank.example) part(0,110) ttl=2
out held
user tcp 10.10.0.5:40001 > 203.0.113.9:443 A seq=1001 tls(sni=evil.example) part(0,110)
out drop hello_rewritten
user tcp 10.10.0.5:40001 > 203.0.113.9:443 PA seq=1111 tls(sni=bank.example) part(110)
out forward released=1
flow tcp 10.10.0.5:40001 > 203.0.113.9:443 reason=exempt_finance name=bank.example
