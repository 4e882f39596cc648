user icmp 10.10.0.5 > 203.0.113.9 echo(7,1) text(ping)
out forward
internet icmp 203.0.113.9 > 10.10.0.5 reply(7,1) text(ping)
out forward
flow proto=1 10.10.0.5:7 > 203.0.113.9:0 reason=infrastructure packets=2 protocol=icmp
user icmp 2001:db8:a10::5 > 2001:db8:2::9 echo(7,1) text(ping)
out forward
flow proto=58 [2001:db8:a10::5]:7 > [2001:db8:2::9]:0 reason=infrastructure
