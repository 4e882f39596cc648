"""sluice-signer as a process, and sluicectl ca and tls issuance: ceremony, leaves that OpenSSL
verifies, the log against whoever changes it, kill -9 while it is asked, a full disk, confinement."""
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import time

import pytest

from test_cli import SAMPLE, Daemon, fixture_build  # noqa: F401  (the fixture `build`)

ROOT_PASSPHRASE, ONLINE_PASSPHRASE = "of the root, offline", "of the gateway, online"
KILLS = 4


def run(*words, **options):
    return subprocess.run([str(w) for w in words], capture_output=True, text=True, timeout=120,
                          check=False, **options)


def openssl(*words):
    done = run("openssl", *words)
    assert done.returncode == 0, done.stderr
    return done.stdout


class Origin:
    """A public root of our own, and chains of sites under it."""

    def __init__(self, directory):
        self.directory = directory
        self.root = directory / "public.pem"
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-keyout", directory / "public.key", "-out", self.root, "-subj", "/CN=public root",
                "-days", "30", "-addext", "keyUsage=critical,keyCertSign")

    def chain(self, name):
        site = self.directory / name
        if not site.with_suffix(".chain").exists():
            kind = "IP" if re.fullmatch(r"[0-9.]+", name) else "DNS"
            (self.directory / "ext").write_text(
                f"subjectAltName={kind}:{name}\nbasicConstraints=CA:FALSE\n")
            openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-keyout", f"{site}.key", "-out", f"{site}.csr", "-subj", "/CN=site")
            openssl("x509", "-req", "-in", f"{site}.csr", "-CA", self.root, "-CAkey",
                    self.directory / "public.key", "-CAcreateserial", "-days", "20", "-extfile",
                    self.directory / "ext", "-out", f"{site}.pem")
            site.with_suffix(".chain").write_text(
                pathlib.Path(f"{site}.pem").read_text() + self.root.read_text())
        return site.with_suffix(".chain")


class Signer:
    """sluice-signer over a directory of its own."""

    def __init__(self, build, home, bundle, origin, **config):
        self.build, self.home, self.origin, self.process = build, home, origin, None
        self.socket, self.log = home / "signer.sock", home / "log"
        (home / "passphrase").write_text(ONLINE_PASSPHRASE + "\n")
        (home / "passphrase").chmod(0o400)
        self.config = {
            "socket": self.socket, "bundle_dir": bundle, "ca_dir": home / "out/gateway",
            "trust_anchors": origin.root, "passphrase_file": home / "passphrase",
            "log_dir": self.log, "log_key": home / "out/gateway/log.key",
            "log_name": "test.example/issuance", "checkpoint_seconds": 3600,
            "clients": f"[\"{os.getuid()}\"]", "admins": f"[\"{os.getuid()}\"]", **config}

    def ctl(self, *words):
        return run(self.build / "tools/sluicectl/sluicectl", *words)

    def document(self, *words):
        done = self.ctl("-o", "json", *words)
        return json.loads(done.stdout), done.returncode

    def ceremony(self, *words):
        (self.home / "root-passphrase").write_text(ROOT_PASSPHRASE)
        (self.home / "root-passphrase").chmod(0o400)
        (self.home / "excluded").write_text("# what the law names\nexcluded.example\n")
        return self.document(
            "ca", "ceremony", "--out", self.home / "out", "--generation", "2026-1",
            "--organisation", "Test", "--log-name", "test.example/issuance", "--exclude",
            self.home / "excluded", "--root-passphrase-file", self.home / "root-passphrase",
            "--passphrase-file", self.home / "passphrase", *words)

    def start(self, prefix=()):
        file = self.home / "signer.yaml"
        file.write_text("".join(f"{key}: {value}\n" for key, value in self.config.items()))
        self.socket.unlink(missing_ok=True)
        with open(self.home / "signer.log", "ab") as log:
            self.process = subprocess.Popen(
                [*prefix, self.build / "certs/signer/sluice-signer", "--config", file],
                stdout=log, stderr=log)
        until = time.monotonic() + 60
        while self.status()[1] == 3:
            assert self.process.poll() is None, (self.home / "signer.log").read_text()
            assert time.monotonic() < until, "sluice-signer does not answer"

    def stop(self, number=signal.SIGTERM):
        if self.process and self.process.poll() is None:
            self.process.send_signal(number)
            self.process.wait(timeout=30)

    def status(self):
        return self.document("ca", "status", "--signer", self.socket)

    def ask(self, name, *more):
        done = run(self.build / "tests/support/ask_signer", self.socket, "telco-a", "ministry", name,
                   self.origin.chain(name), *more)
        return done.returncode, done.stdout

    def issuance(self, verb, *words):
        key = () if verb in ("list", "show") else ("--key", self.home / "out/gateway/log.vkey")
        return self.document("tls", "issuance", verb, "--log", self.log, *key, *words)


