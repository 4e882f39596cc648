"""wireguard-go: WireGuard where the kernel has none."""
import os

from lab.shell import run, wait_until
from vpn.software import CLIENT, Software

PORT = 51820


class WireGuard(Software):
    word = "wireguard"

    def serve(self, bench):
        self.keys = {side: run(["wg", "genkey"]).stdout.strip() for side in ("server", "client")}
        self._device(bench, "server", bench.serve, "internet", bench.inner_server,
                     ["listen-port", PORT], "client", bench.inner_client, [])

    def connect(self, bench):
        self._device(bench, "client", bench.connect, CLIENT, bench.inner_client, [], "server",
                     bench.inner_server, ["endpoint", f"{bench.server}:{PORT}"])

    def _device(self, bench, side, start, role, own, options, peer, allowed, peer_options):
        # The control sockets of all namespaces lie in one folder: names say whose they are.
        device = f"wg{side[0]}{os.getpid()}"
        start(side, "wireguard-go", "-f", device)
        wait_until(lambda: os.path.exists(f"/var/run/wireguard/{device}.sock"), f"{device}")
        public = run(["wg", "pubkey"], input=self.keys[peer]).stdout.strip()
        run(["wg", "set", device, *options, "private-key",
             bench.file(f"{side}.key", self.keys[side]), "peer", public, "allowed-ips",
             f"{allowed}/32", *peer_options])
        run(["ip", "-n", bench.lab.plan.netns(role), "-batch", "-"], input=f"""
addr add {own}/24 dev {device}
link set {device} up
""")

    def works(self, bench):
        return bench.pings()


ALL = [WireGuard("wireguard-go")]
