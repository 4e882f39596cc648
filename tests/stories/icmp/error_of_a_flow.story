# An error about a flow passes with it, in both directions and families.
user udp 10.10.0.5:5000 > 203.0.113.9:9000 text(x)
out forward
internet icmp 198.51.100.1 > 10.10.0.5 unreach(udp 10.10.0.5:5000 > 203.0.113.9:9000)
out forward
internet icmp 198.51.100.1 > 10.10.0.5 exceeded(udp 10.10.0.5:5000 > 203.0.113.9:9000)
out forward
user udp [2001:db8:a10::5]:5000 > [2001:db8:2::9]:9000 text(x)
out forward
internet icmp 2001:db8:ffff::1 > 2001:db8:a10::5 toobig(udp [2001:db8:a10::5]:5000 > [2001:db8:2::9]:9000)
out forward
flow udp 10.10.0.5:5000 > 203.0.113.9:9000 packets=1
