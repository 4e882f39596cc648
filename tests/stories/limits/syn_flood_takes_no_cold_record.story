# Unanswered SYNs cost no record beside their entry.
limits cold_max=1
user tcp 10.10.0.5:40000 > 203.0.113.9:443 S
out forward
user tcp 10.10.0.5:40001 > 203.0.113.9:443 S
out forward
user tcp 10.10.0.5:40002 > 203.0.113.9:443 S
out forward
count cold_live 0
count open.pool_full 0
