# A name in a category nobody opened: the hello never reaches the server, both ends are reset.
user tcp 10.10.0.5:40001 > 203.0.113.8:443 S
out forward
internet tcp 203.0.113.8:443 > 10.10.0.5:40001 SA
out forward
user tcp 10.10.0.5:40001 > 203.0.113.8:443 A
out forward
user tcp 10.10.0.5:40001 > 203.0.113.8:443 PA tls(sni=casino.example)
out drop not_granted
own user tcp 203.0.113.8:443 > 10.10.0.5:40001 R seq=1001
own internet tcp 10.10.0.5:40001 > 203.0.113.8:443 RA seq=1001 ack=1001
flow tcp 10.10.0.5:40001 > 203.0.113.8:443 verdict=block reason=not_granted name=casino.example

# A client that did not hear the reset hears it again.
user tcp 10.10.0.5:40001 > 203.0.113.8:443 PA seq=1001 ack=1001 text(again)
out drop not_granted
own user tcp 203.0.113.8:443 > 10.10.0.5:40001 R seq=1001
count blocked.not_granted 2
count own 3
