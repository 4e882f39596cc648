"""Proxies in clear: SOCKS (microsocks), CONNECT and absolute URLs (tinyproxy)."""
from vpn.software import Software


class Microsocks(Software):
    word = "socks"

    def serve(self, bench):
        bench.serve("server", "microsocks", "-i", bench.server, "-p", 1080)
        bench.wait_for_port(1080)

    def works(self, bench):
        return bench.fetches("--socks5", f"{bench.server}:1080")


class Tinyproxy(Software):
    def __init__(self, name, word, options):
        super().__init__(name)
        self.word, self.options = word, options
        self.open_reason = "allowed"  # what a granted proxy is asked for is judged by its name

    def serve(self, bench):
        conf = bench.file("tinyproxy.conf", f"Port 8888\nListen {bench.server}\nTimeout 10\n"
                                            "LogLevel Info\nMaxClients 10\n")
        hosts = bench.file("hosts", "203.0.113.10 news.example\n")
        bench.serve("server", "bash", "-c",
                    f"mount --bind {hosts} /etc/hosts && exec tinyproxy -d -c {conf}")
        bench.wait_for_port(8888)

    def works(self, bench):
        return bench.fetches(*self.options, "-x", f"http://{bench.server}:8888",
                             url="http://news.example/")


ALL = [Microsocks("microsocks"), Tinyproxy("tinyproxy-connect", "http_connect", ["-p"]),
       Tinyproxy("tinyproxy-url", "http_proxy", [])]
