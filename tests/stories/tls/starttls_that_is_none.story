# Bytes that look like a handshake record in the middle of another protocol, and are no hello, pass.
connect user 10.10.0.5:40000 > 203.0.113.9:587
internet tcp 203.0.113.9:587 > 10.10.0.5:40000 PA text(220 mx.news.example ESMTP ready\r\n)
out forward
user tcp 10.10.0.5:40000 > 203.0.113.9:587 PA text(EHLO client.example\r\n)
out forward
internet tcp 203.0.113.9:587 > 10.10.0.5:40000 PA text(250 ok\r\n)
out forward
user tcp 10.10.0.5:40000 > 203.0.113.9:587 PA hex(16 03)
out held
user tcp 10.10.0.5:40000 > 203.0.113.9:587 PA text(and then something else)
out forward released=1
flow tcp 10.10.0.5:40000 > 203.0.113.9:587 protocol=smtp reason=unnamed_open name=
