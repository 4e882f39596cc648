"""The operators' wires: fail-over in the middle of a download, asymmetric traffic, draining."""
import hashlib
import socket
import subprocess
import time

import pytest

import clients
from lab import origins
from lab import plan as at
from lab.shell import entered, in_netns, run, wait_until

FAMILIES = pytest.mark.parametrize("family", (4, 6))
MAIN, RESERVE = "telco-a-main", "telco-a-reserve"


@pytest.fixture
def wires(lab):
    """The lab, put back on the main wire afterwards."""
    yield lab
    cable_of_main(lab, "up")
    lab.impair()  # whoever listened on that cable has lost it
    for wire in (MAIN, RESERVE):
        lab.gateway.ctl("uplink", "undrain", wire, "--reason", "end of a test")
    lab.route_over(reserve=False)
    wait_until(lambda: wire_of(lab, MAIN)["state"] == "in_use"
               and not link_alarm(lab, MAIN), "the main wire to be in use")
    for family in (4, 6):  # the routers find each other again, IPv6 a moment later
        wait_until(lambda: lab.curl("ministry", "http://news.example/",
                                    family=family).returncode == 0, f"IPv{family} to pass again")


def cable_of_main(lab, state):
    """The far end of the cable at the gateway's user port: down, it takes the link with it."""
    run(["ip", "-n", lab.plan.netns("wire-user"), "link", "set", "gate0", state])


def wire_of(lab, name):
    return next(w for w in lab.gateway.items("uplink", "show") if w["id"] == name)


def link_alarm(lab, name):
    return "link_down" in wire_of(lab, name)["alarms"]


def neighbour_answers(lab):
    """Whether the routers can find each other over the main wire."""
    run(["ip", "-n", lab.plan.netns("operator"), "neigh", "flush", "dev", "up0"])
    ping = ["ping", "-c", "1", "-W", "2", "-I", "up0", at.LINK_V4[1]]
    return lab.run_in("operator", ping).returncode == 0


class Download:
    """A long download of a client, and how long it stood still."""

    def __init__(self, lab, path, family):
        self.path = path
        path.write_bytes(b"")
        argv = ["curl", f"-{family}", "-sS", "--max-time", "60", "--limit-rate", "8M", "--cacert",
                origins.ca_file(lab.plan), "-o", path, "https://bank.example/files/big.bin"]
        self.process = subprocess.Popen(
            [str(a) for a in in_netns(lab.plan.netns("ministry"), argv)])

    def size(self):
        return self.path.stat().st_size

    def longest_pause(self):
        """Seconds, until its end."""
        longest, last_size, last_at = 0.0, self.size(), time.monotonic()
        while self.process.poll() is None:
            size, now = self.size(), time.monotonic()
            if size != last_size:
                longest = max(longest, now - last_at)
                last_size, last_at = size, now
            time.sleep(0.01)
        assert self.process.returncode == 0, f"curl ended with {self.process.returncode}"
        return longest


def flows_to(lab, server):
    return lab.gateway.items("flow", "list", "--remote", server, "--limit", "1000")


@FAMILIES
def test_a_download_goes_on_over_the_reserve_wire(wires, tmp_path, family):
    lab = wires
    whole = origins.big_file(lab.plan)
    server = clients.address_of("bank.example", family)
    earlier = {f["sport"] for f in flows_to(lab, server)}
    download = Download(lab, tmp_path / "big.bin", family)
    wait_until(lambda: download.size() > 4_000_000, "some megabytes to arrive")
    # The cable goes, and the routers' protocol does what it is for.
    cable_of_main(lab, "down")
    lab.route_over(reserve=True)
    pause = download.longest_pause()
    # At once: an ended flow is kept for two seconds only. Others' downloads may still be there.
    flows = [f for f in flows_to(lab, server)
             if f["bytes"] > 40_000_000 and f["sport"] not in earlier]
    print(f"longest pause of the download: {pause:.2f} s")
    assert hashlib.sha256(download.path.read_bytes()).hexdigest() == whole
    assert link_alarm(lab, MAIN) and not link_alarm(lab, RESERVE)
    assert not lab.gateway.part("wire", MAIN)["ok"]
    assert wire_of(lab, RESERVE)["internet"]["rx_bytes"] > 10_000_000
    # One flow before and after: it was neither lost nor begun again.
    assert len(flows) == 1 and flows[0]["reason"] == "exempt_finance", flows
    assert pause <= 1.0, f"{pause:.2f} s without a byte"


