"""OpenConnect with ocserv: AnyConnect's protocol over TLS, its packets over DTLS."""
import base64
import hashlib

from lab.shell import run
from vpn.software import Software

PORT = 4433


class OpenConnect(Software):
    word = "anyconnect"

    def serve(self, bench):
        key, certificate = bench.certificate("vpn.example")
        der = run(["bash", "-c", f"openssl x509 -in {certificate} -noout -pubkey | openssl pkey -pubin "
                   "-outform DER | base64 -w0"]).stdout
        self.pin = base64.b64encode(hashlib.sha256(base64.b64decode(der)).digest()).decode()
        run(["ocpasswd", "-c", bench.directory / "users", "user"], input="secret\nsecret\n")
        conf = bench.file("ocserv.conf", f"""
auth = "plain[passwd={bench.directory}/users]"
listen-host = {bench.server}
tcp-port = {PORT}
udp-port = {PORT}
run-as-user = root
run-as-group = root
socket-file = {bench.directory}/ocserv.socket
server-cert = {certificate}
server-key = {key}
isolate-workers = false
max-clients = 4
device = vpns
ipv4-network = 10.200.{bench.number}.0/24
dtls-psk = true
cisco-client-compat = true
keepalive = 30
mtu = 1300
""")
        bench.serve("server", "ocserv", "-f", "-d", "1", "-c", conf)
        bench.wait_for_port(PORT)

    def connect(self, bench):
        script = bench.file("script", "#!/bin/sh\n[ $reason = connect ] || exit 0\n"
                            "ip addr add $INTERNAL_IP4_ADDRESS/24 dev $TUNDEV\nip link set $TUNDEV up mtu 1300\n")
        script.chmod(0o755)
        bench.connect("client", "bash", "-c", f"echo secret | exec openconnect -v --passwd-on-stdin -u user "
                      f"--servercert pin-sha256:{self.pin} --script {script} --non-inter "
                      f"https://{bench.server}:{PORT}/")

    def works(self, bench):
        return bench.pings()


ALL = [OpenConnect("openconnect")]
