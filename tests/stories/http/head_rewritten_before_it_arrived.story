# What was judged may not be sent again as something else, pipelined requests included.
connect user 10.20.0.5:40000 > 203.0.113.9:80
user tcp 10.20.0.5:40000 > 203.0.113.9:80 PA seq=1001 http(host=news.example) http(host=bank.example)
out forward
user tcp 10.20.0.5:40000 > 203.0.113.9:80 PA seq=1001 http(host=evil.example)
out drop hello_rewritten
user tcp 10.20.0.5:40000 > 203.0.113.9:80 PA seq=1070 http(host=evil.example)
out drop hello_rewritten
# As it was it may: the network has lost it.
user tcp 10.20.0.5:40000 > 203.0.113.9:80 PA seq=1001 http(host=news.example)
out forward