@pytest.fixture(name="bundle", scope="module")
def fixture_bundle(build, tmp_path_factory):
    daemon = Daemon(build, tmp_path_factory.mktemp("bundle"))
    daemon.start()
    assert daemon.ctl("policy", "commit", str(SAMPLE), "--reason", "sample").returncode == 0
    daemon.process.send_signal(signal.SIGTERM)
    assert daemon.process.wait(timeout=30) == 0
    return daemon.directory / "bundle"


@pytest.fixture(name="origin", scope="module")
def fixture_origin(tmp_path_factory):
    return Origin(tmp_path_factory.mktemp("origin"))


@pytest.fixture(name="signer")
def fixture_signer(build, tmp_path, bundle, origin):
    signer = Signer(build, tmp_path, bundle, origin)
    document, code = signer.ceremony()
    assert code == 0, document
    yield signer
    signer.stop()


def test_the_ceremony_says_what_openssl_says(build, tmp_path, bundle, origin):
    signer = Signer(build, tmp_path, bundle, origin)
    record = signer.ceremony()[0]["items"][0]
    for name, file in (("root", "offline/root.pem"), ("issuing", "gateway/2026-1/issuing.pem"),
                       ("untrusted", "gateway/2026-1/untrusted.pem")):
        said = openssl("x509", "-in", tmp_path / "out" / file, "-noout", "-fingerprint", "-sha256")
        assert said.strip().split("=")[1] == record[f"{name}_fingerprint"]
    text = openssl("x509", "-in", tmp_path / "out/gateway/2026-1/issuing.pem", "-noout", "-text")
    assert "pathlen:0" in text and "DNS:excluded.example" in text and record["issuing_bytes"] <= 1536
    key = tmp_path / "out/offline/root.key"
    assert run("openssl", "pkey", "-in", key, "-passin", f"pass:{ROOT_PASSPHRASE}",
               "-noout").returncode == 0
    assert run("openssl", "pkey", "-in", key, "-passin", "pass:wrong", "-noout").returncode != 0
    assert signer.ceremony()[1] == 1, "a ceremony never writes over another"
    table = signer.ctl("ca", "ceremony", "--out", tmp_path / "b", "--generation", "b",
                       "--organisation", "T", "--log-name", "t", "--root-passphrase-file",
                       tmp_path / "root-passphrase", "--passphrase-file", tmp_path / "passphrase")
    assert table.returncode == 0 and "Read aloud" in table.stdout


