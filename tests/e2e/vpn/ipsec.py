"""strongSwan: IKEv2, then ESP in UDP (NAT-T) by its own library, for the kernel has no ESP."""
from vpn.software import CLIENT, Software

PLUGINS = ("random nonce aes sha1 sha2 hmac kdf gmp pem pkcs1 pubkey kernel-libipsec kernel-netlink "
           "socket-default vici")


class StrongSwan(Software):
    word = "ipsec"

    def serve(self, bench):
        self._place(bench, "internet", bench.inner_server)
        self._place(bench, CLIENT, bench.inner_client)
        self._start(bench, bench.serve, "server", bench.server, "%any", bench.inner_server,
                    bench.inner_client, "none")

    def connect(self, bench):
        self._start(bench, bench.connect, "client", "%any", bench.server, bench.inner_client,
                    bench.inner_server, "start")

    @staticmethod
    def _place(bench, role, address):
        bench.lab.run_in(role, ["ip", "addr", "replace", f"{address}/32", "dev", "lo"])

    @staticmethod
    def _start(bench, start, side, own, peer, inner, inner_peer, action):
        folder = bench.directory / side
        folder.mkdir(exist_ok=True)
        socket = f"unix://{folder}/vici"
        conf = bench.file(f"{side}/strongswan.conf", f"""
charon-systemd {{
    load = {PLUGINS}
    port = 500
    port_nat_t = 4500
    retransmit_timeout = 1
    journal {{ default = -1 }}
    filelog {{ stderr {{ default = 1 }} }}
    plugins {{ vici {{ socket = {socket} }} }}
}}
swanctl {{ load = random nonce aes sha1 sha2 hmac kdf gmp pem pkcs1 pubkey openssl }}
""")
        bench.file(f"{side}/swanctl.conf", f"""
connections {{
    lab {{
        version = 2
        local_addrs = {own}
        remote_addrs = {peer}
        local {{ auth = psk
            id = {side} }}
        remote {{ auth = psk
            id = {"client" if side == "server" else "server"} }}
        children {{ lab {{
            local_ts = {inner}/32
            remote_ts = {inner_peer}/32
            esp_proposals = aes128-sha256
            start_action = {action} }} }}
    }}
}}
secrets {{ ike {{ secret = "of the lab" }} }}
""")
        start(side, "bash", "-c", f"""
rm -f {folder}/vici
export STRONGSWAN_CONF={conf} SWANCTL_DIR={folder}
charon-systemd & daemon=$!
trap 'kill $daemon; wait $daemon; exit' TERM
until [ -S {folder}/vici ]; do sleep 0.05; done
swanctl --load-all --uri {socket} && echo loaded
wait $daemon
""", **({"ready": "loaded"} if side == "server" else {}))

    def works(self, bench):
        return bench.on_client(["ping", "-n", "-c1", "-W1", "-I", bench.inner_client,
                                bench.inner_server]).returncode == 0


ALL = [StrongSwan("strongswan")]
