"""What cannot be told for sure: ciphers that look like noise, and TLS around anything."""
import json

from vpn.software import Software

LOCAL_PORT = 11080
PASSWORD = "of-the-lab"


class Shadowsocks(Software):
    word = "obfuscated"

    def serve(self, bench):
        bench.serve("server", "ss-server", "-s", bench.server, "-p", 8388, "-k", PASSWORD, "-m",
                    "chacha20-ietf-poly1305")
        bench.wait_for_port(8388)

    def connect(self, bench):
        bench.connect("client", "ss-local", "-s", bench.server, "-p", 8388, "-l", LOCAL_PORT, "-k", PASSWORD,
                      "-m", "chacha20-ietf-poly1305")

    def works(self, bench):
        return bench.fetches("--socks5", f"127.0.0.1:{LOCAL_PORT}")


class Vmess(Software):
    word = "obfuscated"
    ID = "11111111-2222-4333-8444-555555555555"

    def serve(self, bench):
        self._start(bench, bench.serve, "server", {
            "inbounds": [{"listen": bench.server, "port": 10086, "protocol": "vmess",
                          "settings": {"clients": [{"id": self.ID}]}}],
            "outbounds": [{"protocol": "freedom"}]})
        bench.wait_for_port(10086)

    def connect(self, bench):
        server = {"address": bench.server, "port": 10086, "users": [{"id": self.ID, "alterId": 0}]}
        self._start(bench, bench.connect, "client", {
            "inbounds": [{"listen": "127.0.0.1", "port": LOCAL_PORT, "protocol": "socks"}],
            "outbounds": [{"protocol": "vmess", "settings": {"vnext": [server]}}]})

    @staticmethod
    def _start(bench, start, side, config):
        start(side, "v2ray", "-config", bench.file(f"{side}.json", json.dumps(config)))

    def works(self, bench):
        return bench.fetches("--socks5", f"127.0.0.1:{LOCAL_PORT}")


class Stunnel(Software):
    word = "tls"

    def serve(self, bench):
        key, certificate = bench.certificate("stunnel.example")
        self._start(bench, bench.serve, "server", f"cert = {certificate}\nkey = {key}\n"
                    f"accept = {bench.server}:8443\nconnect = 203.0.113.10:80\n")
        bench.wait_for_port(8443)

    def connect(self, bench):
        self._start(bench, bench.connect, "client", f"client = yes\naccept = 127.0.0.1:{LOCAL_PORT}\n"
                    f"connect = {bench.server}:8443\nsni = news.example\n")

    @staticmethod
    def _start(bench, start, side, service):
        start(side, "stunnel4", bench.file(f"{side}.conf", f"foreground = yes\npid =\n[lab]\n{service}"))

    def works(self, bench):
        return bench.fetches(url=f"http://127.0.0.1:{LOCAL_PORT}/")


ALL = [Shadowsocks("shadowsocks"), Vmess("v2ray-vmess"), Stunnel("stunnel")]
