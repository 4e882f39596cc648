# An answer that claims to come from a catalogued address cannot come from the internet either.
user tcp 10.10.0.5:40000 > 10.20.0.9:443 S
out forward
internet tcp 10.20.0.9:443 > 10.10.0.5:40000 SA
out drop spoofed_source
count spoofed_source 1
