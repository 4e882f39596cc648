# A keep-alive probe carries one byte that was acknowledged long ago, and any value: it passes.
user tcp 10.20.0.5:40020 > 203.0.113.10:80 S
out forward
internet tcp 203.0.113.10:80 > 10.20.0.5:40020 SA
out forward
user tcp 10.20.0.5:40020 > 203.0.113.10:80 A
out forward
user tcp 10.20.0.5:40020 > 203.0.113.10:80 PA seq=1001 ack=1001 text(GET / HTTP/1.1\r\nHost: news.example\r\n\r\n)
out forward
user tcp 10.20.0.5:40020 > 203.0.113.10:80 A seq=1038 ack=1001 hex(00)
out drop hello_rewritten
internet tcp 203.0.113.10:80 > 10.20.0.5:40020 A seq=1001 ack=1039
out forward
user tcp 10.20.0.5:40020 > 203.0.113.10:80 A seq=1038 ack=1001 hex(00)
out forward
