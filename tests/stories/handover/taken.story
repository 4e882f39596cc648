# A flow to be inspected waits at its whole hello until sockets have it; then both its directions go
# to those, and nothing of it by a port.
inspector ready
connect user 10.10.0.5:40000 > 203.0.113.9:443
user tcp 10.10.0.5:40000 > 203.0.113.9:443 A seq=1001 ack=1001 tls(sni=news.example) part(0,100)
out held
asked none
user tcp 10.10.0.5:40000 > 203.0.113.9:443 PA seq=1101 ack=1001 tls(sni=news.example) part(100)
out held
asked name=news.example protocol=tls reason=under_inspection stalled=0 user_next=1001 remote_next=1001
count held 2
broker takes
out to_kernel=2
count held 0
count handed_over 1
internet tcp 203.0.113.9:443 > 10.10.0.5:40000 A
out kernel
user tcp 10.10.0.5:40000 > 203.0.113.9:443 PA text(more)
out kernel
flow tcp 10.10.0.5:40000 > 203.0.113.9:443 verdict=inspect reason=under_inspection name=news.example
count to_inspect 4
count open.inspect_unavailable 0
# It ends: what the sockets still have to say passes, and the port may be used again.
broker ends
internet tcp 203.0.113.9:443 > 10.10.0.5:40000 FA
out kernel
user tcp 10.10.0.5:40000 > 203.0.113.9:443 S seq=900000
out forward
told none
