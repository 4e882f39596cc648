# No place for another held packet: released unnamed, by policy.
limits held_packets_max=1
connect user 10.10.0.5:40000 > 203.0.113.9:443
user tcp 10.10.0.5:40000 > 203.0.113.9:443 A tls(sni=bank.example) part(0,50)
out held
user tcp 10.10.0.5:40000 > 203.0.113.9:443 A tls(sni=bank.example) part(50,50)
out forward released=1
flow tcp 10.10.0.5:40000 > 203.0.113.9:443 reason=unnamed_open
count open.hold_full 1
