"""Who is where in the lab: namespaces, addresses, names. Data only; every module reads it here.

    ministry 10.10.0.5 ─┐                                                 ┌ nginx  203.0.113.x
    hospital 10.20.0.5 ─┼─ operator ══ telco-a-main ══ gateway ══ ══ ══ ══ internet ┤ dnsmasq 10.99.0.53
    stranger 10.66.0.5 ─┘  (router)   up0──user0  [sluice]  inet0──eth0   └ sshd
                                      up1──user1 (reserve)  inet1──eth1

With `impaired` a bump (tools/impair) sits on either side of the gateway.
"""
import dataclasses
import ipaddress
import pathlib


@dataclasses.dataclass(frozen=True)
class Client:
    """A network behind the operator with one host in it."""
    name: str
    v4: str
    v4_router: str
    v4_bits: int
    v6: str
    v6_router: str
    v6_net: str

    @property
    def v4_net(self):
        return str(ipaddress.ip_network(f"{self.v4}/{self.v4_bits}", strict=False))


CLIENTS = (
    Client("ministry", "10.10.0.5", "10.10.0.1", 16,
           "2001:db8:a10::5", "2001:db8:a10::1", "2001:db8:a10::/48"),
    Client("hospital", "10.20.0.5", "10.20.0.1", 16,
           "2001:db8:a20::5", "2001:db8:a20::1", "2001:db8:a20::/48"),
    # In no catalog: what the gateway does about strangers (G13) can be watched on it.
    Client("stranger", "10.66.0.5", "10.66.0.1", 16,
           "2001:db8:a66::5", "2001:db8:a66::1", "2001:db8:a66::/48"),
)

# The operator's router and the internet's, as neighbours through the gateway. IPv6 uses link-local
# addresses only, so that the routers themselves add no addresses for a catalog to know.
LINK_V4 = ("192.0.2.1", "192.0.2.2", 30)
LINK_V6 = ("fe80::1", "fe80::2")
# The same over the reserve wire, which no route uses until somebody says so (`Lab.route_over`).
RESERVE_LINK_V4 = ("192.0.2.5", "192.0.2.6", 30)
RESERVE_LINK_V6 = ("fe80::5", "fe80::6")

WEB_HOSTS = ("news", "bank", "gov", "clinic", "casino", "social", "unknown", "updates", "magazine",
             "fake")
WEB_NAMES = tuple(f"{host}.example" for host in WEB_HOSTS)
HTTP2_NAME = "magazine.example"  # its origin speaks HTTP/2
CLIENT_CERTIFICATE_PORT = 9443  # of news.example: it asks clients for theirs
FAKE_NAME = "fake.example"       # its origin has signed its certificate itself
SSH_NAME = "shell.example"
ADDRESSES = {
    name: (f"203.0.113.{10 + i}", f"2001:db8:cafe::{10 + i}") for i, name in enumerate(WEB_NAMES)
}
ADDRESSES[SSH_NAME] = ("203.0.113.20", "2001:db8:cafe::20")
DNS_V4, DNS_V6 = "10.99.0.53", "2001:db8:99::53"

# Interfaces: (this side's namespace, its interface) of each cable.
USER_PORT, INTERNET_PORT = "user0", "inet0"
RESERVE_USER_PORT, RESERVE_INTERNET_PORT = "user1", "inet1"
WIRE_MTU = 1500
ENCAPSULATED_MTU = 1600  # between the bumps: room for what they push (at most 24 bytes)

RUN_ROOT = pathlib.Path("/run/sluice-lab")


class Plan:
    """Names and places of one lab; two labs with different prefixes do not meet."""

    def __init__(self, prefix, impaired=False):
        self.prefix = prefix
        self.impaired = impaired
        self.state = RUN_ROOT / prefix.rstrip("-")
        self.logs = self.state / "logs"

    def netns(self, role):
        return self.prefix + role

    @property
    def roles(self):
        roles = [c.name for c in CLIENTS] + ["operator", "gateway", "internet"]
        return roles + (["wire-user", "wire-internet"] if self.impaired else [])

    @property
    def namespaces(self):
        return [self.netns(role) for role in self.roles]
