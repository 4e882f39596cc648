# A protected service is known by its address: the admitted organisation enters at once, others are
# refused at the SYN, before any name.
user tcp 10.10.0.5:40000 > 192.0.2.241:443 S
out forward
flow tcp 10.10.0.5:40000 > 192.0.2.241:443 reason=protected_admitted
user tcp 10.20.0.5:40000 > 192.0.2.241:443 S
out drop protected_not_admitted
own user tcp 192.0.2.241:443 > 10.20.0.5:40000 RA seq=0 ack=1001
# Another port of the same address is not the service.
user tcp 10.20.0.5:40000 > 192.0.2.241:8443 S
out forward
flow tcp 10.20.0.5:40000 > 192.0.2.241:8443 reason=learning
