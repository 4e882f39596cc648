# A SYN that carries the hello (TCP Fast Open) is judged by it.
user tcp 10.10.0.5:40000 > 203.0.113.9:443 S tls(sni=bank.example)
out forward
flow tcp 10.10.0.5:40000 > 203.0.113.9:443 reason=exempt_finance name=bank.example
user tcp 10.10.0.5:40001 > 203.0.113.9:443 S tls(sni=casino.example)
out drop not_granted
own user tcp 203.0.113.9:443 > 10.10.0.5:40001 RA seq=0
flow tcp 10.10.0.5:40001 > 203.0.113.9:443 verdict=block name=casino.example
