# Without a grant a proxy is blocked, whatever it is asked for.
connect user 10.10.0.5:40000 > 203.0.113.9:8080
user tcp 10.10.0.5:40000 > 203.0.113.9:8080 PA text(CONNECT bank.example:443 HTTP/1.1\r\n\r\n)
out drop threat_protocol
own user tcp 203.0.113.9:8080 > 10.10.0.5:40000 FPA
own internet tcp 10.10.0.5:40000 > 203.0.113.9:8080 RA
flow tcp 10.10.0.5:40000 > 203.0.113.9:8080 protocol=http_connect confidence=certain reason=threat_protocol
