# A hello of 12 KiB outgrows the small buffer and is still read whole.
connect user 10.10.0.5:40000 > 203.0.113.9:443
user tcp 10.10.0.5:40000 > 203.0.113.9:443 A tls(sni=bank.example,padding=12000) part(0,1400)
out held
user tcp 10.10.0.5:40000 > 203.0.113.9:443 A tls(sni=bank.example,padding=12000) part(1400,6000)
out held
user tcp 10.10.0.5:40000 > 203.0.113.9:443 PA tls(sni=bank.example,padding=12000) part(7400)
out forward released=2
flow tcp 10.10.0.5:40000 > 203.0.113.9:443 name=bank.example reason=exempt_finance
