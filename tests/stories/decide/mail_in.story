# The same inwards: who is enrolled receives, the suspended and the unknown do not.
internet tcp 198.51.100.25:40000 > 10.10.0.25:25 S
out forward
flow tcp 10.10.0.25:25 > 198.51.100.25:40000 reason=mail_enrolled opener=internet
internet tcp 198.51.100.25:40000 > 10.10.0.5:25 S
out drop mail_not_enrolled
own internet tcp 10.10.0.5:25 > 198.51.100.25:40000 RA seq=0 ack=1001
internet tcp 198.51.100.25:40000 > 10.40.0.25:25 S
out drop mail_suspended
own internet tcp 10.40.0.25:25 > 198.51.100.25:40000 RA