@FAMILIES
def test_out_by_one_wire_and_back_by_the_other(wires, family):
    lab = wires
    for sides in (("internet",), ("operator",)):
        lab.route_over(reserve=False)
        lab.route_over(reserve=True, sides=sides)
        assert clients.text_of(lab, "ministry", "https://bank.example/", family)
        assert clients.text_of(lab, "ministry", "http://news.example/", family)
        clients.assert_reset(lab, "ministry", "https://casino.example/", family)
        assert clients.assert_page(lab, "ministry", "http://casino.example/", family)[0] == 3001


def test_a_drained_wire_passes_data_but_nothing_that_keeps_routes_alive(wires):
    lab = wires
    done = lab.gateway.ctl("uplink", "drain", MAIN, "--reason", "works on the cable")
    assert "draining" in done.stdout, done.stdout
    assert wire_of(lab, MAIN)["state"] == "draining"
    # Neighbours are known already: data passes, questions about neighbours do not.
    assert clients.text_of(lab, "ministry", "http://news.example/")
    before = wire_of(lab, MAIN)["drained_packets"]
    assert not neighbour_answers(lab)
    assert wire_of(lab, MAIN)["drained_packets"] > before
    lab.route_over(reserve=True)
    wait_until(lambda: wire_of(lab, MAIN)["state"] == "drained", "the wire to be quiet", 20)
    assert clients.text_of(lab, "ministry", "https://bank.example/")
    assert lab.gateway.part("wire", MAIN)["ok"], "a wire drained by command is as it should be"
    lab.gateway.ctl("uplink", "undrain", MAIN, "--reason", "works ended")
    assert neighbour_answers(lab)
    audit = lab.gateway.ctl("uplink", "drain", "nowhere", "--reason", "x", check=False)
    assert audit.returncode == 1 and "nowhere" in audit.stderr


def test_a_wire_closed_at_once_passes_nothing(wires):
    lab = wires
    lab.gateway.ctl("uplink", "drain", MAIN, "--now", "--reason", "fire")
    done = lab.curl("ministry", "http://news.example/", seconds=2)
    assert done.returncode != 0
    assert lab.gateway.counters()["dropped"]["wire_drained"] > 0
    lab.route_over(reserve=True)
    assert clients.text_of(lab, "ministry", "http://news.example/")


def test_workers_share_the_traffic(wires):
    lab = wires
    clients.text_of(lab, "ministry", "http://news.example/")
    shown = lab.gateway.ctl("uplink", "show").stdout
    assert "WORKER" in shown and "COMMIT GBIT" in shown, shown
    rows = [r for r in lab.gateway.items("status") if r["part"] == "worker"]
    assert len(rows) >= 1 and all(r["ok"] for r in rows), rows
    if len(rows) > 1:
        assert lab.gateway.counters()["worker"]["steered"] > 0


def test_what_an_operator_sends_above_its_commit_is_dropped_and_told(wires, policy):
    lab = wires
    file = policy / "operators.yaml"
    edited = file.read_text().replace("committed_gbit: 10", "committed_gbit: 1")
    file.write_text(edited)
    lab.gateway.commit(policy, "a small commit")
    def dropped():
        return lab.gateway.counters()["dropped"].get("over_commit", 0)
    before = dropped()
    with entered(lab.plan.netns("ministry")):
        client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    with client:
        def enough():
            for _ in range(4_000):  # more than the burst that a commit of 1 Gbit/s allows
                client.sendto(bytes(1_400), (at.DNS_V4, 4000))
            return dropped() > before
        wait_until(enough, "packets above the commit to be dropped", 30)
    wait_until(lambda: "over_commit" in wire_of(lab, MAIN)["alarms"], "the alarm")
    assert lab.gateway.part("counters", "balance")["ok"]
