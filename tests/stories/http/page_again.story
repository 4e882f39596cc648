# The page was lost: the client sends its request again and gets the same page; its FIN is answered.
connect user 10.20.0.5:40000 > 203.0.113.9:80
user tcp 10.20.0.5:40000 > 203.0.113.9:80 PA seq=1001 ack=1001 http(host=casino.example)
out drop not_granted
own user tcp 203.0.113.9:80 > 10.20.0.5:40000 FPA seq=1001 ack=1072
own internet tcp 10.20.0.5:40000 > 203.0.113.9:80 RA seq=1001 ack=1001
user tcp 10.20.0.5:40000 > 203.0.113.9:80 PA seq=1001 ack=1001 http(host=casino.example)
out drop answered_by_page
own user tcp 203.0.113.9:80 > 10.20.0.5:40000 FPA seq=1001 ack=1072
user tcp 10.20.0.5:40000 > 203.0.113.9:80 A seq=1072 ack=1700
out drop not_granted
user tcp 10.20.0.5:40000 > 203.0.113.9:80 FA seq=1072 ack=1700
out drop not_granted
own user tcp 203.0.113.9:80 > 10.20.0.5:40000 A seq=1700 ack=1073
# One block, one event.
event flow_blocked 10.20.0.5 reason=not_granted name=casino.example
event none
# A FIN from a client that has not seen the page is answered with it as well.
connect user 10.20.0.5:40001 > 203.0.113.9:80
user tcp 10.20.0.5:40001 > 203.0.113.9:80 PA seq=1001 ack=1001 http(host=casino.example)
out drop not_granted
own user tcp 203.0.113.9:80 > 10.20.0.5:40001 FPA seq=1001 ack=1072
own internet tcp 10.20.0.5:40001 > 203.0.113.9:80 RA
user tcp 10.20.0.5:40001 > 203.0.113.9:80 FA seq=1072 ack=1001
out drop answered_by_page
own user tcp 203.0.113.9:80 > 10.20.0.5:40001 FPA seq=1001 ack=1073
