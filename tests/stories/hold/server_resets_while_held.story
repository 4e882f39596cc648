# The server gives up while the hello waits: its reset passes, and the flow ends with what it held.
connect user 10.10.0.5:40000 > 203.0.113.9:443
user tcp 10.10.0.5:40000 > 203.0.113.9:443 A tls(sni=bank.example) part(0,100)
out held
internet tcp 203.0.113.9:443 > 10.10.0.5:40000 RA
out forward
wait 110
out released=1
wait 7000
count flows_live 0
count cold_live 0
