# SSH: the server's banner says what this is before the client says anything.
connect user 10.20.0.5:40000 > 203.0.113.22:22
internet tcp 203.0.113.22:22 > 10.20.0.5:40000 PA text(SSH-2.0-OpenSSH_9.2\r\n)
out forward
flow tcp 10.20.0.5:40000 > 203.0.113.22:22 protocol=ssh reason=unnamed_open
user tcp 10.20.0.5:40000 > 203.0.113.22:22 PA text(SSH-2.0-PuTTY\r\n)
out forward
flow tcp 10.20.0.5:40000 > 203.0.113.22:22 protocol=ssh verdict=forward
count held 0
