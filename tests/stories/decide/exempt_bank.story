# A bank is exempt from the first packet: its flow stays on the fast path, hello and all.
user tcp 10.10.0.5:40000 > 203.0.113.9:443 S mss=1460 wscale=7 sack
out forward
internet tcp 203.0.113.9:443 > 10.10.0.5:40000 SA mss=1460 wscale=7 sack
out forward
user tcp 10.10.0.5:40000 > 203.0.113.9:443 A
out forward
flow tcp 10.10.0.5:40000 > 203.0.113.9:443 verdict=forward reason=learning org=ministry protocol=unknown
user tcp 10.10.0.5:40000 > 203.0.113.9:443 PA tls(sni=www.Bank.Example)
out forward
flow tcp 10.10.0.5:40000 > 203.0.113.9:443 verdict=forward reason=exempt_finance name=www.bank.example source=tls_sni protocol=tls
count cold_live 1

# The far end has acknowledged the hello and answered it: nothing is remembered beside the flow itself.
internet tcp 203.0.113.9:443 > 10.10.0.5:40000 A
out forward
count cold_live 1
internet tcp 203.0.113.9:443 > 10.10.0.5:40000 PA hex(16 0303 0032 02 00002e 0303 0000000000000000000000000000000000000000000000000000000000000000 00 1301 00 0006 002b 0002 0304)
out forward
count cold_live 0
count decided.exempt_finance 1
