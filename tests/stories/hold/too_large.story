# A hello beyond 16 KiB is not waited for: let go unnamed, by policy.
connect user 10.20.0.5:40000 > 203.0.113.9:443
user tcp 10.20.0.5:40000 > 203.0.113.9:443 A tls(sni=bank.example,padding=30000,record=16000) part(0,8000)
out forward
flow tcp 10.20.0.5:40000 > 203.0.113.9:443 reason=unnamed_open name= protocol=tls
count open.unnamed 1
