"""sluicectl against a real sluiced in a directory of its own, without a data plane and without root:
one document for every command, exit codes, commits that survive kill -9."""
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import time

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "rules/data/sample"
RULES = ROOT / "rules/data"
KILLS = 10


class Daemon:
    """sluiced in a temporary directory, and sluicectl that talks to it."""

    def __init__(self, build, directory):
        self.build, self.directory, self.process = build, directory, None
        self.socket = directory / "run/api.sock"

    def start(self):
        with open(self.directory / "sluiced.log", "ab") as log:
            self.process = subprocess.Popen(
                [self.build / "control/daemon/sluiced", "--state", self.directory / "state",
                 "--runtime", self.directory / "run", "--bundle", self.directory / "bundle"],
                stdout=log, stderr=log)
        until = time.monotonic() + 60
        while self.ctl("policy", "history").returncode == 3:
            assert self.process.poll() is None, (self.directory / "sluiced.log").read_text()
            assert time.monotonic() < until, "sluiced does not answer"

    def kill(self):
        self.process.kill()
        self.process.wait()

    def ctl(self, *words):
        return subprocess.run(
            [self.build / "tools/sluicectl/sluicectl", "--socket", self.socket, *words],
            capture_output=True, text=True, timeout=120, check=False)

    def document(self, *words):
        """The command's one JSON document, whatever its exit code."""
        done = self.ctl("-o", "json", *words)
        return json.loads(done.stdout), done.returncode


@pytest.fixture(name="build", scope="module")
def fixture_build():
    build = pathlib.Path(os.environ.get("SLUICE_BUILD", ROOT / "build")).resolve()
    if not (build / "control/daemon/sluiced").exists():
        pytest.skip(f"{build} holds no sluiced")
    return build


@pytest.fixture(name="daemon", scope="module")
def fixture_daemon(build, tmp_path_factory):
    daemon = Daemon(build, tmp_path_factory.mktemp("cli"))
    daemon.start()
    yield daemon
    daemon.process.send_signal(signal.SIGTERM)
    assert daemon.process.wait(timeout=30) == 0


@pytest.fixture(name="policy")
def fixture_policy(tmp_path):
    return pathlib.Path(shutil.copytree(SAMPLE, tmp_path / "policy"))


def retitle(policy, title):
    file = policy / "policy.yaml"
    lines = [line for line in file.read_text().splitlines() if not line.startswith("title:")]
    file.write_text("\n".join([f"title: {title}", *lines]) + "\n")


COMMANDS = [
    ("status",), ("top",), ("counters",), ("counters", "--nonzero"), ("uplink", "show"),
    ("flow", "list"), ("flow", "list", "--org", "ministry", "--limit", "5"), ("flow", "show", "0-1"),
    ("explain", "bank.example"), ("explain", "casino.example", "--org", "ministry"),
    ("explain", "tcp 10.10.0.5:40000 > 192.0.2.1:443"), ("explain", "00000-00000-0012"),
    ("whatis", "bank.example"), ("whatis", "10.10.0.5"), ("whatis", "ministry"),
    ("catalog", "lookup", "10.10.0.5"), ("catalog", "lookup", "203.0.113.77"),
    ("category", "lookup", "bank.example"), ("category", "lookup", "https://zoom.us/j/1"),
    ("category", "lookup", "64.68.96.1"), ("category", "lookup", "not a name"),
    ("category", "feeds"), ("category", "feeds", "--policy", str(SAMPLE)),
    ("category", "lookup", "bank.example", "--policy", str(SAMPLE)),
    ("catalog", "unknown"), ("policy", "history"), ("policy", "show"), ("policy", "show", "--bulk"),
    ("policy", "show", "nonsense"), ("policy", "diff"), ("policy", "diff", str(SAMPLE)),
    ("policy", "check", str(SAMPLE)), ("policy", "check", "/nonexistent"),
    ("policy", "confirm", "--reason", "nothing waits"),
    ("policy", "commit", str(SAMPLE), "--reason", "again"),
    ("lifecycle", "list"), ("lifecycle", "list", "waf"), ("lifecycle", "list", "nonsense"),
    ("lifecycle", "lint", str(RULES)), ("lifecycle", "lint", "/nonexistent"),
    ("lifecycle", "draw", str(RULES), "uplink"),
    ("lifecycle", "simulate", str(RULES), "--cases", "50"),
    ("calendar", "show"), ("calendar", "verify", str(RULES / "calendars/kz.yaml")),
    ("calendar", "verify", str(RULES / "lifecycles/waf.yaml")),
    ("case", "list"), ("case", "show", "nonsense"), ("deadline", "list"),
    ("deadline", "list", "--held"),
    ("case", "event", "nonsense", "take", "--reason", "no such case"),
    ("person", "list"), ("person", "me"), ("person", "remove", "nobody", "--reason", "r")]


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_json_is_one_document_and_tables_are_text(daemon, words):
    daemon.ctl("policy", "commit", str(SAMPLE), "--reason", "sample")
    document, code = daemon.document(*words)
    if "error" in document:
        assert code != 0 and document["error"]["message"]
    else:
        assert document["apiVersion"] == "sluice/v1" and isinstance(document["items"], list)
        assert {"policy_rev", "bundle", "node", "at"} <= document["meta"].keys()
    table = daemon.ctl(*words)
    assert table.returncode == code
    assert "\x1b" not in table.stdout, "colours into a pipe"
    if code not in (0, 1):
        assert table.stdout == "" and table.stderr


