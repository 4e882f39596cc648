"""TLS inspection of live flows: data plane, broker, inspect and signer together, as they are shipped."""
import contextlib
import pathlib
import re
import shutil
import ssl
import threading

import pytest

import clients
from lab import origins
from lab import plan as at
from lab.inspection import INSPECT_USER, SIGNER_USER
from lab.lab import stop_quietly
from lab.shell import run, wait_until

FAMILIES = pytest.mark.parametrize("family", (4, 6))
NEWS, MAGAZINE, BANK, FAKE = (f"https://{n}.example/" for n in ("news", "magazine", "bank", "fake"))
OURS, THEIRS = "Sluice issuing lab-1", "Sluice lab CA"
UNTRUSTED = 60
MARK = "\n-- curl: "


def seen(lab, url, family=4, client="ministry", *options):
    """(HTTP version, common name of the certificate's issuer) of a request that must succeed."""
    done = lab.curl(client, url, "-w", MARK + "%{http_version}\n%{certs}", *options, family=family)
    assert done.returncode == 0, f"{client} {url}: curl {done.returncode} {done.stderr}"
    version, _, certificates = done.stdout.partition(MARK)[2].partition("\n")
    issuer = re.search(r"^Issuer:.*CN = (.*)$", certificates, re.M)
    return version, issuer and issuer[1]


def issuer_of(lab, url, **more):
    return seen(lab, url, **more)[1]


def inspected_again(lab, url=NEWS):
    wait_until(lambda: issuer_of(lab, url) == OURS, "flows to be inspected", 15)


@contextlib.contextmanager
def inspecting(lab):
    lab.inspected = True
    lab.inspection.start()
    inspected_again(lab)
    yield
    lab.inspection.stop()
    lab.inspected = False
    # Whoever comes next finds nobody who inspects, as before.
    wait_until(lambda: clients.text_of(lab, "ministry", NEWS), "the broker to notice")


@pytest.fixture(scope="module", autouse=True)
def fixture_inspection(lab):
    with inspecting(lab):
        yield


@pytest.fixture(autouse=True)
def fixture_all_are_alive(lab):
    yield
    for name in ("sluice-inspect", "sluice-signer"):
        assert lab.processes.alive(name), lab.processes.log_tail(name)


@pytest.fixture
def counted(lab):
    """A function: how much a counter of the inspectors has grown since the test began."""
    before = counters(lab)
    return lambda name: counters(lab).get(name, 0) - before.get(name, 0)


def counters(lab):
    """Of all workers together."""
    total = {}
    for row in lab.gateway.items("tls", "counters", "--runtime-dir", lab.gateway.run_dir):
        total[row["name"]] = total.get(row["name"], 0) + row["value"]
    return total


def issued(lab):
    return [row["name"] for row in
            lab.gateway.items("tls", "issuance", "list", "--log", lab.inspection.issuance)]


@FAMILIES
@pytest.mark.parametrize("url, version", ((NEWS, "1.1"), (MAGAZINE, "2")))
def test_a_page_under_a_leaf_of_ours_in_the_servers_version(lab, counted, family, url, version):
    assert seen(lab, url, family) == (version, OURS)
    assert counted("inspected") == 1
    name = url.split("/")[2]
    clients.wait_for_reason(lab, "ministry", name, "under_inspection", family)


def test_plain_http_takes_the_same_way(lab, counted):
    assert clients.text_of(lab, "ministry", "http://news.example/") == "news.example over http\n"
    assert counted("plain_http") == 1 and counted("h1_requests") == 1


@FAMILIES
def test_exempt_sites_are_never_opened(lab, counted, family):
    before = lab.gateway.counters()["worker"]["handover_asked"]
    assert issuer_of(lab, BANK, family=family) == THEIRS
    assert lab.gateway.counters()["worker"]["handover_asked"] == before
    assert counted("flows") == 0 and "bank.example" not in issued(lab)


def test_organisations_in_a_pilot_and_strangers_are_not_inspected(lab, counted):
    for client in ("hospital", "stranger"):
        assert issuer_of(lab, NEWS, client=client) == THEIRS
    assert counted("flows") == 0


def test_a_server_that_signed_itself_is_never_trusted(lab, counted):
    assert lab.curl("ministry", FAKE).returncode == UNTRUSTED
    page = lab.curl("ministry", FAKE, "-k").stdout
    assert "SL-4201" in page and "over https" not in page
    assert counted("origin_untrusted_issuer") == 2


def test_requests_of_one_connection(lab, counted):
    done = lab.curl("ministry", NEWS, NEWS + "?2", NEWS + "?3", "-w", "%{num_connects}\n")
    assert done.stdout == "news.example over https\n1\n" + "news.example over https\n0\n" * 2
    assert counted("inspected") == 1 and counted("h1_requests") == 3


@FAMILIES
@pytest.mark.parametrize("host", (NEWS, MAGAZINE))
def test_a_download_is_whole(lab, family, host):
    big = origins.big_file(lab.plan)
    assert clients.download(lab, "ministry", f"{host}files/big.bin", family) == big


