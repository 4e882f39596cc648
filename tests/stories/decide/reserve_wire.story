# A flow that moves to the operator's reserve wire is the same flow, in the middle of its hello too.
connect user 10.10.0.5:40000 > 203.0.113.9:443
user tcp 10.10.0.5:40000 > 203.0.113.9:443 A tls(sni=bank.example) part(0,60)
out held
wire a-reserve
user tcp 10.10.0.5:40000 > 203.0.113.9:443 PA tls(sni=bank.example) part(60)
out forward released=1
flow tcp 10.10.0.5:40000 > 203.0.113.9:443 reason=exempt_finance name=bank.example packets=5
count flows_live 1
