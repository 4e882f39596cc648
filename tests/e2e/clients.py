"""What clients do and see: words for the cases, so that they read as sentences."""
import hashlib
import re
import socket
import subprocess

from lab import origins
from lab import plan as at
from lab.shell import entered, in_netns, wait_until
from lab.traffic import RESET

PAGE = re.compile(r"SL-(\d{4}) &middot; ([^<\s]+)<")


def text_of(lab, client, url, family=4, *options):
    """The body of a request that must succeed."""
    done = lab.curl(client, url, *options, family=family)
    assert done.returncode == 0, f"{client} {url} IPv{family}: curl {done.returncode} {done.stderr}"
    return done.stdout


def assert_reset(lab, client, url, family=4):
    done = lab.curl(client, url, family=family)
    assert done.returncode in RESET, (
        f"{client} {url} IPv{family} should be reset: curl {done.returncode} "
        f"{done.stdout}{done.stderr}")


def assert_page(lab, client, url, family=4):
    """The block page came; returns (reason code, reference)."""
    done = lab.curl(client, url, "-w", "\n%{http_code}", family=family)
    body, _, status = done.stdout.rpartition("\n")
    assert (done.returncode, status) == (0, "403"), f"{url}: {done.returncode} {status} {done.stderr}"
    found = PAGE.search(body)
    assert found, body
    return int(found[1]), found[2]


def address_of(name, family=4):
    return at.ADDRESSES[name][family == 6]


def connect(lab, client, name, port, family=4, own_port=None):
    """A TCP connection from a client's namespace, with small segments left as they are."""
    kind = socket.AF_INET if family == 4 else socket.AF_INET6
    with entered(lab.plan.netns(client)):
        connection = socket.socket(kind, socket.SOCK_STREAM)
    connection.settimeout(10)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if own_port is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        connection.bind(("", own_port))
    connection.connect((address_of(name, family), port))
    return connection


def flows(lab, client, name, family=4):
    """The live flows from a client to a name's address, as the data plane has them."""
    user = next(c for c in at.CLIENTS if c.name == client)
    return lab.gateway.items("flow", "list", "--user", user.v4 if family == 4 else user.v6,
                             "--remote", address_of(name, family))


def reasons(lab, client, name, family=4):
    return {row["reason"] for row in flows(lab, client, name, family)}


def wait_for_reason(lab, client, name, reason, family=4):
    wait_until(lambda: reason in reasons(lab, client, name, family),
               f"a flow {client} -> {name} with reason {reason}")


def download(lab, client, url, family=4, seconds=120):
    """SHA-256 of what was fetched."""
    done = lab.run_in(client, ["bash", "-o", "pipefail", "-c",
                               'curl "$@" | sha256sum', "curl", f"-{family}", "-sS", "--max-time",
                               seconds, "--cacert", lab.trust_file, url])
    assert done.returncode == 0, done.stderr
    return done.stdout.split()[0]


class Download:
    """A slow download of the big file by the ministry, some megabytes of which are there."""

    def __init__(self, lab, path, url):
        self.path = path
        path.write_bytes(b"")
        self.whole = origins.big_file(lab.plan)
        argv = ["curl", "-4", "-sS", "--max-time", "60", "--limit-rate", "15M", "--cacert",
                lab.trust_file, "-o", path, url]
        self.process = subprocess.Popen(
            [str(a) for a in in_netns(lab.plan.netns("ministry"), argv)])
        wait_until(lambda: path.stat().st_size > 4_000_000, "some megabytes to arrive")

    def assert_whole(self):
        assert self.process.wait(timeout=60) == 0
        assert hashlib.sha256(self.path.read_bytes()).hexdigest() == self.whole
