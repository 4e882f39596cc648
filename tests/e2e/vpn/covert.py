"""Tunnels that look like something else: DNS (iodine, dns2tcp) and ping (ptunnel-ng)."""
from vpn.software import Software

DOMAIN = "t.tunnel.example"
LOCAL_PORT = 18080


class Iodine(Software):
    word = "dns_tunnel"

    def serve(self, bench):
        bench.serve("server", "iodined", "-f", "-c", "-P", "secret", "-l", bench.server,
                    f"{bench.inner_server}/24", DOMAIN, ready="Listening to dns")

    def connect(self, bench):
        # -r: no packets straight to the server beside the names.
        bench.connect("client", "iodine", "-f", "-r", "-P", "secret", bench.server, DOMAIN)

    def works(self, bench):
        return bench.pings()


class Dns2tcp(Software):
    word = "dns_tunnel"

    def serve(self, bench):
        conf = bench.file("server.conf", f"""listen = {bench.server}
port = 53
user = root
chroot = {bench.directory}
domain = {DOMAIN}
resources = web:203.0.113.10:80
""")
        bench.serve("server", "dns2tcpd", "-F", "-f", conf)

    def connect(self, bench):
        bench.connect("client", "dns2tcpc", "-z", DOMAIN, "-r", "web", "-l", LOCAL_PORT, "-d", "1",
                      bench.server)

    def works(self, bench):
        return bench.fetches(url=f"http://127.0.0.1:{LOCAL_PORT}/")


class Ptunnel(Software):
    word = "icmp_tunnel"

    def serve(self, bench):
        bench.serve("server", "ptunnel-ng", "-r203.0.113.10", "-R80")

    def connect(self, bench):
        bench.connect("client", "ptunnel-ng", f"-p{bench.server}", f"-l{LOCAL_PORT}",
                      "-r203.0.113.10", "-R80")

    def works(self, bench):
        return bench.fetches(url=f"http://127.0.0.1:{LOCAL_PORT}/")


ALL = [Iodine("iodine"), Dns2tcp("dns2tcp"), Ptunnel("ptunnel-ng")]
