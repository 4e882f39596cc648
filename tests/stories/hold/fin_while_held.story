# A FIN behind held bytes waits with them, in its place.
connect user 10.10.0.5:40000 > 203.0.113.9:443
user tcp 10.10.0.5:40000 > 203.0.113.9:443 A tls(sni=bank.example) part(0,100)
out held
user tcp 10.10.0.5:40000 > 203.0.113.9:443 FA
out held
wait 110
out released=2
flow tcp 10.10.0.5:40000 > 203.0.113.9:443 reason=unnamed_open
