# Plain HTTP of an organisation under inspection is handed over at its first whole request head.
inspector ready
connect user 10.10.0.5:40000 > 203.0.113.9:80
user tcp 10.10.0.5:40000 > 203.0.113.9:80 PA http(host=news.example)
out held
asked name=news.example protocol=http
broker takes
out to_kernel=1
