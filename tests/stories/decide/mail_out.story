# Port 25 is for enrolled mail systems; everybody else is refused at the SYN.
user tcp 10.10.0.25:40000 > 198.51.100.25:25 S
out forward
flow tcp 10.10.0.25:40000 > 198.51.100.25:25 reason=mail_enrolled
user tcp 10.10.0.5:40000 > 198.51.100.25:25 S
out drop mail_not_enrolled
own user tcp 198.51.100.25:25 > 10.10.0.5:40000 RA
user tcp 10.40.0.25:40000 > 198.51.100.25:25 S
out drop mail_suspended
own user tcp 198.51.100.25:25 > 10.40.0.25:40000 RA
# Sending from port 25 is not mail, whatever system does it.
user tcp 10.10.0.5:25 > 198.51.100.25:2525 S
out forward
flow tcp 10.10.0.5:25 > 198.51.100.25:2525 reason=learning
