# The same closed: dropped. The client sends again, and when there is room it is held and read.
limits held_packets_max=1
file policy.yaml
  title: Closed
  time_zone: "+05:00"
  when_we_cannot_know: {hold_full: closed}
publish
connect user 10.10.0.5:40000 > 203.0.113.9:443
user tcp 10.10.0.5:40000 > 203.0.113.9:443 A tls(sni=bank.example) part(0,50)
out held
connect user 10.10.0.5:40001 > 203.0.113.9:443
user tcp 10.10.0.5:40001 > 203.0.113.9:443 A seq=1001 tls(sni=bank.example) part(0,50)
out drop hold_overflow
wait 110
out released=1
user tcp 10.10.0.5:40001 > 203.0.113.9:443 A seq=1001 tls(sni=bank.example) part(0,50)
out held
user tcp 10.10.0.5:40001 > 203.0.113.9:443 A seq=1051 tls(sni=bank.example) part(50)
out forward released=1
flow tcp 10.10.0.5:40001 > 203.0.113.9:443 reason=exempt_finance
