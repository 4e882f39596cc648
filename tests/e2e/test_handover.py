"""Connections handed over to sockets in their middle: bytes whole, ends as they were, deaths of each
process. A relay (relay_peer.py) stands where inspection will be."""
import hashlib
import json
import pathlib
import random
import socket
import struct
import sys
import threading
import time

import pytest

import clients
from lab import origins
from lab.lab import stop_quietly
from lab.shell import wait_until

HERE = pathlib.Path(__file__).parent
FAMILIES = pytest.mark.parametrize("family", (4, 6))
SEED = 20261121
EDGE_PORT = 8443
NAME = "news.example"  # of a category that is inspected for the ministry


class Relay:
    def __init__(self, lab):
        self.lab = lab

    def start(self):
        argv = [sys.executable, HERE / "relay_peer.py", "--broker", self.lab.gateway.broker_socket]
        self.lab.processes.start("relay", argv, new_log=True)
        self.wait_ready()

    def wait_ready(self):
        """Until a flow really is handed over: every worker has heard of it then, or soon."""
        def handed():
            before = self.count("offer")
            clients.text_of(self.lab, "ministry", f"https://{NAME}/")
            return self.count("offer") > before
        wait_until(handed, "flows to be handed over", 10)

    def lines(self):
        text = (self.lab.plan.logs / "relay.log").read_text()
        return [json.loads(line) for line in text.splitlines() if line.startswith("{")]

    def count(self, what):
        return sum(line["what"] == what for line in self.lines())

    def stop(self):
        self.lab.processes.stop("relay")


@pytest.fixture(scope="module")
def relay(lab):
    lab.processes.start("edge", [sys.executable, HERE / "edge_server.py", EDGE_PORT],
                        netns=lab.plan.netns("internet"), new_log=True)
    wait_until(lambda: "listening" in lab.processes.log_tail("edge"), "the edge server")
    relay = Relay(lab)
    relay.start()
    yield relay
    relay.stop()
    lab.processes.stop("edge")
    # Whoever comes next finds nobody who inspects, as before.
    wait_until(lambda: clients.text_of(lab, "ministry", f"https://{NAME}/"), "the broker to notice")


@pytest.fixture
def handed(relay):
    """That something was handed over meanwhile."""
    before = relay.count("offer")
    yield relay
    assert relay.count("offer") > before, "nothing was handed over"


def hello(name=NAME):
    name = name.encode()
    sni = struct.pack("!HHHBH", 0, len(name) + 5, len(name) + 3, 0, len(name)) + name
    body = (b"\x03\x03" + bytes(32) + b"\0" + b"\0\2\x13\x01" + b"\1\0"
            + struct.pack("!H", len(sni)) + sni)
    message = b"\1" + struct.pack("!I", len(body))[1:] + body
    return b"\x16\x03\x01" + struct.pack("!H", len(message)) + message


def asks(command, **more):
    return hello(**more) + b" " + command.encode() + b"\n"


def opened(lab, command, family=4):
    connection = clients.connect(lab, "ministry", NAME, EDGE_PORT, family)
    connection.sendall(asks(command))
    return connection


def read_all(connection):
    parts = []
    while part := connection.recv(65536):
        parts.append(part)
    return b"".join(parts)


@FAMILIES
@pytest.mark.parametrize("scheme", ("http", "https"))
def test_a_download_is_whole(lab, handed, family, scheme):
    big = origins.big_file(lab.plan)
    assert clients.download(lab, "ministry", f"{scheme}://{NAME}/files/big.bin", family) == big


@FAMILIES
def test_an_upload_is_whole(lab, handed, family):
    data = random.Random(SEED).randbytes(8_000_000)
    connection = opened(lab, "echo", family)
    got = []
    reader = threading.Thread(target=lambda: got.append(read_all(connection)))
    reader.start()
    connection.sendall(data)
    connection.shutdown(socket.SHUT_WR)
    reader.join(30)
    assert got and hashlib.md5(got[0]).digest() == hashlib.md5(data).digest()


def test_exempt_flows_are_never_handed_over(lab, relay):
    before = relay.count("offer")
    for scheme in ("http", "https"):
        clients.text_of(lab, "ministry", f"{scheme}://bank.example/")
    assert relay.count("offer") == before


@FAMILIES
def test_a_server_that_resets(lab, handed, family):
    with opened(lab, "rst", family) as connection, pytest.raises(ConnectionResetError):
        read_all(connection)
    with opened(lab, "rst-in-the-middle", family) as connection:
        left = 100_000
        while left:
            left -= len(connection.recv(left))
        connection.sendall(b"!")
        with pytest.raises(ConnectionResetError):
            read_all(connection)


@FAMILIES
def test_a_server_that_closes_and_a_client_that_half_closes(lab, handed, family):
    with opened(lab, "fin", family) as connection:
        assert read_all(connection) == b"bye"
    with opened(lab, "count", family) as connection:
        connection.sendall(b"y" * 1_000_000)
        connection.shutdown(socket.SHUT_WR)
        assert read_all(connection) == b"1000000\n"


@pytest.mark.parametrize("how", ("end", "reset"))
def test_the_server_sees_how_a_client_ends(lab, handed, how):
    connection = opened(lab, f"watch-{how}")
    with opened(lab, "fin") as other:  # one round trip: the first has arrived
        read_all(other)
    if how == "reset":
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()

    def seen():
        with opened(lab, f"saw-{how}") as asking:
            return read_all(asking) == how.encode()
    wait_until(seen, f"the server to see the {how}")


