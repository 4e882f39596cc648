# A network that lawfully goes around the gateway passes unread: no name, no record beside the flow.
connect user 10.50.0.7:40000 > 203.0.113.8:443
user tcp 10.50.0.7:40000 > 203.0.113.8:443 PA tls(sni=casino.example)
out forward
flow tcp 10.50.0.7:40000 > 203.0.113.8:443 verdict=forward reason=bypass name= protocol=unknown
count cold_live 0
# It is not reported as unknown either, though no catalog has it.
count unknown_sources 0
event none
