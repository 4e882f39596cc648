# Several requests in one segment: all are read; the last allowed one names the flow.
connect user 10.20.0.5:40000 > 203.0.113.9:80
user tcp 10.20.0.5:40000 > 203.0.113.9:80 PA http(host=news.example) http(host=bank.example) http(host=nobody.example)
out forward
flow tcp 10.20.0.5:40000 > 203.0.113.9:80 reason=pilot name=nobody.example
