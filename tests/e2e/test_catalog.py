"""An operator keeps its IP catalog itself (G13): a real publisher, nginx over HTTPS, sluiced under its own
user and list of system calls, and packets that are judged by what was published."""
import json
import os
import shutil
import signal
import socket
import time

import pytest

import clients
from lab import origins
from lab import plan as at
from lab.shell import LabError, accepts, run, wait_until, write

OPERATOR = "telco-a"
STRANGER = at.CLIENTS[2]
# What the sample policy says of telco-a, and enough besides that one row is no mass removal.
USUAL = {"10.10.0.0/16": "ministry", "2001:db8:a10::/48": "ministry", "10.20.0.0/16": "hospital",
         "2001:db8:a20::/48": "hospital", **{f"10.30.{i}.0/24": "hospital" for i in range(30)}}
WITH_STRANGER = {**USUAL, STRANGER.v4_net: "ministry"}
NEWS, CASINO = "https://news.example/", "https://casino.example/"


class Publisher:
    """The operator's side: its catalog, its web server."""

    def __init__(self, lab, directory):
        self.lab, self.dir = lab, directory
        self.program = lab.build / "tools/catalog_publisher/catalog-publisher"
        self.public = directory / "feed/public"
        self.port = 0

    def _run(self, *words):
        return run([self.program, *words]).stdout

    def init(self):
        self.key = self._run("init", self.dir / "feed", "--operator", OPERATOR).strip()

    def publish(self, rows):
        csv = write(self.dir / "catalog.csv", "".join(f"{p},{o}\n" for p, o in rows.items()))
        self._run("publish", self.dir / "feed", csv)

    def roll_key(self):
        self._run("roll-key", self.dir / "feed")

    def serve(self):
        if not self.port:
            self.port = free_port()
        certs = self.lab.plan.state / "certs"
        run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
             "-nodes", "-days", "30", "-CA", origins.ca_file(self.lab.plan), "-CAkey",
             certs / "lab-ca.key", "-subj", "/CN=localhost", "-addext",
             "subjectAltName=DNS:localhost,IP:127.0.0.1", "-addext",
             "basicConstraints=critical,CA:FALSE", "-keyout", self.dir / "key.pem", "-out",
             self.dir / "cert.pem"])
        paths = " ".join(f"{kind}_temp_path {self.dir}/{kind};" for kind in
                         ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        config = write(self.dir / "nginx.conf", f"""
daemon off; worker_processes 1; user root; pid {self.dir}/nginx.pid;
events {{ worker_connections 64; }}
http {{ access_log {self.dir}/access.log; {paths}
  server {{ listen 127.0.0.1:{self.port} ssl; ssl_certificate {self.dir}/cert.pem;
            ssl_certificate_key {self.dir}/key.pem; root {self.public}; }} }}
""")
        self.lab.processes.start("operators-nginx", ["nginx", "-c", config, "-e",
                                                     self.dir / "error.log"], new_log=True)
        wait_until(lambda: accepts(None, "127.0.0.1", self.port), "the operator's web server")

    def stop(self):
        self.lab.processes.stop("operators-nginx")

    def answers(self):
        """HTTP statuses it has given, in order."""
        return [line.split('" ')[1].split()[0] for line in
                (self.dir / "access.log").read_text().splitlines()]


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def sources(lab):
    return next(row for row in lab.gateway.items("catalog", "sources")
                if row["kind"] == "source" and row["operator"] == OPERATOR)


def sync(lab):
    """The source after a look at the feed, and whether it was taken."""
    done = lab.gateway.ctl("-o", "json", "catalog", "sync", OPERATOR, check=False)
    assert done.returncode in (0, 1), done.stderr
    row = next(r for r in json.loads(done.stdout)["items"] if r["kind"] == "source")
    assert (done.returncode == 1) == (row["refused"] is not None)
    return row


def refusal(lab):
    row = sync(lab)
    assert row["refused"], row
    return row["refused"]["word"]


@pytest.fixture(name="operator")
def fixture_operator(lab, tmp_path):
    """A source whose usual catalog is in force."""
    publisher = Publisher(lab, tmp_path)
    tmp_path.chmod(0o755)
    publisher.init()
    publisher.publish(USUAL)
    publisher.serve()
    lab.gateway.ctl("catalog", "source-add", OPERATOR, "--url",
                    f"https://127.0.0.1:{publisher.port}/notification.jws", "--key", publisher.key,
                    "--ca-file", origins.ca_file(lab.plan), "--refresh", "3600", "--reason", "e2e")
    assert sync(lab)["refused"] is None
    lab.gateway.wait_in_force()
    yield publisher
    lab.gateway.ctl("catalog", "source-remove", OPERATOR, "--reason", "end of a test")
    publisher.stop()
    lab.gateway.wait_in_force()


def is_known(lab):
    """Is the stranger judged as the ministry? It may not visit casinos; strangers may."""
    return lab.curl("stranger", CASINO).returncode in clients.RESET


def test_an_address_is_known_as_soon_as_it_is_published_and_strange_again_when_it_is_not(
        lab, operator):
    assert not is_known(lab)
    operator.publish(WITH_STRANGER)
    began = time.monotonic()
    assert sync(lab)["rows"] == len(WITH_STRANGER)
    wait_until(lambda: is_known(lab), "the published address to be judged", 5.0)
    print(f"known {time.monotonic() - began:.2f} s after the sync began")
    clients.wait_for_reason(lab, "stranger", "casino.example", "not_granted")
    operator.publish(USUAL)
    assert sync(lab)["refused"] is None
    wait_until(lambda: not is_known(lab), "the address to be strange again", 5.0)
    owner = lab.gateway.items("catalog", "owner", STRANGER.v4, "--operator", OPERATOR)
    assert owner == []


def test_deltas_are_fetched_and_what_is_unchanged_is_not_fetched_again(lab, operator):
    operator.publish(WITH_STRANGER)
    sync(lab)
    sync(lab)
    assert operator.answers()[-1] == "304"
    assert "delta-3" in (operator.dir / "access.log").read_text()
    assert (operator.dir / "access.log").read_text().count("GET /snapshot-") == 1


def test_a_notification_somebody_else_signed_changes_nothing(lab, operator):
    file = operator.public / "notification.jws"
    before = file.read_bytes()
    head, body, signature = before.rstrip(b"\n").split(b".")
    flipped = b"A" if signature[:1] != b"A" else b"B"
    file.write_bytes(b".".join((head, body, flipped + signature[1:])))
    later = file.stat().st_mtime + 10  # nginx tells files of one size apart by the second
    os.utime(file, (later, later))
    assert refusal(lab) == "bad_signature"
    assert sources(lab)["rows"] == len(USUAL)
    file.write_bytes(before)
    assert sync(lab)["refused"] is None and sources(lab)["rows"] == len(USUAL)


def test_an_older_version_is_refused(lab, operator):
    shutil.copytree(operator.public, operator.dir / "old")
    operator.publish(WITH_STRANGER)
    sync(lab)
    shutil.rmtree(operator.public)
    shutil.copytree(operator.dir / "old", operator.public)
    assert refusal(lab) == "rolled_back"
    assert is_known(lab)


def test_a_file_that_is_not_the_signed_one_is_refused_whole(lab, operator):
    operator.publish(WITH_STRANGER)
    delta = operator.public / "delta-3"
    delta.write_bytes(delta.read_bytes().replace(b"ministry", b"hospital"))
    assert refusal(lab) == "hash_mismatch"
    assert sources(lab)["rows"] == len(USUAL) and not is_known(lab)


def test_a_mass_removal_waits_for_a_person(lab, operator):
    few = dict(list(USUAL.items())[:8])
    operator.publish(few)
    assert refusal(lab) == "mass_removal"
    assert sources(lab)["rows"] == len(USUAL)
    lab.gateway.ctl("catalog", "release", OPERATOR, "--reason", "the operator was asked")
    assert sources(lab)["rows"] == len(few)


def test_a_key_is_rolled_over_by_announcement(lab, operator):
    operator.roll_key()
    assert sync(lab)["refused"] is None
    operator.roll_key()
    operator.publish(WITH_STRANGER)
    assert sync(lab)["rows"] == len(WITH_STRANGER)
    wait_until(lambda: is_known(lab), "what the new key signed to be in force", 5.0)


def test_a_feed_that_is_down_changes_nothing_and_says_so(lab, operator):
    operator.publish(WITH_STRANGER)
    sync(lab)
    operator.stop()
    assert refusal(lab) == "unreachable"
    assert is_known(lab)
    # Neither does a restart of the daemon: what was taken is on its disk.
    lab.processes.stop("sluiced")
    lab.gateway.start_control()
    lab.gateway.wait_in_force()
    assert is_known(lab) and sources(lab)["rows"] == len(WITH_STRANGER)
    operator.serve()
    assert sync(lab)["refused"] is None


def test_the_daemon_is_killed_in_a_sync_and_what_is_in_force_is_whole(lab, operator):
    for rows in (WITH_STRANGER, USUAL) * 3:
        operator.publish(rows)
        asking = lab.gateway.begin("catalog", "sync", OPERATOR)
        lab.processes.send("sluiced", signal.SIGKILL)
        asking.wait(20)
        lab.processes.stop("sluiced")
        lab.gateway.start_control()
        assert sources(lab)["rows"] in (len(USUAL), len(WITH_STRANGER))
        assert sync(lab)["rows"] == len(rows)
        wait_until(lambda: is_known(lab) == (rows is WITH_STRANGER), "the last version", 5.0)


def test_an_operator_without_a_feed_uploads(lab, tmp_path):
    gateway = lab.gateway
    gateway.ctl("catalog", "source-add", OPERATOR, "--reason", "it has no web server")
    try:
        file = write(tmp_path / "c.csv", "".join(f"{p},{o}\n" for p, o in WITH_STRANGER.items()))
        [dry] = gateway.items("catalog", "upload", OPERATOR, file, "--dry-run", "--reason", "try")
        # What it published before, if it did, is still known.
        assert dry["dry_run"] and dry["added"] >= 1 and dry["removed"] == 0
        assert not is_known(lab)
        gateway.ctl("catalog", "upload", OPERATOR, file, "--reason", "letter 17")
        wait_until(lambda: is_known(lab), "the uploaded address to be judged", 5.0)
        bad = write(tmp_path / "bad.csv", "10.10.0.0/16,ministry\n10.20.0.0/33,hospital\n")
        with pytest.raises(LabError, match="line 2"):
            gateway.ctl("catalog", "upload", OPERATOR, bad, "--reason", "letter 18")
        assert is_known(lab)
    finally:
        gateway.ctl("catalog", "source-remove", OPERATOR, "--reason", "end of a test")
        gateway.wait_in_force()
