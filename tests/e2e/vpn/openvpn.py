"""OpenVPN over UDP and TCP, with its control channel in clear, signed (tls-auth) and enciphered (tls-crypt)."""
from lab.shell import run
from vpn.software import Software

PORT = 1194


class OpenVpn(Software):
    word = "openvpn"

    def __init__(self, transport, control=None):
        super().__init__(f"openvpn-{transport}" + (f"-{control}" if control else ""))
        self.transport, self.control = transport, control

    def serve(self, bench):
        for side in ("server", "client"):
            bench.certificate(side)
        if self.control:
            run(["openvpn", "--genkey", "secret", bench.directory / "shared.key"])
        protocol = "udp4" if self.transport == "udp" else "tcp4-server"
        bench.serve("server", *self._options(bench, "server"), "--proto", protocol, "--tls-server",
                    "--dh", "none", "--local", bench.server, "--port", PORT, "--ifconfig",
                    bench.inner_server, bench.inner_client,
                    ready="link remote" if self.transport == "udp" else "Listening for incoming")

    def connect(self, bench):
        protocol = "udp4" if self.transport == "udp" else "tcp4-client"
        bench.connect("client", *self._options(bench, "client"), "--proto", protocol,
                      "--tls-client", "--nobind", "--remote", bench.server, PORT, "--ifconfig",
                      bench.inner_client, bench.inner_server, "--connect-retry", "1", "1",
                      "--connect-timeout", "2")

    def _options(self, bench, side):
        other = "client" if side == "server" else "server"
        print_ = run(["openssl", "x509", "-in", bench.directory / f"{other}.pem", "-noout",
                      "-fingerprint", "-sha256"]).stdout.strip().partition("=")[2]
        direction = ["0" if side == "server" else "1"] if self.control == "tls-auth" else []
        shared = [f"--{self.control}", bench.directory / "shared.key", *direction] if self.control else []
        return ["openvpn", "--dev", "tun", "--disable-dco", "--verb", "3", "--key",
                bench.directory / f"{side}.key", "--cert", bench.directory / f"{side}.pem",
                "--peer-fingerprint", print_, *shared]

    def works(self, bench):
        return bench.pings()


ALL = [OpenVpn(transport, control) for transport in ("udp", "tcp")
       for control in (None, "tls-auth", "tls-crypt")]
