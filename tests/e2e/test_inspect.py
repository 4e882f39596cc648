"""sluice-inspect between real programs: curl, openssl and nghttp on one side, nginx on the other, a
real signer; flows come by TPROXY, so nothing of the packet path is needed."""
import os
import pathlib
import re
import signal
import subprocess

import pytest

from inspect_lab import BAD, EICAR, ORIGIN, InspectLab
from lab.shell import in_netns, run, wait_until


@pytest.fixture(autouse=True)
def blame():
    """Instead of the whole gateway's: these cases do not start one."""


@pytest.fixture(scope="module")
def lab(request, tmp_path_factory):
    build = pathlib.Path(request.config.getoption("--build")).resolve()
    lab = InspectLab(f"si{os.getpid() % 100000}", build, tmp_path_factory.mktemp("inspect") / "lab")
    try:
        lab.up()
        yield lab
    finally:
        lab.down()


@pytest.fixture
def counted(lab):
    """A function: how much a counter has grown since the test began."""
    before = lab.counters()
    return lambda name: lab.counters().get(name, 0) - before.get(name, 0)


def status(lab, url, *options, **more):
    done = lab.curl(url, "-o", os.devnull, "-w", "%{http_code} %{http_version}", *options, **more)
    return done.returncode, done.stdout


def openssl(lab, name, *options, text=""):
    argv = ["openssl", "s_client", "-connect", f"{ORIGIN}:443", "-servername", name, "-CAfile",
            lab.sluice_root(), *options]
    return subprocess.run(in_netns(lab.names["c"], argv), input=text, text=True,
                          capture_output=True, timeout=20)


def test_pages_pass_in_both_versions_and_ALPN_is_that_of_the_server(lab, counted):
    assert status(lab, "https://news.example/") == (0, "200 2")
    assert status(lab, "https://news.example/", "--http1.1") == (0, "200 1.1")
    assert status(lab, "https://h1.example/") == (0, "200 1.1")
    assert counted("inspected") == 3 and counted("h2_requests") == 1


def test_the_leaf_is_for_exactly_the_name_and_stands_in_the_log(lab):
    shown = openssl(lab, "news.example").stdout
    leaf = subprocess.run(["openssl", "x509", "-noout", "-ext", "subjectAltName"], input=shown,
                          text=True, capture_output=True).stdout
    assert re.findall(r"DNS:(\S+)", leaf) == ["news.example"]
    assert "Verify return code: 0" in shown
    log = run([lab.build / "tools/sluicectl/sluicectl", "tls", "issuance", "list", "--log",
               lab.state / "issuance"]).stdout
    assert "news.example" in log and "bank.example" not in log


def test_exempt_sites_keep_their_own_certificate(lab, counted):
    assert status(lab, "https://bank.example/")[0] == 60
    assert status(lab, "https://bank.example/", ca=lab.certs / "root.pem") == (0, "200 2")
    assert counted("left_exempt") == 2 and counted("leaves_asked") == 0


@pytest.mark.parametrize("name", BAD)
def test_bad_origins_are_never_trusted_and_say_why(lab, counted, name):
    assert status(lab, f"https://{name}/")[0] == 60
    page = lab.curl(f"https://{name}/", "-k").stdout
    assert "SL-4201" in page and "hello from the origin" not in page
    fault = {"expired.example": "expired", "wrong.example": "wrong_name"}.get(name,
                                                                              "untrusted_issuer")
    assert counted(f"origin_{fault}") == 2


def test_servers_that_ask_for_certificates_are_relayed_and_listed(lab, counted):
    own = {"ca": lab.certs / "root.pem"}
    key = ("--cert", lab.certs / "news.example.pem", "--key", lab.certs / "news.example.key")
    assert status(lab, "https://cert.example/", *key, **own) == (0, "200 2")
    assert counted("spliced") == 1
    listed = run([lab.build / "tools/sluicectl/sluicectl", "tls", "spliced", "--runtime-dir",
                  lab.state / "run"]).stdout
    assert "cert.example" in listed


def test_malicious_content_is_a_page_or_a_cut(lab, counted):
    for version in ("--http2", "--http1.1"):
        page = lab.curl("https://news.example/eicar.com", version)
        assert "SL-4101" in page.stdout and EICAR.decode() not in page.stdout
        late = lab.curl("https://news.example/late", version, "-o", lab.state / "late")
        assert late.returncode in (18, 56, 92), late.stderr  # partial, reset, stream error
        assert EICAR not in (lab.state / "late").read_bytes()
        zipped = lab.curl("https://news.example/eicar.com", version, "-H", "Accept-Encoding: gzip")
        assert "SL-4101" in zipped.stdout
        put = lab.curl("https://news.example/put", version, "--data-binary",
                       f"@{lab.state}/www/eicar.com")
        assert "SL-4101" in put.stdout
    assert counted("content_blocked") == 8
    assert status(lab, "http://news.example/eicar.com")[1].startswith("403")