@pytest.mark.parametrize("cut", (1, 5, 6, 40, 70))
def test_a_hello_cut_anywhere(lab, handed, cut):
    whole = asks("fin")
    with clients.connect(lab, "ministry", NAME, EDGE_PORT) as connection:
        connection.sendall(whole[:cut])
        connection.sendall(whole[cut:])
        assert read_all(connection) == b"bye"


def test_a_hello_that_stalls_is_read_by_sockets(lab, handed):
    whole = asks("fin")
    before = lab.gateway.counters()["worker"]["handover_stalled"]
    with clients.connect(lab, "ministry", NAME, EDGE_PORT) as connection:
        connection.sendall(whole[:30])
        wait_until(lambda: lab.gateway.counters()["worker"]["handover_stalled"] > before,
                   "the stalled hello to be handed over", 5)
        connection.sendall(whole[30:])
        assert read_all(connection) == b"bye"


def test_a_client_that_does_not_read_for_a_while(lab, handed):
    data = random.Random(SEED).randbytes(3_000_000)
    connection = opened(lab, "echo")
    writer = threading.Thread(
        target=lambda: (connection.sendall(data), connection.shutdown(socket.SHUT_WR)))
    writer.start()
    offered = lambda: lab.gateway.counters()["worker"]["from_inspect"]  # noqa: E731
    still = [None]

    def windows_are_full():
        before, still[0] = still[0], offered()
        return before == still[0]
    wait_until(windows_are_full, "both windows to fill", 10, every=0.3)
    assert read_all(connection) == data
    writer.join(10)


def test_a_port_is_used_again_at_once(lab, handed):
    port, tries = 0, []

    def connected():
        """As soon as the client's own kernel has done with the connection before."""
        try:
            tries.append(clients.connect(lab, "ministry", NAME, EDGE_PORT, own_port=port))
        except OSError:
            return False
        return True
    for _ in range(10):
        wait_until(connected, "the client's port to be free")
        with tries.pop() as connection:
            port = connection.getsockname()[1]
            connection.sendall(asks("fin"))
            assert read_all(connection) == b"bye"
    assert handed.count("offer") >= 10


@FAMILIES
def test_two_hundred_at_a_time(lab, handed, family):
    before = handed.count("offer")
    done = lab.run_in("ministry", [
        "curl", f"-{family}", "-sS", "--max-time", "30", "--no-keepalive", "--parallel",
        "--parallel-immediate", "--parallel-max", "200", "--http1.1", "--cacert",
        origins.ca_file(lab.plan), "-H", "Connection: close", f"https://{NAME}/?[1-200]"])
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\n") == 200 and handed.count("offer") - before >= 200


@FAMILIES
@pytest.mark.parametrize("how", (["--loss", "0.02"], ["--reorder", "0.05"],
                                 ["--duplicate", "0.05"]), ids=("loss", "reorder", "duplicate"))
def test_over_a_bad_wire(lab, handed, impaired, family, how):
    impaired("--seed", SEED, *how)
    data = random.Random(SEED).randbytes(2_000_000)
    for _ in range(3):
        connection = opened(lab, "echo", family)
        connection.settimeout(30)
        got = []
        reader = threading.Thread(target=lambda: got.append(read_all(connection)))
        reader.start()
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        reader.join(40)
        assert got and got[0] == data


def test_the_broker_dies_and_nothing_that_runs_notices(lab, handed, tmp_path):
    download = clients.Download(lab, tmp_path / "big.bin", f"https://{NAME}/files/big.bin")
    stop_quietly(lab, "sluice-broker")
    wait_until(lambda: not lab.processes.alive("sluice-broker"), "the broker to be gone")
    clients.text_of(lab, "ministry", f"https://{NAME}/")  # by the fail table: open
    lab.gateway.start_broker()
    handed.wait_ready()
    download.assert_whole()


def test_the_data_plane_dies_and_what_was_handed_over_goes_on(lab, handed, tmp_path):
    download = clients.Download(lab, tmp_path / "big.bin", f"https://{NAME}/files/big.bin")
    stop_quietly(lab, "sluice-dataplane")
    wait_until(lambda: not lab.processes.alive("sluice-dataplane"), "the data plane to be gone")
    lab.gateway.start_dataplane()
    download.assert_whole()
    handed.wait_ready()


def test_an_inspector_dies_and_its_flows_with_it(lab, relay):
    connection = opened(lab, "echo")
    connection.sendall(b"here")
    assert connection.recv(4) == b"here"
    stop_quietly(lab, "relay")
    try:
        assert read_all(connection) == b""
    except ConnectionResetError:
        pass  # either way it is over, and was not hung
    wait_until(lambda: clients.text_of(lab, "ministry", f"https://{NAME}/"), "the open fail case")
    relay.start()


def test_what_becomes_blocked_is_reset_and_what_becomes_exempt_is_closed(lab, relay, policy):
    connection = opened(lab, "echo")
    connection.sendall(b"here")
    assert connection.recv(4) == b"here"
    file = policy / "organisations.yaml"
    before, ministry, after = file.read_text().partition("- id: ministry")
    file.write_text(before + ministry + after.replace("        - news\n", "", 1))
    began = time.monotonic()
    lab.gateway.commit(policy, "no news today")
    with pytest.raises(ConnectionResetError):
        read_all(connection)
    assert relay.count("end") >= 1
    print(f"reset {time.monotonic() - began:.2f} s after the commit began")
