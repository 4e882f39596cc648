# Wherever a hello is cut, it waits until it is whole: after its first byte, inside a record header,
# before its last byte.
connect user 10.10.0.5:40000 > 203.0.113.9:443
user tcp 10.10.0.5:40000 > 203.0.113.9:443 A tls(sni=bank.example) part(0,1)
out held
user tcp 10.10.0.5:40000 > 203.0.113.9:443 A tls(sni=bank.example) part(1,3)
out held
user tcp 10.10.0.5:40000 > 203.0.113.9:443 A tls(sni=bank.example) part(4,2)
out held
user tcp 10.10.0.5:40000 > 203.0.113.9:443 PA tls(sni=bank.example) part(6)
out forward released=3
flow tcp 10.10.0.5:40000 > 203.0.113.9:443 reason=exempt_finance
