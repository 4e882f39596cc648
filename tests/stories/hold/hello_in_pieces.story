# A hello of several segments is held until it is whole, in whatever order it comes, and leaves once.
user tcp 10.10.0.5:40002 > 203.0.113.9:443 S
out forward
internet tcp 203.0.113.9:443 > 10.10.0.5:40002 SA
out forward
user tcp 10.10.0.5:40002 > 203.0.113.9:443 A
out forward
user tcp 10.10.0.5:40002 > 203.0.113.9:443 A seq=1501 ack=1001 tls(sni=bank.example,padding=1200) part(500,500)
out held
user tcp 10.10.0.5:40002 > 203.0.113.9:443 A seq=1001 ack=1001 tls(sni=bank.example,padding=1200) part(0,500)
out held
# A retransmission of what is held already does not go out twice.
user tcp 10.10.0.5:40002 > 203.0.113.9:443 A seq=1001 ack=1001 tls(sni=bank.example,padding=1200) part(0,500)
out drop hold_duplicate
user tcp 10.10.0.5:40002 > 203.0.113.9:443 PA seq=2001 ack=1001 tls(sni=bank.example,padding=1200) part(1000,2000)
out forward released=2
flow tcp 10.10.0.5:40002 > 203.0.113.9:443 reason=exempt_finance name=bank.example
count held 0

# Until the server has acknowledged it, the hello may be sent again, but only as it was.
user tcp 10.10.0.5:40002 > 203.0.113.9:443 A seq=1001 ack=1001 tls(sni=bank.example,padding=1200) part(0,500)
out forward
user tcp 10.10.0.5:40002 > 203.0.113.9:443 A seq=1501 ack=1001 text(another hello altogether)
out drop hello_rewritten
