# A flood of one organisation: beyond its quota a flow begins only when it asks a second time.
limits new_flows_per_organisation=2
connect user 10.10.0.5:40000 > 203.0.113.9:443
user tcp 10.10.0.5:40001 > 203.0.113.9:443 S
out forward
user tcp 10.10.0.5:40002 > 203.0.113.9:443 S
out drop new_flow_quota
user tcp 10.10.0.6:40002 > 203.0.113.9:443 S
out drop new_flow_quota
count new_flow_quota 2
count flows_live 2

# Its established flows do not notice, nor do other organisations.
internet tcp 203.0.113.9:443 > 10.10.0.5:40000 PA fill(8)
out forward
user tcp 10.20.0.5:40000 > 203.0.113.9:443 S
out forward

# Who asks again is let in; made-up tuples do not come again.
user tcp 10.10.0.5:40002 > 203.0.113.9:443 S
out forward
event new_flow_flood ministry packets=1
event none

# The quota is one of a second.
wait 1000
user tcp 10.10.0.7:40000 > 203.0.113.9:443 S
out forward
user tcp 10.10.0.7:40001 > 203.0.113.9:443 S
out forward
user tcp 10.10.0.7:40002 > 203.0.113.9:443 S
out drop new_flow_quota
