user tcp [2001:db8:a10::5]:40000 > [2001:db8:5e::1]:993 S
out forward
flow tcp [2001:db8:a10::5]:40000 > [2001:db8:5e::1]:993 reason=protected_admitted org=ministry
user tcp [2001:db8:a20::5]:40000 > [2001:db8:5e::1]:993 S
out drop protected_not_admitted
own user tcp [2001:db8:5e::1]:993 > [2001:db8:a20::5]:40000 RA seq=0 ack=1001
