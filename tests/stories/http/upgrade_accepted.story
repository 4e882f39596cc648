# A WebSocket: after the upgrade the bytes are no requests, and pass by the verdict of the upgrade.
connect user 10.20.0.5:40000 > 203.0.113.9:80
user tcp 10.20.0.5:40000 > 203.0.113.9:80 PA text(GET /ws HTTP/1.1\r\nHost: news.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n)
out forward
internet tcp 203.0.113.9:80 > 10.20.0.5:40000 PA text(HTTP/1.1 101 Switching Protocols\r\n\r\n)
out forward
user tcp 10.20.0.5:40000 > 203.0.113.9:80 PA hex(81 85 01 02 03 04 05 06 07 08 09)
out forward
user tcp 10.20.0.5:40000 > 203.0.113.9:80 PA http(host=casino.example)
out forward
flow tcp 10.20.0.5:40000 > 203.0.113.9:80 name=news.example reason=pilot
