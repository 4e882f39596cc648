# The same where the policy is closed.
file policy.yaml
  title: Closed
  time_zone: "+05:00"
  inbound_default: forward
  when_we_cannot_know: {inspect_unavailable: closed}
publish
connect user 10.10.0.5:40000 > 203.0.113.9:443
user tcp 10.10.0.5:40000 > 203.0.113.9:443 PA tls(sni=news.example)
out drop inspect_unavailable
own user tcp 203.0.113.9:443 > 10.10.0.5:40000 R
own internet tcp 10.10.0.5:40000 > 203.0.113.9:443 RA
flow tcp 10.10.0.5:40000 > 203.0.113.9:443 verdict=block reason=inspect_unavailable
count closed.inspect_unavailable 1
# An exempt name needs no inspection.
connect user 10.10.0.5:40001 > 203.0.113.9:443
user tcp 10.10.0.5:40001 > 203.0.113.9:443 PA tls(sni=bank.example)
out forward
