"""Tor: a real client and a bridge, as far as the link between them: circuits would need a whole network."""
from vpn.software import Software

# An authority that is never asked: clients and relays want to know one.
AUTHORITY = ("DirAuthority lab orport=9 no-v2 v3ident=27102BC123E7AF1D4741AE047E160C91ADC76B21 "
             "127.0.0.1:9 ABCDEF0123456789ABCDEF0123456789ABCDEF01\nTestingTorNetwork 1\n")


class Tor(Software):
    word = "tor"

    def serve(self, bench):
        conf = bench.file("bridge.conf", f"""{AUTHORITY}DataDirectory {bench.directory}/bridge
SocksPort 0
ORPort {bench.server}:9001
Address {bench.server}
BridgeRelay 1
ExitRelay 0
PublishServerDescriptor 0
AssumeReachable 1
Nickname lab
Log notice stdout
""")
        bench.serve("bridge", "tor", "-f", conf)
        bench.wait_for_port(9001)

    def connect(self, bench):
        conf = bench.file("client.conf", f"""{AUTHORITY}DataDirectory {bench.directory}/client
SocksPort 0
UseBridges 1
Bridge {bench.server}:9001
Log notice stdout
""")
        self.client = bench.connect("client", "tor", "-f", conf)

    def works(self, bench):
        """The handshake of the link has been made, and the bridge has told what it is."""
        return "new bridge descriptor" in bench.log(self.client)


ALL = [Tor("tor")]
