# A catalogued address may not come in from the internet.
internet udp 10.10.0.7:1000 > 10.20.0.5:53 text(x)
out drop spoofed_source
count flows_live 0
