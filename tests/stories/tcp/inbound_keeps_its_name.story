# Inbound connections are read without holding, for the record only.
connect internet 198.51.100.7:40000 > 10.10.0.5:8443
internet tcp 198.51.100.7:40000 > 10.10.0.5:8443 A tls(sni=www.ministry.example) part(0,50)
out forward
internet tcp 198.51.100.7:40000 > 10.10.0.5:8443 PA tls(sni=www.ministry.example) part(50)
out forward
flow tcp 10.10.0.5:8443 > 198.51.100.7:40000 reason=inbound_default name=www.ministry.example protocol=tls
