"""The internet of the lab: real nginx (HTTP and TLS 1.3), dnsmasq and sshd, certificates by openssl."""
import hashlib
import pathlib
import subprocess

from lab import plan as at
from lab.shell import LabError, accepts, run, wait_until, write

CERTIFICATE_DAYS = 30
BIG_FILE_BYTES = 50_000_000


def start(plan, processes):
    """Starts what does not run yet and waits until all of it answers."""
    netns = plan.netns("internet")
    certificates(plan)
    pathlib.Path("/run/sshd").mkdir(exist_ok=True)  # sshd insists on it
    processes.start("nginx", ["nginx", "-c", _nginx_conf(plan), "-p", plan.state / "nginx",
                              "-e", plan.logs / "nginx-error.log"], netns)
    processes.start("dnsmasq", ["dnsmasq", "--keep-in-foreground", "--conf-file=" +
                                str(_dnsmasq_conf(plan))], netns)
    processes.start("sshd", ["/usr/sbin/sshd", "-D", "-e", "-f", _sshd_conf(plan)], netns)
    ready = {"nginx": (at.ADDRESSES["news.example"][0], 443), "dnsmasq": (at.DNS_V4, 53),
             "sshd": (at.ADDRESSES[at.SSH_NAME][0], 22)}
    for name, (address, port) in ready.items():
        def up_or_dead(name=name, address=address, port=port):
            return not processes.alive(name) or accepts(netns, address, port)
        wait_until(up_or_dead, f"{name} to listen; see {plan.logs}")
        if not processes.alive(name):
            raise LabError(f"{name} ended at once:\n{processes.log_tail(name)}")


def ca_file(plan):
    return plan.state / "certs" / "lab-ca.pem"


def certificates(plan):
    """A certificate authority of the lab's own, and one certificate a name."""
    directory = plan.state / "certs"
    if ca_file(plan).exists():
        return
    directory.mkdir(parents=True, exist_ok=True)
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    days = ["-days", CERTIFICATE_DAYS]
    ca = directory / "lab-ca.new"
    run(["openssl", "req", "-x509", *key, *days, "-subj", "/CN=Sluice lab CA", "-addext",
         "keyUsage=critical,keyCertSign,cRLSign", "-keyout", directory / "lab-ca.key", "-out", ca])
    for name in at.WEB_NAMES:
        by_ca = ["-CA", ca, "-CAkey", directory / "lab-ca.key"] if name != at.FAKE_NAME else []
        run(["openssl", "req", "-x509", *key, *days, *by_ca, "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}", "-addext",
             "basicConstraints=critical,CA:FALSE", "-addext", "extendedKeyUsage=serverAuth", "-addext",
             "keyUsage=critical,digitalSignature", "-keyout", directory / f"{name}.key",
             "-out", directory / f"{name}.pem"])
    run(["openssl", "req", "-x509", *key, *days, "-CA", ca, "-CAkey", directory / "lab-ca.key", "-subj",
         "/CN=client of the lab", "-addext", "basicConstraints=critical,CA:FALSE", "-addext",
         "extendedKeyUsage=clientAuth", "-addext", "keyUsage=critical,digitalSignature", "-keyout",
         directory / "client.key", "-out", directory / "client.pem"])
    ca.rename(ca_file(plan))  # last, so that a half-made set is made again


def _nginx_conf(plan):
    state = plan.state
    www = state / "www"
    www.mkdir(parents=True, exist_ok=True)
    temporary = "\n".join(f"    {kind}_temp_path {state}/nginx/{kind};" for kind in
                          ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (state / "nginx").mkdir(exist_ok=True)
    servers = "\n".join(_nginx_server(plan, name) for name in at.WEB_NAMES)
    certs = state / "certs"
    port = at.CLIENT_CERTIFICATE_PORT
    servers += f"""
    server {{
        server_name news.example;
        listen {port} ssl; listen [::]:{port} ssl;
        ssl_certificate {certs}/news.example.pem;
        ssl_certificate_key {certs}/news.example.key;
        ssl_verify_client on;
        ssl_client_certificate {ca_file(plan)};
        location / {{ return 200 "your certificate is $ssl_client_s_dn\\n"; }}
    }}"""
    return write(state / "nginx.conf", f"""
daemon off;
worker_processes 1;
pid {state}/nginx/nginx.pid;
events {{ worker_connections 512; }}
http {{
    access_log {plan.logs}/nginx-access.log;
{temporary}
    default_type text/plain;
    keepalive_timeout 60;
    ssl_protocols TLSv1.2 TLSv1.3;
{servers}
}}
""")


def _nginx_server(plan, name):
    certs = plan.state / "certs"
    v4, v6 = at.ADDRESSES[name]
    # `http2` holds for all servers of an address and port.
    listen = (f"listen {v4}:443 ssl http2; listen [{v6}]:443 ssl http2;" if name == at.HTTP2_NAME
              else "listen 443 ssl; listen [::]:443 ssl;")
    return f"""    server {{
        server_name {name};
        listen 80; listen [::]:80; {listen}
        ssl_certificate {certs}/{name}.pem;
        ssl_certificate_key {certs}/{name}.key;
        location / {{ return 200 "{name} over $scheme\\n"; }}
        location /files/ {{ root {plan.state}/www; }}
    }}"""


def _dnsmasq_conf(plan):
    hosts = "\n".join(f"host-record={name},{v4},{v6}" for name, (v4, v6) in at.ADDRESSES.items())
    # An answer larger than the MTU, to see fragments come back.
    long_texts = "\n".join(f"txt-record=long.example,{letter * 250}" for letter in "abcdefghij")
    return write(plan.state / "dnsmasq.conf", f"""
no-resolv
no-hosts
local=/example/
bind-interfaces
user=root
edns-packet-max=4096
listen-address={at.DNS_V4},{at.DNS_V6}
pid-file={plan.state}/dnsmasq.pid
log-facility={plan.logs}/dnsmasq-queries.log
{hosts}
{long_texts}
""")


def _sshd_conf(plan):
    key = plan.state / "ssh_host_key"
    if not key.exists():
        run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key])
    v4, v6 = at.ADDRESSES[at.SSH_NAME]
    return write(plan.state / "sshd.conf", f"""
ListenAddress {v4}
ListenAddress {v6}
HostKey {key}
PidFile none
UsePAM no
PasswordAuthentication no
AllowUsers nobody
""")


def big_file(plan):
    """Makes a file of 50 MB that every origin serves as /files/big.bin, and returns its SHA-256.

    The bytes repeat nowhere and are the same ones every time: AES-CTR of zeroes.
    """
    path = plan.state / "www" / "files" / "big.bin"
    if not path.exists():
        cipher = ["openssl", "enc", "-aes-128-ctr", "-K", "00" * 16, "-iv", "00" * 16]
        zeroes = bytes(BIG_FILE_BYTES)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(subprocess.run(cipher, input=zeroes, capture_output=True, check=True).stdout)
    return hashlib.sha256(path.read_bytes()).hexdigest()