def test_a_case_goes_its_way_and_survives_kill_9(daemon):
    def ok(*words):
        document, code = daemon.document(*words)
        assert code == 0, document
        return document["items"]
    name = ok("case", "open", "incident", "report", "--reason", "call", "--by", "operator",
              "--field", "reporter=telco", "--field", "description=down\\, again")[0]["id"]
    assert ok("case", "show", name)[0]["fields"]["description"] == ["down, again"]
    assert daemon.ctl("case", "event", name, "resolve", "--reason", "x").returncode == 5
    assert daemon.ctl("case", "event", name, "nonsense", "--reason", "x").returncode == 6
    ok("deadline", "hold", name, "answer", "--reason", "a person looks")
    assert [d["case"] for d in ok("deadline", "list", "--held")] == [name]
    daemon.kill()
    daemon.start()
    ok("deadline", "release", name, "answer", "--reason", "go on")
    assert ok("deadline", "list", "--held") == []
    ok("case", "event", name, "take", "--reason", "mine")
    assert daemon.ctl("case", "event", name, "resolve", "--reason", "x", "--version", "1",
                      "--field", "resolution=cable").returncode == 5
    ok("case", "event", name, "resolve", "--reason", "done", "--field", "resolution=cable")
    assert ok("case", "show", name)[0]["closed"]
    assert name not in [c["id"] for c in ok("case", "list")]
    kinds = [e["kind"] for e in ok("case", "show", name)[0]["events"]]
    assert kinds == ["event", "held", "released", "event", "event"]


def test_persons_are_enrolled_by_user_and_certificate(daemon, tmp_path):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=Aigul",
                    "-keyout", tmp_path / "key.pem", "-out", tmp_path / "cert.pem"],
                   check=True, capture_output=True)
    who = ("--name", "Aigul A.", "--reason", "order 7")
    assert daemon.ctl("person", "add", "aigul", "--role", "clerk", *who).returncode == 2, "by what?"
    assert daemon.ctl("person", "add", "aigul", "--role", "king", "--uid", "61001",
                      *who).returncode == 2
    assert daemon.ctl("person", "add", "aigul", "--role", "clerk", "--uid", "61001",
                      *who).returncode == 0
    assert daemon.ctl("person", "add", "aigul", "--role", "clerk", "--uid", "61001",
                      *who).returncode == 5
    assert daemon.ctl("person", "change", "aigul", "--role", "clerk", "--role", "auditor",
                      "--certificate", str(tmp_path / "cert.pem"), *who).returncode == 0
    [row] = [p for p in daemon.document("person", "list")[0]["items"] if p["id"] == "aigul"]
    assert row["roles"] == ["clerk", "auditor"] and row["uid"] is None
    assert row["certificate"].startswith("sha256:") and len(row["certificate"]) == 7 + 64
    assert daemon.document("person", "me")[0]["items"][0]["break_glass"]
    assert daemon.ctl("person", "remove", "aigul", "--reason", "left").returncode == 0
    assert daemon.ctl("person", "remove", "aigul", "--reason", "left").returncode == 1


def test_exit_codes(daemon, policy, tmp_path):
    def code(*words):
        return daemon.ctl(*words).returncode
    daemon.ctl("policy", "commit", str(SAMPLE), "--reason", "sample")
    assert code("policy", "diff", str(SAMPLE)) == 0
    assert code("status") == 1, "there is no data plane"
    assert code("nonsense") == 2
    assert code("policy", "commit", str(SAMPLE)) == 2, "a reason is obligatory"
    assert code("flow", "list") == 3, "there is no data plane"
    assert code("--socket", str(tmp_path / "none"), "status") == 3
    head = daemon.document("policy", "history")[0]["items"][0]["id"]
    retitle(policy, "Another")
    assert code("policy", "diff", str(policy)) == 1
    assert code("policy", "commit", str(policy), "--reason", "r", "--base", head) == 0
    retitle(policy, "A third")
    assert code("policy", "commit", str(policy), "--reason", "r", "--base", head) == 5
    (policy / "policy.yaml").write_text("nonsense: true\n")
    assert code("policy", "check", str(policy)) == 6
    assert code("policy", "commit", str(policy), "--reason", "r") == 6
    assert code("policy", "undo", "--reason", "back") == 0
    assert code("policy", "diff", str(SAMPLE)) == 0


