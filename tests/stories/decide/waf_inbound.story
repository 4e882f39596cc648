# A web resource enrolled for the WAF is inspected when the internet opens a flow to it; another port
# of the same server falls under inbound_default.
internet tcp 198.51.100.7:40000 > 10.10.0.80:443 S
out forward
flow tcp 10.10.0.80:443 > 198.51.100.7:40000 verdict=inspect reason=waf opener=internet
internet tcp 198.51.100.7:40000 > 10.10.0.80:22 S
out forward
flow tcp 10.10.0.80:22 > 198.51.100.7:40000 verdict=forward reason=inbound_default
