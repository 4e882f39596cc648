# The plain name of an encrypted hello is nobody's own where it is a known public name: the class is
# unnamed. With any other name the extension is GREASE, and the name counts.
connect user 10.10.0.5:40000 > 203.0.113.9:443
user tcp 10.10.0.5:40000 > 203.0.113.9:443 PA tls(sni=cloudflare-ech.com,ech)
out forward
flow tcp 10.10.0.5:40000 > 203.0.113.9:443 reason=unnamed_open name=
count ech_unnamed 1
connect user 10.10.0.5:40001 > 203.0.113.9:443
user tcp 10.10.0.5:40001 > 203.0.113.9:443 PA tls(sni=bank.example,ech)
out forward
flow tcp 10.10.0.5:40001 > 203.0.113.9:443 reason=exempt_finance name=bank.example
connect user 10.10.0.5:40002 > 203.0.113.9:443
user tcp 10.10.0.5:40002 > 203.0.113.9:443 PA tls(esni)
out forward
flow tcp 10.10.0.5:40002 > 203.0.113.9:443 reason=unnamed_open name=
