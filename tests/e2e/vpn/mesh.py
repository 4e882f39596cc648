"""Meshes: tinc and Nebula, two nodes each."""
from lab.shell import run
from vpn.software import Software


class Tinc(Software):
    word = "tinc"

    def serve(self, bench):
        hosts = {}
        for side, inner in (("server", bench.inner_server), ("client", bench.inner_client)):
            folder = bench.directory / side
            (folder / "hosts").mkdir(parents=True)
            reach = f"Address = {bench.server}\n" if side == "server" else ""
            bench.file(f"{side}/hosts/{side}", f"{reach}Subnet = {inner}/32\n")
            goes_to = "ConnectTo = server\n" if side == "client" else f"BindToAddress = {bench.server}\n"
            bench.file(f"{side}/tinc.conf", f"Name = {side}\nAddressFamily = ipv4\nDeviceType = tun\n"
                                            f"Interface = tinc-{side}\nPingInterval = 1\nPingTimeout = 1\n{goes_to}")
            bench.file(f"{side}/tinc-up", f"#!/bin/sh\nip addr add {inner}/24 dev $INTERFACE\n"
                                          "ip link set $INTERFACE up\n").chmod(0o755)
            run(["tincd", "-c", folder, "-K2048"], input="\n\n")
            hosts[side] = (folder / "hosts" / side).read_text()
        for side, other in (("server", "client"), ("client", "server")):
            bench.file(f"{side}/hosts/{other}", hosts[other])
        self._start(bench, bench.serve, "server", ready="Ready")

    def connect(self, bench):
        self._start(bench, bench.connect, "client")

    @staticmethod
    def _start(bench, start, side, **options):
        start(side, "tincd", "-c", bench.directory / side, "-D", "-d3", "--pidfile",
              bench.directory / f"{side}.pid", **options)

    def works(self, bench):
        return bench.pings()


class Nebula(Software):
    word = "nebula"

    def serve(self, bench):
        folder = bench.directory
        run(["nebula-cert", "ca", "-name", "lab"], cwd=folder)
        for side, inner in (("server", bench.inner_server), ("client", bench.inner_client)):
            run(["nebula-cert", "sign", "-name", side, "-ip", f"{inner}/24"], cwd=folder)
        self._start(bench, bench.serve, "server", "am_lighthouse: true", f"{bench.server}\n  port: 4242",
                    ready="interface is active")

    def connect(self, bench):
        self._start(bench, bench.connect, "client", f"hosts: ['{bench.inner_server}']",
                    "0.0.0.0\n  port: 0")

    @staticmethod
    def _start(bench, start, side, lighthouse, listen, **options):
        folder = bench.directory
        conf = bench.file(f"{side}.yaml", f"""
pki: {{ca: {folder}/ca.crt, cert: {folder}/{side}.crt, key: {folder}/{side}.key}}
static_host_map: {{'{bench.inner_server}': ['{bench.server}:4242']}}
lighthouse: {{{lighthouse}}}
listen:
  host: {listen}
tun: {{dev: nebula-{side}, mtu: 1300}}
firewall:
  outbound: [{{port: any, proto: any, host: any}}]
  inbound: [{{port: any, proto: any, host: any}}]
logging: {{level: info}}
""")
        start(side, "nebula", "-config", conf, **options)

    def works(self, bench):
        return bench.pings()


ALL = [Tinc("tinc"), Nebula("nebula")]
