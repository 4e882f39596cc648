# No buffer to put a hello together, where the policy is closed; one packet that holds it all still
# needs one.
limits small_buffers=1 large_buffers=1
file policy.yaml
  title: Closed
  time_zone: "+05:00"
  when_we_cannot_know: {hold_full: closed}
publish
connect user 10.10.0.5:40000 > 203.0.113.9:443
user tcp 10.10.0.5:40000 > 203.0.113.9:443 A tls(sni=bank.example) part(0,50)
out held
connect user 10.10.0.5:40001 > 203.0.113.9:443
user tcp 10.10.0.5:40001 > 203.0.113.9:443 A tls(sni=bank.example) part(0,50)
out held
connect user 10.10.0.5:40002 > 203.0.113.9:443
user tcp 10.10.0.5:40002 > 203.0.113.9:443 A tls(sni=bank.example)
out drop hold_overflow
