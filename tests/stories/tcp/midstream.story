# A connection whose beginning was missed is classified by what can still be seen: mostly nothing.
user tcp 10.10.0.5:40000 > 203.0.113.9:443 PA hex(17 03 03 00 20) fill(32)
out forward
flow tcp 10.10.0.5:40000 > 203.0.113.9:443 reason=midstream_open
count open.midstream 1
# Its beginning may still be to come: a hello right after the gateway started.
user tcp 10.10.0.5:40001 > 203.0.113.9:443 PA tls(sni=casino.example)
out drop not_granted
own user tcp 203.0.113.9:443 > 10.10.0.5:40001 R
own internet tcp 10.10.0.5:40001 > 203.0.113.9:443 RA