def test_a_hundred_at_a_time(lab, counted):
    done = lab.run_in("ministry", [
        "curl", "-4", "-sS", "--max-time", "30", "--parallel", "--parallel-immediate",
        "--parallel-max", "100", "--http1.1", "--cacert", lab.trust_file, "-H",
        "Connection: close", f"{NEWS}?[1-100]"])
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("news.example over https\n") == 100 and counted("inspected") == 100


class TlsClient:
    """TLS over a socket whose segments are ours to cut."""

    def __init__(self, lab, name, port=443, padding=0):
        context = ssl.create_default_context(cafile=str(lab.trust_file))
        if padding:  # protocols nobody speaks, so that the hello grows
            context.set_alpn_protocols(["http/1.1"] + ["x" * 250] * (padding // 250))
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.incoming, self.outgoing, server_hostname=name)
        self.socket = clients.connect(lab, "ministry", name, port)

    def hello(self):
        with pytest.raises(ssl.SSLWantReadError):
            self.tls.do_handshake()
        return self.outgoing.read()

    def _until_done(self, act):
        while True:
            try:
                done = act()
                self.socket.sendall(self.outgoing.read())
                return done
            except ssl.SSLWantReadError:
                self.socket.sendall(self.outgoing.read())
                data = self.socket.recv(65536)
                if not data:
                    raise ConnectionError("the gateway or the server has ended it") from None
                self.incoming.write(data)

    def get(self):
        """Ends the handshake and asks for the page: (its text, issuer of the certificate)."""
        self._until_done(self.tls.do_handshake)
        issuer = dict(pair[0] for pair in self.tls.getpeercert()["issuer"])["commonName"]
        self.tls.write(b"GET / HTTP/1.1\r\nHost: news.example\r\nConnection: close\r\n\r\n")
        text = self._until_done(lambda: self.tls.read(65536))
        self.socket.close()
        return text, issuer


@pytest.mark.parametrize("cut", (1, 5, 6, 60, 200))
def test_a_hello_cut_anywhere(lab, cut):
    client = TlsClient(lab, "news.example")
    hello = client.hello()
    client.socket.sendall(hello[:cut])
    client.socket.sendall(hello[cut:])
    text, issuer = client.get()
    assert b"news.example over https" in text and issuer == OURS


def test_a_hello_of_many_segments(lab):
    client = TlsClient(lab, "news.example", padding=4_000)
    hello = client.hello()
    assert len(hello) > 4_000
    for at_byte in range(0, len(hello), 500):
        client.socket.sendall(hello[at_byte:at_byte + 500])
    assert client.get()[1] == OURS


def stalled(lab, name):
    """A client whose hello came in two parts, so late that sockets read it."""
    client = TlsClient(lab, name)
    hello = client.hello()
    before = lab.gateway.counters()["worker"]["handover_stalled"]
    client.socket.sendall(hello[:40])
    wait_until(lambda: lab.gateway.counters()["worker"]["handover_stalled"] > before,
               "the stalled hello to be handed over", 5)
    client.socket.sendall(hello[40:])
    return client


def test_a_hello_that_stalls_is_read_by_the_inspector(lab):
    assert stalled(lab, "news.example").get()[1] == OURS


def test_a_stalled_hello_to_an_exempt_site_is_relayed_untouched(lab, counted):
    assert stalled(lab, "bank.example").get()[1] == THEIRS
    assert counted("left_exempt") == 1 and counted("inspected") == 0
    assert "bank.example" not in issued(lab)


@FAMILIES
def test_a_server_that_wants_the_clients_certificate_is_relayed_by_a_fresh_connection(
        lab, counted, family):
    certs = lab.plan.state / "certs"
    url = f"https://news.example:{at.CLIENT_CERTIFICATE_PORT}/"
    mine = ("--cert", certs / "client.pem", "--key", certs / "client.key")
    done = lab.curl("ministry", url, *mine, "-w", MARK + "%{certs}", family=family)
    assert done.returncode == 0, done.stderr
    assert "your certificate is CN=client of the lab" in done.stdout
    assert f"CN = {THEIRS}" in done.stdout
    assert counted("spliced") >= 1


def test_each_process_has_a_user_and_a_list_of_its_own(lab):
    for name, user in (("sluice-inspect", INSPECT_USER), ("sluice-signer", SIGNER_USER)):
        status = pathlib.Path(f"/proc/{lab.processes.pid(name)}/status").read_text()
        uid = re.search(r"^Uid:\s+(\d+)", status, re.M)[1]
        assert uid == user.partition(":")[0]
        assert re.search(r"^Seccomp:\s+2", status, re.M)
        assert re.search(r"^CapEff:\s+0+$", status, re.M)


def test_the_issuance_log_holds_every_leaf_and_can_be_verified(lab):
    assert "news.example" in issued(lab)
    done = lab.gateway.ctl("tls", "issuance", "verify", "--log", lab.inspection.issuance, "--key",
                           lab.inspection.ca / "gateway/log.vkey")
    assert done.returncode == 0


# ---- deaths: what the fail table promises, and nothing else ----
def test_the_signer_dies_and_new_leaves_are_wanting_as_the_fail_table_says(lab, policy):
    lab.gateway.commit(policy_with_note(policy), "a new bundle: leaves are forgotten")
    stop_quietly(lab, "sluice-signer")
    wait_until(lambda: not lab.processes.alive("sluice-signer"), "the signer to be gone")
    wait_until(lambda: issuer_of(lab, NEWS) == THEIRS, "the open fail case")
    assert issuer_of(lab, BANK) == THEIRS
    lab.inspection.start_signer()
    inspected_again(lab)


def policy_with_note(policy):
    file = policy / "policy.yaml"
    file.write_text(file.read_text().replace("title: Sample", "title: Changed sample"))
    return policy


def test_inspect_dies_and_flows_go_by_the_fail_table_until_it_is_back(lab):
    stop_quietly(lab, "sluice-inspect")
    wait_until(lambda: not lab.processes.alive("sluice-inspect"), "inspect to be gone")
    wait_until(lambda: lab.curl("ministry", NEWS).returncode == 0, "the open fail case")
    assert issuer_of(lab, NEWS) == THEIRS
    lab.inspection.start_inspect()
    inspected_again(lab)


def test_a_worker_of_inspect_dies_and_is_started_again(lab):
    workers = lambda: [row["pid"] for row in lab.gateway.items(  # noqa: E731
        "tls", "workers", "--runtime-dir", lab.gateway.run_dir)]
    before = workers()
    run(["kill", "-9", before[0]])
    wait_until(lambda: len(workers()) == len(before) and before[0] not in workers(),
               "another worker in its place", 10)
    inspected_again(lab)


def test_the_broker_dies_and_a_download_does_not_notice(lab, tmp_path):
    download = clients.Download(lab, tmp_path / "big.bin", NEWS + "files/big.bin")
    stop_quietly(lab, "sluice-broker")
    wait_until(lambda: not lab.processes.alive("sluice-broker"), "the broker to be gone")
    assert issuer_of(lab, NEWS) == THEIRS
    lab.gateway.start_broker()
    inspected_again(lab)
    download.assert_whole()


def test_the_data_plane_dies_and_a_download_goes_on(lab, tmp_path):
    download = clients.Download(lab, tmp_path / "big.bin", NEWS + "files/big.bin")
    stop_quietly(lab, "sluice-dataplane")
    wait_until(lambda: not lab.processes.alive("sluice-dataplane"), "the data plane to be gone")
    lab.gateway.start_dataplane()
    download.assert_whole()
    inspected_again(lab)


# ---- changes under load ----
class Load:
    """One request after the other; what went wrong."""

    def __init__(self, lab):
        self.lab, self.over, self.failures, self.issuers = lab, threading.Event(), [], []
        self.thread = threading.Thread(target=self._ask)
        self.thread.start()

    def _ask(self):
        while not self.over.is_set():
            try:
                self.issuers.append(issuer_of(self.lab, NEWS))
            except AssertionError as error:
                self.failures.append(str(error))

    def end(self):
        self.over.set()
        self.thread.join(30)


def test_another_generation_of_the_CA_and_no_request_fails(lab, tmp_path):
    gateway, ca = lab.gateway, lab.inspection.ca
    passphrase = lab.plan.state / "ceremony-passphrase"
    gateway.ctl("ca", "ceremony", "--out", tmp_path / "ca", "--generation", "lab-2",
                "--organisation", "Sluice lab", "--log-name", "lab.example/issuance",
                "--root-from", ca / "offline", "--root-passphrase-file", passphrase,
                "--passphrase-file", passphrase)
    shutil.copytree(tmp_path / "ca/gateway/lab-2", ca / "gateway/lab-2")
    run(["chown", "-R", SIGNER_USER, ca / "gateway/lab-2"])
    load = Load(lab)
    try:
        wait_until(lambda: OURS in load.issuers, "leaves of the first generation")
        activate = lambda generation: gateway.ctl(  # noqa: E731
            "ca", "activate", generation, "--dir", ca / "gateway", "--signer",
            lab.inspection.signer_socket)
        activate("lab-2")
        wait_until(lambda: "Sluice issuing lab-2" in load.issuers, "leaves of the second", 15)
        activate("lab-1")
        wait_until(lambda: load.issuers[-1] == OURS, "leaves of the first again", 15)
    finally:
        load.end()
    assert not load.failures and set(load.issuers) == {OURS, "Sluice issuing lab-2"}


def test_what_becomes_exempt_is_left_alone_at_once(lab, policy):
    client = TlsClient(lab, "news.example")
    client.socket.sendall(client.hello())
    assert client._until_done(client.tls.do_handshake) is None
    names = policy / "lists/news.txt"
    names.write_text(names.read_text().replace("news.example\n", "", 1))
    banks = policy / "lists/banking.txt"
    banks.write_text(banks.read_text() + "news.example\n")
    lab.gateway.commit(policy, "the news are a bank now")
    try:
        while client.socket.recv(65536):  # what was inspected is closed: the client comes again
            pass
    except ConnectionResetError:
        pass
    assert issuer_of(lab, NEWS) == THEIRS
