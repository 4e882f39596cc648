"""Bytes arrive whole: large files, bad wires, wrapped frames, fragments."""
import socket

import pytest

import clients
from lab import origins
from lab import plan as at
from lab.shell import entered

FAMILIES = pytest.mark.parametrize("family", (4, 6))
SEED = 20261121  # replays a failure: the n-th packet has one fate


@pytest.fixture(scope="session")
def big(lab):
    return origins.big_file(lab.plan)


@FAMILIES
@pytest.mark.parametrize("scheme", ("http", "https"))
def test_large_download(lab, big, family, scheme):
    assert clients.download(lab, "ministry", f"{scheme}://news.example/files/big.bin", family) == big


@FAMILIES
@pytest.mark.parametrize("how", (["--loss", "0.02"], ["--reorder", "0.05"],
                                 ["--duplicate", "0.05"],
                                 ["--loss", "0.01", "--reorder", "0.02", "--duplicate", "0.02",
                                  "--delay", "1", "--jitter", "1"]),
                         ids=("loss", "reorder", "duplicate", "all"))
def test_download_over_a_bad_wire(lab, big, impaired, family, how):
    impaired("--seed", SEED, *how)
    assert clients.download(lab, "ministry", "https://bank.example/files/big.bin", family) == big


@FAMILIES
def test_verdicts_hold_on_a_bad_wire(lab, impaired, family):
    impaired("--seed", SEED, "--loss", "0.1", "--reorder", "0.2", "--duplicate", "0.2")
    # One lost name query or neighbour solicitation too many ends a try: clients try again.
    again = ("--retry", "5", "--retry-all-errors", "--retry-delay", "1")
    for _ in range(10):
        assert clients.text_of(lab, "ministry", "https://bank.example/", family, *again)
        done = lab.curl("ministry", "https://casino.example/", family=family)
        assert done.returncode != 0, "a blocked name got through"


ENCAPSULATIONS = pytest.mark.parametrize("push", (
    "vlan=100", "qinq=100,200", "qinq8100=100,200", "mpls=16", "mpls=16,17", "pppoe=1"))


@FAMILIES
@ENCAPSULATIONS
def test_same_verdicts_inside_encapsulations(lab, impaired, family, push):
    impaired("--push", push, "--pop")
    assert clients.text_of(lab, "ministry", "https://bank.example/", family)
    assert clients.text_of(lab, "ministry", "http://news.example/", family)
    clients.assert_reset(lab, "ministry", "https://casino.example/", family)
    assert clients.assert_page(lab, "ministry", "http://casino.example/", family)[0] == 3001
    ping(lab, family, 1400)


@ENCAPSULATIONS
def test_frames_really_were_wrapped(lab, impaired, push):
    impaired("--push", push, "--pop")
    clients.text_of(lab, "ministry", "http://news.example/")
    for side in ("wire-user", "wire-internet"):
        counters = lab.stop_bump(side)
        assert counters["a_to_b"]["pushed"] > 0 and counters["b_to_a"]["popped"] > 0, counters


def ping(lab, family, size):
    done = lab.run_in("ministry", ["ping", "-c", "3", "-i", "0.2", "-W", "3", "-s", size,
                                   clients.address_of("news.example", family)])
    assert " 0% packet loss" in done.stdout, done.stdout + done.stderr


@FAMILIES
def test_fragmented_ping(lab, family):
    ping(lab, family, 4000)


@FAMILIES
@pytest.mark.parametrize("how", (["--reorder", "0.5"], ["--duplicate", "0.5"]))
def test_fragments_out_of_order_and_twice(lab, impaired, family, how):
    impaired("--seed", SEED, *how)
    ping(lab, family, 4000)


@FAMILIES
def test_fragmented_answer_of_a_resolver(lab, family):
    server = at.DNS_V4 if family == 4 else at.DNS_V6
    done = lab.run_in("ministry", ["dig", f"@{server}", "+bufsize=4096", "+ignore", "+tries=2",
                                   "TXT", "long.example"])
    assert "ANSWER: 10" in done.stdout and "rcvd: 26" in done.stdout, done.stdout


def padded_query(name, padding):
    """A DNS query with an EDNS padding option (RFC 7830) that makes it as large as wanted."""
    labels = b"".join(bytes([len(word)]) + word for word in name.encode().split(b"."))
    question = labels + b"\0\0\x01\0\x01"
    option = b"\0\x0c" + padding.to_bytes(2, "big") + bytes(padding)
    opt = b"\0\0\x29\x10\0\0\0\0\0" + len(option).to_bytes(2, "big") + option
    return b"\x12\x34\x01\0\0\x01\0\0\0\0\0\x01" + question + opt


@FAMILIES
def test_fragmented_question_to_a_resolver(lab, family):
    query = padded_query("bank.example", 2500)
    kind = socket.AF_INET if family == 4 else socket.AF_INET6
    with entered(lab.plan.netns("ministry")):
        client = socket.socket(kind, socket.SOCK_DGRAM)
    with client:
        client.settimeout(5)
        client.sendto(query, (at.DNS_V4 if family == 4 else at.DNS_V6, 53))
        answer = client.recv(4096)
    assert answer[:2] == query[:2]
    assert socket.inet_aton(at.ADDRESSES["bank.example"][0]) in answer
