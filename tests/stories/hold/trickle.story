# Growing all the time does not mean being held for ever: after a second the oldest has waited enough.
connect user 10.10.0.5:40000 > 203.0.113.9:443
user tcp 10.10.0.5:40000 > 203.0.113.9:443 A tls(sni=bank.example) part(0,10)
out held
wait 400
out released=1
count hold_stalled 1
