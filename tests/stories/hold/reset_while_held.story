# The client gives up: its reset passes, what was held is dropped. If it did not mean it (somebody
# else's reset), its retransmission is held like the first time.
connect user 10.10.0.5:40000 > 203.0.113.9:443
user tcp 10.10.0.5:40000 > 203.0.113.9:443 A seq=1001 ack=1001 tls(sni=bank.example) part(0,100)
out held
user tcp 10.10.0.5:40000 > 203.0.113.9:443 R seq=1101
out forward dropped=1
count hold_aborted 1
count held 0
user tcp 10.10.0.5:40000 > 203.0.113.9:443 A seq=1001 ack=1001 tls(sni=bank.example) part(0,100)
out held
user tcp 10.10.0.5:40000 > 203.0.113.9:443 PA seq=1101 ack=1001 tls(sni=bank.example) part(100)
out forward released=1
flow tcp 10.10.0.5:40000 > 203.0.113.9:443 reason=exempt_finance
