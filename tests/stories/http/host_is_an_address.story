# An address as the Host is a name that no list has: uncategorised.
connect user 10.10.0.5:40000 > 203.0.113.9:80
user tcp 10.10.0.5:40000 > 203.0.113.9:80 PA http(host=203.0.113.9)
out drop uncategorised
own user tcp 203.0.113.9:80 > 10.10.0.5:40000 FPA
own internet tcp 10.10.0.5:40000 > 203.0.113.9:80 RA
flow tcp 10.10.0.5:40000 > 203.0.113.9:80 name=203.0.113.9
