# What was refused at its SYN is refused again when the SYN is sent again: one event, one flow.
user tcp 10.10.0.5:40000 > 198.51.100.25:25 S
out drop mail_not_enrolled
own user tcp 198.51.100.25:25 > 10.10.0.5:40000 RA
user tcp 10.10.0.5:40000 > 198.51.100.25:25 S
out drop mail_not_enrolled
own user tcp 198.51.100.25:25 > 10.10.0.5:40000 RA
event flow_blocked 10.10.0.5 reason=mail_not_enrolled name=
event none
count flows_new 1
