# Half a hello and then nothing: after 100 ms it is let go unnamed, and still read when it goes on.
user tcp 10.10.0.5:40003 > 203.0.113.9:443 S
out forward
internet tcp 203.0.113.9:443 > 10.10.0.5:40003 SA
out forward
user tcp 10.10.0.5:40003 > 203.0.113.9:443 A
out forward
user tcp 10.10.0.5:40003 > 203.0.113.9:443 A seq=1001 ack=1001 tls(sni=casino.example) part(0,40)
out held
wait 60
wait 60
out released=1
count hold_stalled 1
count open.unnamed 1
flow tcp 10.10.0.5:40003 > 203.0.113.9:443 verdict=forward reason=unnamed_open

# The rest names a casino: late, but blocked.
user tcp 10.10.0.5:40003 > 203.0.113.9:443 PA seq=1041 ack=1001 tls(sni=casino.example) part(40,2000)
out drop not_granted
own user tcp 203.0.113.9:443 > 10.10.0.5:40003 R seq=1001
own internet tcp 10.10.0.5:40003 > 203.0.113.9:443 RA seq=1041
