"""Makes and removes the namespaces, cables, addresses and routes of a lab (see plan.py)."""
import pathlib
import shutil

from lab import plan as at
from lab.shell import in_netns, run

# On every interface that ends at a packet socket: frames must be whole, checksummed and no larger
# than the MTU, for the kernel will not finish them for a packet socket.
OFFLOADS = ("rx", "tx", "sg", "tso", "gso", "gro", "rxvlan", "txvlan")


def exists(plan):
    return all(pathlib.Path(f"/run/netns/{name}").exists() for name in plan.namespaces)


def create(plan):
    """Everything of the network; a half-made one is removed first."""
    remove(plan)
    for netns in plan.namespaces:
        run(["ip", "netns", "add", netns])
    _quiet_kernel(plan)
    for cable in _cables(plan):
        _lay(plan, *cable)
    for role, lines in _addresses(plan).items():
        run(["ip", "-n", plan.netns(role), "-batch", "-"], input="\n".join(lines) + "\n")
    _resolvers(plan)


def remove(plan):
    """Whatever there is of it: works after a crash and on a half-made lab, too."""
    listed = run(["ip", "netns", "list"]).stdout.split("\n")
    names = {line.split()[0] for line in listed if line.startswith(plan.prefix)}
    for netns in sorted(names & set(_every_namespace(plan))):
        run(["ip", "netns", "delete", netns], check=False)
    for netns in _every_namespace(plan):
        shutil.rmtree(f"/etc/netns/{netns}", ignore_errors=True)


def _every_namespace(plan):
    return at.Plan(plan.prefix, impaired=True).namespaces


def _quiet_kernel(plan):
    """Bare namespaces say nothing of their own; the others skip what would cost seconds."""
    for role in plan.roles:
        settings = ["net.ipv6.conf.all.accept_dad=0", "net.ipv6.conf.default.accept_dad=0",
                    "net.ipv4.conf.all.rp_filter=0", "net.ipv4.conf.default.rp_filter=0"]
        if role in ("gateway", "wire-user", "wire-internet"):
            settings += ["net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1"]
        if role == "operator":
            settings += ["net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1"]
        run(in_netns(plan.netns(role), ["sysctl", "-q", "-w", *settings]))


def _cables(plan):
    """(role, interface, role, interface, MTU, whether packet sockets are at its ends)."""
    for client in at.CLIENTS:
        yield client.name, "eth0", "operator", client.name, at.WIRE_MTU, False
    ends = (("operator", "up0", at.USER_PORT, "wire-user"),
            ("internet", "eth0", at.INTERNET_PORT, "wire-internet"))
    for role, interface, port, bump in ends:
        if plan.impaired:
            yield role, interface, bump, "host0", at.WIRE_MTU, True
            yield bump, "gate0", "gateway", port, at.ENCAPSULATED_MTU, True
        else:
            yield role, interface, "gateway", port, at.WIRE_MTU, True
    yield "operator", "up1", "gateway", at.RESERVE_USER_PORT, at.WIRE_MTU, True
    yield "internet", "eth1", "gateway", at.RESERVE_INTERNET_PORT, at.WIRE_MTU, True


def _lay(plan, role_a, end_a, role_b, end_b, mtu, raw):
    run(["ip", "link", "add", end_a, "netns", plan.netns(role_a), "mtu", mtu, "type", "veth",
         "peer", "name", end_b, "netns", plan.netns(role_b), "mtu", mtu])
    for role, end in ((role_a, end_a), (role_b, end_b)):
        if raw:
            flags = [word for offload in OFFLOADS for word in (offload, "off")]
            run(in_netns(plan.netns(role), ["ethtool", "-K", end, *flags]))
        run(["ip", "-n", plan.netns(role), "link", "set", end, "up"])


def _addresses(plan):
    """`ip` lines for each role."""
    lines = {role: ["link set lo up"] for role in plan.roles}
    ours_v4, theirs_v4, bits = at.LINK_V4
    ours_v6, theirs_v6 = at.LINK_V6
    for c in at.CLIENTS:
        lines[c.name] += [f"addr add {c.v4}/{c.v4_bits} dev eth0",
                          f"addr add {c.v6}/48 dev eth0 nodad",
                          f"route add default via {c.v4_router}",
                          f"route add default via {c.v6_router}"]
        lines["operator"] += [f"addr add {c.v4_router}/{c.v4_bits} dev {c.name}",
                              f"addr add {c.v6_router}/48 dev {c.name} nodad"]
        lines["internet"] += [f"route add {c.v4_net} via {ours_v4}",
                              f"route add {c.v6_net} via {ours_v6} dev eth0"]
    spare_v4, spare_peer_v4, spare_bits = at.RESERVE_LINK_V4
    spare_v6, spare_peer_v6 = at.RESERVE_LINK_V6
    lines["operator"] += [f"addr add {spare_v4}/{spare_bits} dev up1",
                          f"addr add {spare_v6}/64 dev up1 nodad",
                          f"addr add {ours_v4}/{bits} dev up0", f"addr add {ours_v6}/64 dev up0 nodad",
                          f"route add default via {theirs_v4}",
                          f"route add default via {theirs_v6} dev up0"]
    link = [f"addr add {theirs_v4}/{bits} dev eth0", f"addr add {theirs_v6}/64 dev eth0 nodad",
            f"addr add {spare_peer_v4}/{spare_bits} dev eth1",
            f"addr add {spare_peer_v6}/64 dev eth1 nodad"]
    hosts = [*at.ADDRESSES.values(), (at.DNS_V4, at.DNS_V6)]
    servers = [f"addr add {v4}/32 dev lo" for v4, _ in hosts]
    servers += [f"addr add {v6}/128 dev lo nodad" for _, v6 in hosts]
    lines["internet"] = lines["internet"][:1] + link + servers + lines["internet"][1:]
    return lines


def _resolvers(plan):
    """`ip netns exec` shows these as /etc/resolv.conf: names are asked for through the gateway."""
    for client in at.CLIENTS:
        directory = pathlib.Path("/etc/netns") / plan.netns(client.name)
        directory.mkdir(parents=True, exist_ok=True)
        (directory / "resolv.conf").write_text(
            f"nameserver {at.DNS_V4}\nnameserver {at.DNS_V6}\noptions timeout:1 attempts:3\n")


def route_lines(side, reserve):
    """`ip` lines that send what leaves `side` ("operator" or "internet") over one of the wires: what
    the routers' own protocol would do."""
    v4, v6 = ((at.RESERVE_LINK_V4, at.RESERVE_LINK_V6) if reserve else (at.LINK_V4, at.LINK_V6))
    if side == "operator":
        device = "up1" if reserve else "up0"
        return [f"route replace default via {v4[1]} dev {device}",
                f"route replace default via {v6[1]} dev {device}"]
    device = "eth1" if reserve else "eth0"
    lines = []
    for c in at.CLIENTS:
        lines += [f"route replace {c.v4_net} via {v4[0]} dev {device}",
                  f"route replace {c.v6_net} via {v6[0]} dev {device}"]
    return lines
