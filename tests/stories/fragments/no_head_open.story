# Where the policy is open, fragments do not wait at all.
file policy.yaml
  title: Open
  time_zone: "+05:00"
  when_we_cannot_know: {fragment_without_head: open}
publish
user udp 10.10.0.5:5000 > 203.0.113.9:9000 fill(1000) frag(id=7,off=504,size=504)
out forward
count open.fragment_without_head 1
