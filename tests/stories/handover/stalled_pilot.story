# Nobody looks into what an organisation in pilot says, stalled or not.
inspector ready
connect user 10.20.0.5:40000 > 203.0.113.9:443
user tcp 10.20.0.5:40000 > 203.0.113.9:443 A tls(sni=news.example) part(0,40)
out held
wait 110
out released=1
asked none