def test_leaves_verify_and_exempt_names_have_none(signer, tmp_path):
    signer.start()
    code, out = signer.ask("www.example.net")
    assert code == 0
    index, pem = out.split("\n", 1)
    leaf, issuing = tmp_path / "leaf.pem", tmp_path / "issuing.pem"
    leaf.write_text(pem[:pem.index("-----END CERTIFICATE-----") + 26])
    issuing.write_text(pem[pem.index("-----END CERTIFICATE-----") + 26:])
    root = tmp_path / "out/offline/root.pem"

    def verify(host):
        return run("openssl", "verify", "-x509_strict", "-purpose", "sslserver", "-verify_hostname",
                   host, "-CAfile", root, "-untrusted", issuing, leaf).returncode
    assert verify("www.example.net") == 0
    assert verify("example.net") != 0
    assert signer.ask("www.bank.example") == (1, "exempt\n")
    assert signer.ask("www.excluded.example") == (1, "name_constraint\n")
    assert signer.ask("192.0.2.7")[0] == 0
    assert signer.ask("www.example.net", "untrusted")[0] == 0
    shown = signer.issuance("show", index)[0]["items"][0]
    assert shown["name"] == "www.example.net" and shown["pem"].strip() == leaf.read_text().strip()
    entries = signer.issuance("list")[0]["items"]
    assert [e["name"] for e in entries] == ["www.example.net", "192.0.2.7", "www.example.net"]
    assert [e["issuer"] for e in entries] == ["trusted", "trusted", "untrusted"]
    assert len(signer.issuance("list", "--last", "1")[0]["items"]) == 1
    assert len(signer.issuance("list", "--name", "192.0.2.7")[0]["items"]) == 1
    assert signer.issuance("list", "--organisation", "hospital")[0]["items"] == []
    status = signer.status()
    assert status[1] == 0 and status[0]["items"][0]["log"]["entries"] == 3


def test_the_log_tells_who_changed_it(signer, tmp_path):
    signer.start()
    for name in ("a.example.net", "b.example.net"):
        assert signer.ask(name)[0] == 0
    signer.stop()
    earlier = tmp_path / "earlier"
    shutil.copy(signer.log / "checkpoint", earlier)
    signer.start()
    assert signer.ask("c.example.net")[0] == 0
    assert signer.issuance("proof", "2")[1] == 1, "not under a checkpoint yet"
    signer.stop()
    assert signer.issuance("verify", "--against", earlier)[1] == 0
    proof = signer.issuance("proof", "1")[0]["items"][0]
    assert proof["tree_size"] == 3 and proof["checkpoint"].startswith("test.example/issuance\n3\n")
    assert len(proof["path"]) == 2
    grown = signer.issuance("proof", "--since", earlier)[0]["items"][0]
    assert (grown["old_size"], grown["tree_size"]) == (2, 3)
    assert signer.ctl("tls", "issuance", "proof", "--log", signer.log).returncode == 2
    assert signer.issuance("proof", "3")[1] == 1
    segment = next(signer.log.glob("*.log"))
    whole = segment.read_bytes()
    segment.write_bytes(whole.replace(b"a.example.net", b"z.example.net"))
    document, code = signer.issuance("verify")
    assert code == 1 and document["items"][0]["problems"]
    segment.write_bytes(whole[:-10])
    assert signer.issuance("verify")[1] == 1
    segment.write_bytes(whole)
    assert signer.issuance("verify")[1] == 0


def test_no_answered_leaf_is_lost_to_kill_9(signer):
    names = [f"n{i}.example.net" for i in range(6)]
    for name in names:
        signer.origin.chain(name)
    answered = []
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for _ in range(KILLS):
            signer.start()
            asked = [pool.submit(signer.ask, name) for name in names * 4]
            next(concurrent.futures.as_completed(asked))
            signer.stop(signal.SIGKILL)
            answered += [a.result()[1] for a in asked if a.result()[0] == 0]
    signer.start()
    signer.stop()
    assert len(answered) >= KILLS
    indexes = [int(answer.split("\n", 1)[0]) for answer in answered]
    assert len(set(indexes)) == len(indexes)
    entries = {e["index"]: e for e in signer.issuance("list", "--last", "0")[0]["items"]}
    for index, answer in zip(indexes, answered):
        pem = answer.split("\n", 1)[1]
        print_ = run("openssl", "x509", "-noout", "-fingerprint", "-sha256", input=pem).stdout
        assert print_.strip().split("=")[1].replace(":", "").lower() == entries[index]["certificate"]
    assert signer.issuance("verify")[1] == 0


def test_the_process_has_given_up_what_it_does_not_need(signer):
    signer.start()
    proc = pathlib.Path(f"/proc/{signer.process.pid}")
    status = dict(line.split(":\t", 1) for line in (proc / "status").read_text().splitlines()
                  if ":\t" in line)
    assert status["Seccomp"].strip() == "2" and status["NoNewPrivs"].strip() == "1"
    assert int(status["CapEff"], 16) == int(status["CapPrm"], 16) == int(status["CapBnd"], 16) == 0
    assert int(status["VmLck"].split()[0]) >= 128, "keys lie in locked memory"
    limits = (proc / "limits").read_text()
    assert re.search(r"Max core file size\s+0\s+0", limits)
    if os.getuid() == 0:
        assert os.readlink(proc / "ns/net") != os.readlink("/proc/self/ns/net")
        assert (proc / "net/dev").read_text().count(":") == 1, "its network is empty: lo only"


