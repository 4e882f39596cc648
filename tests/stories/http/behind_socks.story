# Where proxies need no grant, a request behind SOCKS is judged by its own host, held until it is whole.
file protocol_classes.yaml
  protocol_classes:
    - {class: proxy, needs_grant: false}
file grants.yaml
  grants: []
publish
connect user 10.10.0.5:40000 > 203.0.113.9:1080
user tcp 10.10.0.5:40000 > 203.0.113.9:1080 PA hex(050100)
out held
wait 100
out released=1
internet tcp 203.0.113.9:1080 > 10.10.0.5:40000 PA hex(0500)
out forward
user tcp 10.10.0.5:40000 > 203.0.113.9:1080 PA hex(05010001c63364090050)
out forward
internet tcp 203.0.113.9:1080 > 10.10.0.5:40000 PA hex(05000001000000000000)
out forward
flow tcp 10.10.0.5:40000 > 203.0.113.9:1080 protocol=socks reason=unnamed_open name=
user tcp 10.10.0.5:40000 > 203.0.113.9:1080 PA text(GET / HTTP/1.1\r\nHost: bank)
out held
user tcp 10.10.0.5:40000 > 203.0.113.9:1080 PA text(.example\r\n\r\n)
out forward released=1
flow tcp 10.10.0.5:40000 > 203.0.113.9:1080 protocol=socks reason=exempt_finance name=bank.example source=http_host
# The next request of the connection is for a casino.
user tcp 10.10.0.5:40000 > 203.0.113.9:1080 PA text(GET / HTTP/1.1\r\nHost: casino.example\r\n\r\n)
out drop not_granted
own user tcp 203.0.113.9:1080 > 10.10.0.5:40000 R
own internet tcp 10.10.0.5:40000 > 203.0.113.9:1080 RA
