# A first fragment without the whole TCP header hides the ports or the flags (RFC 1858).
user tcp 10.10.0.5:40000 > 203.0.113.9:443 S frag(id=7,off=0,size=8,more)
out drop fragment_tiny
user tcp 10.10.0.5:40000 > 203.0.113.9:443 S frag(id=8,off=8,size=12)
out drop fragment_tiny
