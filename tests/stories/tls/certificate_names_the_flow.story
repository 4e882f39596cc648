# A client that sends no name: the certificate its server answers with has one. It is read from a copy,
# in whatever order its segments come; the server's flight is never held.
connect user 10.20.0.5:40000 > 203.0.113.9:443
user tcp 10.20.0.5:40000 > 203.0.113.9:443 PA tls(tls12,alpn=h2)
out forward
flow tcp 10.20.0.5:40000 > 203.0.113.9:443 reason=unnamed_open name=
internet tcp 203.0.113.9:443 > 10.20.0.5:40000 PA seq=1061 hex(33a00302010202010730003000300030003000a31f301d301b0603551d110414301282102a2e636173696e6f2e6578616d706c6530000301000e000000)
out forward
internet tcp 203.0.113.9:443 > 10.20.0.5:40000 PA seq=1001 hex(1603030074020000260303000000000000000000000000000000000000000000000000000000000000000000c02f000b00004200003f00003c303a30)
out drop not_granted
own user tcp 203.0.113.9:443 > 10.20.0.5:40000 RA
own internet tcp 10.20.0.5:40000 > 203.0.113.9:443 R
flow tcp 10.20.0.5:40000 > 203.0.113.9:443 verdict=block name=casino.example source=tls_certificate reason=not_granted
