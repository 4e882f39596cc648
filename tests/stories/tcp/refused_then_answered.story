# A server refuses first and answers then: a client that did not believe the reset is read as ever.
user tcp 10.20.0.5:40000 > 203.0.113.9:80 S seq=5000
out forward
internet tcp 203.0.113.9:80 > 10.20.0.5:40000 RA seq=0 ack=5001
out forward
internet tcp 203.0.113.9:80 > 10.20.0.5:40000 SA seq=9000 ack=5001
out forward
user tcp 10.20.0.5:40000 > 203.0.113.9:80 A seq=5001 ack=9001
out forward
user tcp 10.20.0.5:40000 > 203.0.113.9:80 PA seq=5001 ack=9001 http(host=news.example)
out forward
flow tcp 10.20.0.5:40000 > 203.0.113.9:80 name=news.example
# The same where no answer ever came by here.
user tcp 10.20.0.5:40001 > 203.0.113.9:80 S seq=5000
out forward
internet tcp 203.0.113.9:80 > 10.20.0.5:40001 RA seq=0 ack=5001
out forward
user tcp 10.20.0.5:40001 > 203.0.113.9:80 PA seq=5001 ack=9001 http(host=news.example)
out forward
flow tcp 10.20.0.5:40001 > 203.0.113.9:80 name=news.example
# A reset without ACK answers no SYN, and a FIN of the opener does not hide what follows.
user tcp 10.20.0.5:40002 > 203.0.113.9:80 S seq=5000
out forward
internet tcp 203.0.113.9:80 > 10.20.0.5:40002 R seq=0
out forward
user tcp 10.20.0.5:40002 > 203.0.113.9:80 FA seq=5001 ack=9001
out forward
user tcp 10.20.0.5:40002 > 203.0.113.9:80 PA seq=5001 ack=9001 http(host=news.example)
out forward
flow tcp 10.20.0.5:40002 > 203.0.113.9:80 name=news.example
