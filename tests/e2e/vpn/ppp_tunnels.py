"""L2TP (xl2tpd). There is no /dev/ppp here, so `ppp_echo.py` stands where pppd
would: one LCP echo after the other goes through the tunnel, and the answers come back."""
import pathlib
import sys

from vpn.software import Software

ECHO = pathlib.Path(__file__).with_name("ppp_echo.py")


class PppTunnel(Software):
    def answers(self, bench):
        return bench.directory / "answers"

    def works(self, bench):
        """An answer has come that was not there a moment ago."""
        file = self.answers(bench)
        before = file.stat().st_size if file.exists() else 0
        bench.on_client(["sleep", "0.5"])
        return file.exists() and file.stat().st_size > before


class Xl2tpd(PppTunnel):
    word = "l2tp"

    def serve(self, bench):
        self._start(bench, bench.serve, "server", f"""
[global]
listen-addr = {bench.server}
[lns default]
ip range = {bench.inner_client}-{bench.inner_client}
local ip = {bench.inner_server}
require authentication = no
""", ready="Listening on IP address")

    def connect(self, bench):
        self._start(bench, bench.connect, "client", f"""
[global]
[lac lab]
lns = {bench.server}
autodial = yes
redial = yes
redial timeout = 1
""")

    def _start(self, bench, start, side, config, **options):
        conf = bench.file(f"{side}.conf", config)
        folder = bench.directory
        # xl2tpd knows no other place of pppd; this namespace of mounts is this process's own.
        pppd = bench.file(f"pppd-{side}", f"#!/bin/sh\nexec {sys.executable} {ECHO} {side} "
                                          f"{self.answers(bench)}\n")
        pppd.chmod(0o755)
        start(side, "bash", "-c", f"mount --bind {pppd} /usr/sbin/pppd && exec xl2tpd -D -c {conf} "
              f"-p {folder}/{side}.pid -C {folder}/{side}.control -s /dev/null", **options)


ALL = [Xl2tpd("xl2tpd")]
