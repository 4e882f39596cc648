"""A lab for sluice-inspect alone: client - gateway - origin namespaces, TPROXY in the gateway, a real
signer with a real ceremony, nginx origins with all that can be wrong with a certificate."""
import datetime
import os
import pathlib
import shutil
import signal
import subprocess
import sys

from lab.shell import accepts, in_netns, run, wait_until, write

CLIENT, GATEWAY_C, GATEWAY_S, ORIGIN = "10.1.0.2", "10.1.0.1", "203.0.113.1", "203.0.113.10"
PORT = 3129
GOOD = ["news.example", "work.example", "bank.example", "nowhere.example", "h1.example",
        "cert.example"]
BAD = ["expired.example", "selfsigned.example", "wrong.example", "stranger.example"]
EICAR = (rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-"
         rb"ANTIVIRUS-TEST-FILE!$H+H*")
LEAF = [w for e in ("basicConstraints=critical,CA:FALSE", "keyUsage=critical,digitalSignature",
                    "extendedKeyUsage=serverAuth,clientAuth") for w in ("-addext", e)]
KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]


class InspectLab:
    def __init__(self, prefix, build, state):
        self.prefix, self.build, self.state = prefix, pathlib.Path(build), pathlib.Path(state)
        self.names = {who: f"{prefix}{who}" for who in "cgs"}
        self.running = {}
        self.serial = 0

    # ---- network ----
    def network(self):
        for name in self.names.values():
            run(["ip", "netns", "add", name])
        self._link("c", CLIENT, "g", GATEWAY_C)
        self._link("g", GATEWAY_S, "s", ORIGIN)
        self.ip("c", "route", "add", "default", "via", GATEWAY_C)
        self.ip("s", "route", "add", "default", "via", GATEWAY_S)
        for key in ("net.ipv4.ip_forward=1", "net.ipv4.conf.all.rp_filter=0"):
            run(in_netns(self.names["g"], ["sysctl", "-qw", key]))
        self.ip("g", "rule", "add", "fwmark", "1", "lookup", "100")
        self.ip("g", "route", "add", "local", "default", "dev", "lo", "table", "100")
        rules = f"""table inet slu {{
  chain pre {{
    type filter hook prerouting priority mangle;
    meta l4proto tcp socket transparent 1 meta mark set 1 accept
    iifname "{self.prefix}gc" tcp dport {{ 80, 443 }} tproxy ip to :{PORT} meta mark set 1 accept
  }}
}}
"""
        subprocess.run(in_netns(self.names["g"], ["nft", "-f", "-"]), input=rules, text=True,
                       check=True)

    def _link(self, a, a_address, b, b_address):
        a_name, b_name = f"{self.prefix}{a}{b}", f"{self.prefix}{b}{a}"
        run(["ip", "link", "add", a_name, "netns", self.names[a], "type", "veth", "peer", "name",
             b_name, "netns", self.names[b]])
        for who, name, address in ((a, a_name, a_address), (b, b_name, b_address)):
            self.ip(who, "address", "add", f"{address}/24", "dev", name)
            self.ip(who, "link", "set", name, "up")
            self.ip(who, "link", "set", "lo", "up")

    def ip(self, who, *words):
        run(["ip", "-n", self.names[who], *words])

    # ---- certificates ----
    def certificates(self):
        self.certs = self.state / "certs"
        self.certs.mkdir(parents=True)
        for ca in ("root", "stranger"):
            run(["openssl", "req", "-x509", *KEY, "-days", "30", "-subj", f"/CN={ca} of origins",
                 "-addext", "keyUsage=critical,keyCertSign,cRLSign",
                 "-keyout", self.certs / f"{ca}.key", "-out", self.certs / f"{ca}.pem"])
        for name in GOOD:
            self._issue(name, name, "root")
        self._issue("wrong.example", "other.example", "root")
        self._issue("stranger.example", "stranger.example", "stranger")
        run(["openssl", "req", "-x509", *KEY, "-days", "30", "-subj", "/CN=selfsigned.example",
             "-addext", "subjectAltName=DNS:selfsigned.example", *LEAF, "-keyout",
             self.certs / "selfsigned.example.key", "-out", self.certs / "selfsigned.example.pem"])
        self._issue_expired()

    def _issue(self, file, name, ca):
        run(["openssl", "req", "-x509", *KEY, "-days", "30", "-CA", self.certs / f"{ca}.pem",
             "-CAkey", self.certs / f"{ca}.key", "-subj", f"/CN={name}", "-addext",
             f"subjectAltName=DNS:{name}", *LEAF,
             "-keyout", self.certs / f"{file}.key", "-out", self.certs / f"{file}.pem"])

    def _issue_expired(self):
        """openssl req cannot date a certificate back: openssl ca can."""
        name = "expired.example"
        write(self.certs / "index.txt", "")
        config = write(self.certs / "ca.cnf", f"""
[ca]
default_ca = c
[c]
database = {self.certs}/index.txt
new_certs_dir = {self.certs}
rand_serial = yes
default_md = sha256
policy = p
x509_extensions = e
[p]
commonName = supplied
[e]
subjectAltName = DNS:{name}
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid:always
""")
        run(["openssl", "req", "-new", *KEY, "-subj", f"/CN={name}", "-keyout",
             self.certs / f"{name}.key", "-out", self.certs / f"{name}.csr"])
        run(["openssl", "ca", "-batch", "-config", config, "-cert", self.certs / "root.pem",
             "-keyfile", self.certs / "root.key", "-startdate", "20200101000000Z", "-enddate",
             "20200201000000Z", "-in", self.certs / f"{name}.csr", "-out",
             self.certs / f"{name}.pem", "-notext"])

    # ---- policy ----
    def policy(self, exempt=("bank.example",)):
        today = datetime.date.today()
        policy = self.state / "policy"
        shutil.rmtree(policy, ignore_errors=True)
        names = [n for n in GOOD + BAD if n not in exempt and n != "nowhere.example"]
        write(policy / "policy.yaml", "title: inspect\n")
        write(policy / "operators.yaml", "operators:\n  - {id: telco, name: T, wires: [{id: w, "
              "role: main, committed_gbit: 1}]}\n")
        write(policy / "categories.yaml", "categories:\n"
              f"  - {{id: news, title: N, source: s, names: [{', '.join(names)}]}}\n"
              "  - {id: social, title: S, source: s, names: [social.example]}\n"
              f"  - {{id: bank, title: B, exempt: finance, source: s, names: [{', '.join(exempt)}]}}\n")
        write(policy / "organisations.yaml", "organisations:\n  - {id: ministry, name: M, operator: "
              "telco, contract: C, access: {request: R, categories: [news, bank, uncategorised], "
              f"from: {today - datetime.timedelta(days=10)}, "
              f"until: {today + datetime.timedelta(days=300)}}}}}\n")
        write(policy / "catalog.yaml", "catalog:\n  - {operator: telco, organisation: ministry, "
              "prefixes: [10.1.0.0/16]}\n")
        self.serial += 1
        run([self.build / "tests/support/publish_policy", policy, self.state / "bundle",
             self.serial])

    # ---- processes ----
    def start(self, name, argv, who=None):
        log = open(self.state / f"{name}.log", "ab")
        self.running[name] = subprocess.Popen(
            in_netns(self.names[who], argv) if who else [str(a) for a in argv],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        log.close()

    def stop(self, name, how=signal.SIGTERM):
        process = self.running.pop(name, None)
        if process and process.poll() is None:
            process.send_signal(how)
            process.wait(10)

    def log(self, name):
        return (self.state / f"{name}.log").read_text(errors="replace")

    def ceremony(self):
        passphrase = write(self.state / "passphrase", "a passphrase of the lab, long enough\n")
        passphrase.chmod(0o400)
        run([self.build / "tools/sluicectl/sluicectl", "ca", "ceremony", "--out",
             self.state / "ca", "--generation", "2026-1", "--organisation", "Lab", "--log-name",
             "lab.example/issuance", "--root-passphrase-file", passphrase, "--passphrase-file",
             passphrase])
        write(self.state / "signer.yaml", f"""
socket: {self.state}/run/signer.sock
bundle_dir: {self.state}/bundle
ca_dir: {self.state}/ca/gateway
trust_anchors: {self.certs}/root.pem
passphrase_file: {passphrase}
log_dir: {self.state}/issuance
log_key: {self.state}/ca/gateway/log.key
log_name: lab.example/issuance
clients: [root]
""")

    def start_signer(self):
        self.start("signer", [self.build / "certs/signer/sluice-signer", "--config",
                              self.state / "signer.yaml"])
        wait_until(lambda: "serving generation" in self.log("signer"),
                   f"the signer; see {self.state}/signer.log")

    def start_inspect(self, **keys):
        config = {"runtime_dir": self.state / "run", "bundle_dir": self.state / "bundle",
                  "signer_socket": self.state / "run/signer.sock",
                  "trust_store": self.certs / "root.pem",
                  "content": pathlib.Path(__file__).resolve().parents[2] / "rules/data/content.yaml",
                  "workers": 2, "source": "tproxy", "where_to_apply": "help.example",
                  "tproxy": f"{{port: {PORT}, operator: telco}}", **keys}
        write(self.state / "inspect.yaml", "".join(f"{k}: {v}\n" for k, v in config.items()))
        self.start("inspect", [self.build / "dataplane/inspect/sluice-inspect", "--config",
                               self.state / "inspect.yaml"], "g")
        wait_until(lambda: self.log("inspect").count(" runs") >= 2,
                   f"the workers; see {self.state}/inspect.log")

    def origins(self):
        www = self.state / "www"
        write(www / "index.html", "hello from the origin\n")
        (www / "eicar.com").write_bytes(EICAR)
        (www / "big").write_bytes(os.urandom(1 << 20) * 20)
        (www / "late").write_bytes(b"clean " * 200_000 + EICAR)
        write(www / "text.html", "squeeze me " * 1000)
        common = f"root {www}; gzip on; gzip_types *; gzip_min_length 1;"
        servers = "".join(
            f"server {{ listen 443 ssl http2; server_name {name}; {common} "
            f"ssl_certificate {self.certs}/{name}.pem; ssl_certificate_key {self.certs}/{name}.key; "
            "client_max_body_size 50m; location /put { proxy_pass http://127.0.0.1:8080; } "
            f"{'ssl_verify_client on; ssl_client_certificate ' + str(self.certs) + '/root.pem;' if name == 'cert.example' else ''} }}\n"
            for name in GOOD + BAD if name != "h1.example")
        h1 = (f"server {{ listen 203.0.113.11:443 ssl; server_name h1.example; {common} "
              f"ssl_certificate {self.certs}/h1.example.pem; "
              f"ssl_certificate_key {self.certs}/h1.example.key; }}\n")
        self.ip("s", "address", "add", "203.0.113.11/24", "dev", f"{self.prefix}sg")
        paths = " ".join(f"{kind}_temp_path {self.state}/tmp-{kind};" for kind in
                         ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        write(self.state / "nginx.conf", f"""
daemon off; worker_processes 1; pid {self.state}/nginx.pid; user root;
events {{ worker_connections 1024; }}
http {{ access_log {self.state}/access.log; {paths}
server {{ listen 127.0.0.1:8080; client_max_body_size 50m; location / {{ return 200 "stored\\n"; }} }}
server {{ listen 80; server_name news.example social.example; {common} }}
{servers}{h1} }}
""")
        self.start("nginx", ["nginx", "-c", self.state / "nginx.conf", "-e",
                             self.state / "nginx-error.log"], "s")
        wait_until(lambda: accepts(self.names["s"], ORIGIN, 443), "nginx")

    def up(self):
        (self.state / "run").mkdir(parents=True)
        self.network()
        self.certificates()
        self.policy()
        self.ceremony()
        self.origins()
        self.start_signer()
        self.start_inspect()

    def down(self):
        for name in list(self.running):
            self.stop(name)
        for name in self.names.values():
            subprocess.run(["ip", "netns", "delete", name], capture_output=True)

    # ---- what tests do ----
    def sluice_root(self):
        return next((self.state / "ca").rglob("root.pem"))

    def curl(self, url, *options, ca=None, check=False):
        """curl in the client's namespace; names resolve to the origin."""
        resolve = [w for n in GOOD + BAD + ["social.example"] for p in (80, 443) for w in
                   ("--resolve", f"{n}:{p}:{'203.0.113.11' if n == 'h1.example' else ORIGIN}")]
        argv = ["curl", "-sS", "--max-time", "10", "--cacert", ca or self.sluice_root(), *resolve,
                *options, url]
        return run(in_netns(self.names["c"], argv), check=check)

    def counters(self):
        """Of both workers together."""
        total = {}
        out = run([self.build / "tools/sluicectl/sluicectl", "tls", "counters", "--runtime-dir",
                   self.state / "run"]).stdout
        for line in out.splitlines():
            words = line.split()
            if len(words) >= 2 and words[-1].isdigit():
                total[words[0]] = total.get(words[0], 0) + int(words[-1])
        return total


if __name__ == "__main__":  # PYTHONPATH=tools python3 tests/e2e/inspect_lab.py BUILD STATE
    lab = InspectLab("slui-", sys.argv[1], sys.argv[2])
    lab.up()
    print("up; end it with Ctrl-C")
    try:
        signal.pause()
    except KeyboardInterrupt:
        lab.down()
