# The retransmission comes in time: everything leaves in order.
connect user 10.10.0.5:40000 > 203.0.113.9:443
user tcp 10.10.0.5:40000 > 203.0.113.9:443 A seq=1101 tls(sni=bank.example) part(100)
out held
wait 500
user tcp 10.10.0.5:40000 > 203.0.113.9:443 A seq=1001 tls(sni=bank.example) part(0,100)
out forward released=1
flow tcp 10.10.0.5:40000 > 203.0.113.9:443 reason=exempt_finance
count hold_stalled 0
