# A connection was blocked by its name and reset; the next one from the same port is another one.
connect user 10.10.0.5:40000 > 203.0.113.9:443
user tcp 10.10.0.5:40000 > 203.0.113.9:443 PA tls(sni=casino.example)
out drop not_granted
own user tcp 203.0.113.9:443 > 10.10.0.5:40000 R
own internet tcp 10.10.0.5:40000 > 203.0.113.9:443 RA
# (Not at once: a late copy of the first SYN gets no answer.)
user tcp 10.10.0.5:40000 > 203.0.113.9:443 S
out drop not_granted
wait 1000
connect user 10.10.0.5:40000 > 203.0.113.9:443
user tcp 10.10.0.5:40000 > 203.0.113.9:443 PA tls(sni=bank.example)
out forward
flow tcp 10.10.0.5:40000 > 203.0.113.9:443 reason=exempt_finance
