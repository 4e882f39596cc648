# A class that is made to need a grant, one that is closed to all, and a grant of a whole class.
file protocol_classes.yaml
  protocol_classes:
    - {class: management, needs_grant: true, blocks_from: certain}
    - {class: vpn, needs_grant: true, blocks_from: certain}
file closures.yaml
  closures:
    - {class: voip, request: ORDER-7, from: 2026-01-01, until: 2026-12-31}
    - {organisation: ministry, protocol: snmp, request: ORDER-8, from: 2026-01-01, until: 2026-12-31}
file grants.yaml
  grants:
    - {organisation: hospital, class: management, request: R-11, from: 2026-09-01, until: 2027-08-31}
    - {organisation: hospital, protocol: stun, request: R-12, from: 2026-09-01, until: 2027-08-31}
publish
user udp 10.10.0.5:40000 > 198.51.100.9:3478 hex(00010000 2112a442 000102030405060708090a0b)
out drop protocol_closed
own user icmp 198.51.100.9 > 10.10.0.5 type=3 code=13
flow udp 10.10.0.5:40000 > 198.51.100.9:3478 protocol=stun reason=protocol_closed
user udp 10.20.0.5:40000 > 198.51.100.9:3478 hex(00010000 2112a442 000102030405060708090a0b)
out forward
flow udp 10.20.0.5:40000 > 198.51.100.9:3478 protocol=stun reason=unnamed_open
user udp 10.10.0.5:40001 > 198.51.100.9:514 hex(3c33343e4f63742031312032323a31343a313520686f73743a206f6b)
out drop threat_protocol
own user icmp 198.51.100.9 > 10.10.0.5 type=3 code=13
user udp 10.20.0.5:40001 > 198.51.100.9:514 hex(3c33343e4f63742031312032323a31343a313520686f73743a206f6b)
out forward
flow udp 10.20.0.5:40001 > 198.51.100.9:514 protocol=syslog reason=granted
# What is only likely is reported where the policy wants to be certain.
user udp 10.10.0.5:40002 > 198.51.100.9:51820 hex(04000000 9b1c7a55 0a00000000000000 000102030405060708090a0b0c0d0e0f)
out forward
user udp 10.10.0.5:40002 > 198.51.100.9:51820 hex(04000000 9b1c7a55 0b00000000000000 f0e1d2c3b4a5968778695a4b3c2d1e0f)
out forward
flow udp 10.10.0.5:40002 > 198.51.100.9:51820 protocol=wireguard confidence=likely verdict=forward
count protocol_unsure 1
