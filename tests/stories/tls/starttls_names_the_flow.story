# A mail connection that goes over to TLS is judged by the name in its hello, held until it is whole,
# however late it comes.
connect user 10.10.0.5:40000 > 203.0.113.9:587
internet tcp 203.0.113.9:587 > 10.10.0.5:40000 PA text(220 mx.news.example ESMTP ready\r\n)
out forward
user tcp 10.10.0.5:40000 > 203.0.113.9:587 PA text(EHLO client.example\r\n)
out forward
internet tcp 203.0.113.9:587 > 10.10.0.5:40000 PA text(250-mx.news.example\r\n250 STARTTLS\r\n)
out forward
user tcp 10.10.0.5:40000 > 203.0.113.9:587 PA text(STARTTLS\r\n)
out forward
internet tcp 203.0.113.9:587 > 10.10.0.5:40000 PA text(220 Go ahead\r\n)
out forward
flow tcp 10.10.0.5:40000 > 203.0.113.9:587 protocol=smtp reason=unnamed_open name=
user tcp 10.10.0.5:40000 > 203.0.113.9:587 A tls(sni=bank.example) part(0,1)
out held
user tcp 10.10.0.5:40000 > 203.0.113.9:587 PA tls(sni=bank.example) part(1)
out forward released=1
flow tcp 10.10.0.5:40000 > 203.0.113.9:587 protocol=smtp reason=exempt_finance name=bank.example source=tls_sni
# The same to a casino.
connect user 10.10.0.5:40001 > 203.0.113.9:587
internet tcp 203.0.113.9:587 > 10.10.0.5:40001 PA text(220 mx.news.example ESMTP ready\r\n)
out forward
user tcp 10.10.0.5:40001 > 203.0.113.9:587 PA text(STARTTLS\r\n)
out forward
internet tcp 203.0.113.9:587 > 10.10.0.5:40001 PA text(220 Go ahead\r\n)
out forward
user tcp 10.10.0.5:40001 > 203.0.113.9:587 PA tls(sni=casino.example)
out drop not_granted
own user tcp 203.0.113.9:587 > 10.10.0.5:40001 R
own internet tcp 10.10.0.5:40001 > 203.0.113.9:587 RA
