# What is recognised as something else still speaks HTTP: its host is read, and judged with it.
file protocol_classes.yaml
  protocol_classes:
    - {class: p2p, needs_grant: false}
publish
connect user 10.10.0.5:40000 > 203.0.113.9:6969
user tcp 10.10.0.5:40000 > 203.0.113.9:6969 PA text(GET /announce?info_hash=0123456789abcdefghij&peer_id=-TR3000-abcdefghijkl&port=51413 HTTP/1.1\r\nHost: tracker.casino.example:6969\r\n\r\n)
out drop not_granted
own user tcp 203.0.113.9:6969 > 10.10.0.5:40000 R
own internet tcp 10.10.0.5:40000 > 203.0.113.9:6969 RA
flow tcp 10.10.0.5:40000 > 203.0.113.9:6969 protocol=bittorrent name=tracker.casino.example source=http_host reason=not_granted