def test_big_files_arrive_whole(lab):
    for options in (["--http2"], ["--http1.1"], ["--http2", "--limit-rate", "40M"]):
        lab.curl("https://news.example/big", *options, "-o", lab.state / "got", check=True)
        assert (lab.state / "got").read_bytes() == (lab.state / "www/big").read_bytes()
    sent = lab.curl("https://news.example/put", "--data-binary", f"@{lab.state}/www/big")
    assert sent.stdout == "stored\n", sent.stderr


def test_many_streams_of_one_connection(lab):
    argv = ["nghttp", "-n", "-m", "50", "-v", "--no-dep", f"https://news.example/text.html"]
    pathlib.Path(f"/etc/netns/{lab.names['c']}").mkdir(parents=True, exist_ok=True)
    hosts = pathlib.Path(f"/etc/netns/{lab.names['c']}/hosts")
    hosts.write_text(f"{ORIGIN} news.example\n")
    try:
        done = subprocess.run(in_netns(lab.names["c"], argv), capture_output=True, text=True,
                              timeout=20)
    finally:
        hosts.unlink()
        hosts.parent.rmdir()
    assert done.stdout.count(":status: 200") == 50, done.stdout[-2000:]


def test_plain_http_is_judged_by_request(lab):
    assert status(lab, "http://news.example/") == (0, "200 1.1")
    assert status(lab, "http://social.example/") == (0, "403 1.1")


def test_another_host_in_the_connection_is_misdirected(lab, counted):
    for version in ("--http2", "--http1.1"):
        assert status(lab, "https://news.example/", version, "-H", "Host: bank.example")[1][:3] == "421"
    assert counted("misdirected") == 2


def test_resumption_on_both_legs_and_no_early_data(lab, counted):
    ticket = lab.state / "ticket"
    first = openssl(lab, "news.example", "-sess_out", ticket, "-alpn", "http/1.1", "-ign_eof",
                    text="GET / HTTP/1.1\r\nHost: news.example\r\nConnection: close\r\n\r\n")
    assert "hello from the origin" in first.stdout
    second = openssl(lab, "news.example", "-sess_in", ticket, "-alpn", "http/1.1")
    assert "Reused, TLSv1.3" in second.stdout
    assert "Max Early Data: 0" in first.stdout
    assert counted("client_resumed") == 1


@pytest.mark.parametrize("version,works", [("-tls1_2", True), ("-tls1_3", True), ("-tls1_1", False)])
def test_versions_of_clients(lab, version, works):
    done = openssl(lab, "news.example", version, "-cipher", "ALL:@SECLEVEL=0")
    assert ("Verify return code: 0" in done.stdout and "Cipher is (NONE)" not in done.stdout) == works


def test_clients_that_complain_are_proposals(lab):
    for _ in range(2):
        assert lab.curl("https://work.example/", ca=lab.certs / "stranger.pem").returncode == 60
    pins = run([lab.build / "tools/sluicectl/sluicectl", "tls", "pins", "--runtime-dir",
                lab.state / "run"]).stdout
    assert "work.example" in pins and "ministry" in pins
    assert status(lab, "https://work.example/") == (0, "200 2")


def test_a_new_bundle_exempts_what_runs_within_a_second(lab, counted):
    slow = subprocess.Popen(in_netns(lab.names["c"], [
        "curl", "-s", "--limit-rate", "100K", "--cacert", lab.sluice_root(), "--resolve",
        f"news.example:443:{ORIGIN}", "-o", os.devnull, "https://news.example/big"]))
    sessions = [lab.build / "tools/sluicectl/sluicectl", "tls", "sessions", "--runtime-dir",
                lab.state / "run"]
    wait_until(lambda: re.search(r"news.example +open +h2 +yes", run(sessions).stdout), "the flow")
    try:
        lab.policy(exempt=("bank.example", "news.example"))
        # Polled for: curl itself still reads what its socket held when the reset came.
        wait_until(lambda: counted("exempted_meanwhile") == 1, "the flow to end", seconds=2)
        assert status(lab, "https://news.example/", ca=lab.certs / "root.pem") == (0, "200 2")
    finally:
        slow.kill()
        slow.wait()
        lab.policy()
        wait_until(lambda: status(lab, "https://news.example/") == (0, "200 2"), "the old policy")


def test_kill_of_a_worker_ends_its_flows_only_and_it_comes_back(lab):
    def workers():
        return [int(line.split()[1]) for line in run(
            [lab.build / "tools/sluicectl/sluicectl", "tls", "workers", "--runtime-dir",
             lab.state / "run"], check=False).stdout.splitlines()[1:]]
    before = workers()
    os.kill(before[0], signal.SIGKILL)
    wait_until(lambda: len(workers()) == 2 and before[0] not in workers(), "another worker")
    for _ in range(8):
        assert status(lab, "https://news.example/") == (0, "200 2")


def test_kill_of_the_signer_follows_the_fail_table(lab, counted):
    lab.stop("signer", signal.SIGKILL)
    try:
        # Its leaf is cached by neither worker: the policy (open by default) lets it pass unopened.
        assert status(lab, "https://nowhere.example/", ca=lab.certs / "root.pem") == (0, "200 2")
        assert counted("open_signer_unavailable") == 1
    finally:
        lab.start_signer()
    wait_until(lambda: status(lab, "https://nowhere.example/") == (0, "200 2"), "the signer")
