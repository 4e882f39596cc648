# One event when a stranger appears, then one a second with what it sent meanwhile.
user udp 10.99.9.9:5000 > 198.51.100.1:9000 text(x)
out forward
event unknown_source 10.99.9.9 packets=1
user udp 10.99.9.9:5001 > 198.51.100.1:9000 text(x)
out forward
user udp 10.99.9.9:5002 > 198.51.100.1:9000 text(x)
out forward
event none
wait 12000
event unknown_source 10.99.9.9 packets=2
event none
count unknown_sources 3