def test_errors_point_at_the_place(daemon, policy):
    (policy / "policy.yaml").write_text("title: x\nnonsense: true\n")
    for words in (("policy", "check", str(policy)),
                  ("policy", "commit", str(policy), "--reason", "r")):
        done = daemon.ctl(*words)
        assert done.returncode == 6
        assert "policy.yaml:2:1: error" in done.stderr


def test_explain_agrees_with_the_yearly_list(daemon):
    daemon.ctl("policy", "commit", str(SAMPLE), "--reason", "sample")
    document, code = daemon.document("explain", "casino.example", "--org", "ministry")
    item = document["items"][0]
    assert (code, item["verdict"], item["reason"]) == (1, "block", "not_granted")
    assert item["would_change"]
    assert [s["outcome"] for s in item["steps"]].count("matched") == 1


def test_category_lookup_says_who_decided(daemon, policy):
    """The daemon and a directory say the same; a change of a feed and a geo database get there."""
    feeds = policy / "feeds.yaml"
    feeds.write_text(feeds.read_text() + """
  - {id: gambling, format: hosts, path: feeds/gambling, category: casino, source: s, licence: l,
     date: 2026-01-02, precedence: 10, changes: [feeds/gambling.new]}
""")
    (policy / "feeds/gambling").write_text("0.0.0.0 dice.example bank.example\nnonsense\n")
    (policy / "feeds/gambling.new").write_text("+poker.example\n")
    shutil.copy(ROOT / "tests/fuzz/corpus/mmdb/country_v6", policy / "geo.mmdb")
    (policy / "geo.yaml").write_text("""
databases: [{path: geo.mmdb, source: s, licence: l, date: 2026-01-02}]
segments: [{id: national, countries: [KZ]}]
""")
    done = daemon.ctl("policy", "commit", str(policy), "--reason", "feeds")
    assert done.returncode == 0, done.stderr
    for where in ((), ("--policy", str(policy))):
        item = daemon.document("category", "lookup", "www.bank.example", *where)[0]["items"][0]
        assert item["categories"] == ["banking"] and item["exempt"] == "finance"
        told = [(c["source"], c["decides"], c["entry"]) for c in item["claims"]]
        assert told == [("banking", True, "bank.example"), ("gambling", False, "bank.example")]
        item = daemon.document("category", "lookup", "poker.example", *where)[0]["items"][0]
        assert item["categories"] == ["casino"]
        assert daemon.document("category", "lookup", "nobody.example", *where)[1] == 1
        item = daemon.document("category", "lookup", "10.1.2.3", *where)[0]["items"][0]
        assert item["country"] == "BY"
        feed = {f["id"]: f for f in daemon.document("category", "feeds", *where)[0]["items"]}
        assert feed["gambling"]["names"] == 2
        assert feed["gambling"]["skipped"] == 1
        assert "feeds/gambling:2" in feed["gambling"]["last_skipped"]
        assert feed["gambling"]["age_days"] > 0
    place = [i for i in daemon.document("whatis", "10.0.0.1")[0]["items"] if i["kind"] == "place"]
    assert place[0]["country"] == "KZ"
    assert daemon.ctl("policy", "diff", str(SAMPLE)).returncode == 1
    assert daemon.ctl("policy", "show", "-o", "yaml").returncode == 0


def test_a_commit_under_confirmation(daemon, policy):
    daemon.ctl("policy", "commit", str(SAMPLE), "--reason", "sample")
    retitle(policy, "To be confirmed")
    words = ("policy", "commit", str(policy), "--reason", "r", "--confirm", "10m")
    assert daemon.document(*words)[0]["items"][0]["confirm_until"]
    retitle(policy, "Meanwhile")
    assert daemon.ctl("policy", "commit", str(policy), "--reason", "r").returncode == 5
    assert daemon.ctl("policy", "undo", "--reason", "no").returncode == 0
    assert daemon.ctl("policy", "diff", str(SAMPLE)).returncode == 0


