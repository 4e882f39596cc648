# PPPoE carries lengths: those of the reset are its own.
connect user 10.10.0.5:40000 > 203.0.113.9:443 pppoe=5
user tcp 10.10.0.5:40000 > 203.0.113.9:443 PA pppoe=5 tls(sni=casino.example)
out drop not_granted
own user raw hex(020000000002020000000001886411000005002a002145000028
own internet raw hex(020000000002020000000001886411000005002a002145000028
