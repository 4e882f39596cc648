# Bytes behind a hole wait longer than stalled ones: a second for the retransmission, then they go.
connect user 10.10.0.5:40000 > 203.0.113.9:443
user tcp 10.10.0.5:40000 > 203.0.113.9:443 A seq=1101 tls(sni=bank.example) part(100)
out held
wait 900
count held 1
wait 200
out released=1
count hold_stalled 1
flow tcp 10.10.0.5:40000 > 203.0.113.9:443 reason=unnamed_open