def test_nothing_acknowledged_is_lost_to_kill_9(daemon, policy):
    seed = int(os.environ.get("SLUICE_SEED", random.randrange(1 << 30)))
    print("SLUICE_SEED", seed)
    chance = random.Random(seed)
    for n in range(KILLS):
        before = daemon.document("policy", "history", "--limit", "1000")[0]["items"]
        retitle(policy, f"Version {seed} {n}")
        commit = subprocess.Popen(
            [daemon.build / "tools/sluicectl/sluicectl", "--socket", daemon.socket, "-o", "json",
             "policy", "commit", str(policy), "--reason", f"round {n}"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            commit.wait(timeout=chance.random() * 0.2)
        except subprocess.TimeoutExpired:
            pass
        daemon.kill()
        out, _ = commit.communicate(timeout=60)
        daemon.start()
        after = daemon.document("policy", "history", "--limit", "1000")[0]["items"]
        assert after[-len(before):] == before
        assert len(after) - len(before) in (0, 1)
        if commit.returncode == 0:
            assert after[0]["id"] == json.loads(out)["items"][0]["id"]
        rows = daemon.document("status")[0]["items"]
        bundle = next(r for r in rows if r["part"] == "bundle")
        assert bundle["committed"] == bundle["published"] == after[0]["bundle"]


def test_the_audit_can_be_checked_without_the_daemon(daemon, policy, tmp_path):
    retitle(policy, "for the audit")
    daemon.ctl("policy", "commit", str(policy), "--reason", "audit")
    retitle(policy, "for the audit, again")
    daemon.ctl("policy", "commit", str(policy), "--reason", "audit")
    export = tmp_path / "audit.ndjson"
    assert daemon.ctl("audit", "export", str(export)).returncode == 0
    document, code = daemon.document("audit", "verify", str(export))
    head = document["items"][0]["head"]
    assert code == 0 and document["items"][0]["records"] >= 2
    assert daemon.ctl("audit", "verify", "--against", head).returncode == 0
    lines = export.read_text().splitlines()
    record = json.loads(lines[0])
    record["reason"] = "another"
    for bad in ([json.dumps(record), *lines[1:]], lines[1:], lines[:-1], lines[:-2] + lines[-1:]):
        export.write_text("\n".join(bad) + "\n")
        assert daemon.ctl("audit", "verify", str(export)).returncode == 1
    sequence, digest = head.split(":")
    cut = f"{int(sequence) + 1}:{digest}"
    assert daemon.ctl("audit", "verify", "--against", cut).returncode == 1


def test_a_backup_is_put_back(daemon, policy, tmp_path):
    backup = tmp_path / "store.backup"
    assert daemon.ctl("store", "backup", str(backup), "--reason", "test").returncode == 0
    assert daemon.ctl("store", "backup", str(backup), "--reason", "twice").returncode == 6
    assert daemon.ctl("store", "check", str(backup)).returncode == 0
    before = daemon.document("policy", "history")[0]["items"]
    retitle(policy, "after the backup")
    assert daemon.ctl("policy", "commit", str(policy), "--reason", "lost again").returncode == 0
    restore = [daemon.build / "control/daemon/sluiced", "--state", daemon.directory / "state",
               "--runtime", daemon.directory / "run", "--bundle", daemon.directory / "bundle",
               "--restore", backup]
    assert subprocess.run(restore, capture_output=True, check=False).returncode == 1, "it runs"
    daemon.kill()
    damaged = tmp_path / "damaged"
    damaged.write_bytes(backup.read_bytes()[:-1000])
    assert subprocess.run([*restore[:-1], damaged], capture_output=True,
                          check=False).returncode == 1
    assert subprocess.run(restore, capture_output=True, check=False).returncode == 0
    daemon.start()
    assert daemon.document("policy", "history")[0]["items"] == before
    assert daemon.ctl("audit", "verify").returncode == 0
    assert "store.restore" in [r["action"] for r in daemon.document("audit", "list")[0]["items"]]


def test_completion_names_the_commands(daemon):
    script = daemon.ctl("completion", "bash").stdout
    assert "complete -F" in script
    words = daemon.ctl("__complete", "policy").stdout.split()
    assert {"commit", "undo", "history", "--output"} <= set(words)


def test_protocol_words_and_what_is_looked_at(daemon):
    document, code = daemon.document("protocol", "list")
    assert code == 0 and len(document["items"]) > 150
    vpn, _ = daemon.document("protocol", "list", "--class", "vpn")
    assert {"wireguard", "openvpn", "ipsec"} <= {item["word"] for item in vpn["items"]}
    assert all(item["needs_grant"] for item in vpn["items"])
    shown, code = daemon.document("protocol", "show", "wireguard")
    assert code == 0 and "handshake" in shown["items"][0]["notes"][0]["looks_at"]
    assert daemon.document("protocol", "show", "wiregard")[1] == 1
    assert daemon.document("protocol", "list", "--class", "vnp")[1] == 2