@pytest.mark.skipif(os.getuid() != 0, reason="becoming another user needs root")
def test_it_becomes_the_user_it_is_told(signer):
    for path in (signer.home, *signer.home.rglob("*")):
        shutil.chown(path, "nobody")
    for parent in (signer.home, *signer.home.parents):
        if str(parent).startswith("/tmp/"):
            parent.chmod(parent.stat().st_mode | 0o711)
    signer.config["run_as"] = "nobody"
    bundle = signer.home / "bundle"
    shutil.copytree(signer.config["bundle_dir"], bundle)
    shutil.copy(signer.origin.root, signer.home / "roots.pem")
    for path in (bundle, *bundle.rglob("*"), signer.home / "roots.pem"):
        shutil.chown(path, "nobody")
    signer.config.update(bundle_dir=bundle, trust_anchors=signer.home / "roots.pem")
    signer.start()
    uid = (pathlib.Path(f"/proc/{signer.process.pid}/status").read_text().split("Uid:\t")[1]).split()
    assert set(uid[:4]) == {"65534"}
    assert signer.ask("www.example.net")[0] == 0


@pytest.mark.skipif(os.getuid() != 0, reason="a small disk needs root")
def test_a_full_disk_means_no_leaf(signer):
    signer.log.mkdir()
    disk = f"mount -t tmpfs -o size=64k none {signer.log} && exec \"$@\""
    signer.start(["unshare", "-m", "sh", "-c", disk, "sh"])
    answers = []
    while not answers or answers[-1][0] == 0:
        answers.append(signer.ask("www.example.net"))
        assert len(answers) < 200
    assert answers[-1] == (1, "log_full\n") and len(answers) > 10
    document, code = signer.status()
    assert code == 1 and document["items"][0]["log"]["entries"] == len(answers) - 1


def test_a_new_generation_without_a_restart(signer, tmp_path):
    signer.start()
    first = signer.ask("www.example.net")[1]
    document, code = signer.document(
        "ca", "ceremony", "--out", tmp_path / "next", "--generation", "2026-2", "--organisation",
        "Test", "--log-name", "test.example/issuance", "--root-from", tmp_path / "out/offline",
        "--root-passphrase-file", tmp_path / "root-passphrase", "--passphrase-file",
        tmp_path / "passphrase")
    assert code == 0, document
    shutil.copytree(tmp_path / "next/gateway/2026-2", tmp_path / "out/gateway/2026-2")
    activate = ("ca", "activate", "--dir", tmp_path / "out/gateway", "--signer", signer.socket)
    assert signer.document(*activate, "2026-9")[1] == 1
    document, code = signer.document(*activate, "2026-2")
    assert code == 0 and document["items"][0]["cas"][0]["generation"] == "2026-2"
    second = signer.ask("www.example.net")[1]
    assert first.split("-----END")[1] != second.split("-----END")[1], "another issuing certificate"
    assert [e["generation"] for e in signer.issuance("list")[0]["items"]] == ["2026-1", "2026-2"]


def test_errors_say_what_to_do(build, tmp_path, bundle, origin):
    signer = Signer(build, tmp_path, bundle, origin)
    assert signer.status()[1] == 3
    bad = tmp_path / "bad.yaml"
    bad.write_text("clients: [root]\nlog_nam: x\n")
    done = run(build / "certs/signer/sluice-signer", "--config", bad)
    assert done.returncode == 2 and "bad.yaml:2:1" in done.stderr
    assert run(build / "certs/signer/sluice-signer").returncode == 2
    assert signer.issuance("verify")[1] == 1
    assert signer.ctl("tls", "issuance", "list", "--log", tmp_path / "none").returncode == 1
