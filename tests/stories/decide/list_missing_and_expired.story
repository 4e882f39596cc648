# No yearly list, or one that has ended: nothing passes. While a policy has protected services that are
# known by name only, the name is waited for; without any, the SYN is refused.
connect user 10.30.0.5:40000 > 203.0.113.9:443
user tcp 10.30.0.5:40000 > 203.0.113.9:443 PA tls(sni=news.example)
out drop policy_expired
own user tcp 203.0.113.9:443 > 10.30.0.5:40000 R
own internet tcp 10.30.0.5:40000 > 203.0.113.9:443 RA
file services.yaml
  services: []
publish
user tcp 10.30.0.5:40001 > 203.0.113.9:443 S
out drop policy_expired
own user tcp 203.0.113.9:443 > 10.30.0.5:40001 RA
wire b-main
user tcp 10.10.0.5:40000 > 203.0.113.9:443 S
out drop no_policy
own user tcp 203.0.113.9:443 > 10.10.0.5:40000 RA
flow tcp 10.10.0.5:40000 > 203.0.113.9:443 verdict=block reason=no_policy org=holding
# Names can still be looked up: infrastructure needs no list.
user udp 10.10.0.5:40000 > 192.0.2.53:53 dns(q=news.example)
out forward
flow udp 10.10.0.5:40000 > 192.0.2.53:53 reason=infrastructure name=news.example source=dns_query
