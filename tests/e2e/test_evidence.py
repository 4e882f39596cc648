"""Evidence of exempt flows: recorded, sealed by the signer, exported, verified offline."""
import hashlib
import json

import pytest

from lab.lab import stop_quietly
from lab.shell import wait_until
from test_inspected_flows import TlsClient, inspecting, issuer_of

BANK, NEWS = "https://bank.example/", "https://news.example/"
THEIRS = "Sluice lab CA"
FAMILIES = pytest.mark.parametrize("family", (4, 6))


@pytest.fixture(scope="module", autouse=True)
def fixture_inspection(lab):
    with inspecting(lab):
        yield


def log_of(lab):
    return ["--log", lab.inspection.evidence]


def key_of(lab):
    return ["--key", lab.inspection.ca / "gateway" / "log.vkey"]


def lines(lab, **fields):
    return [line for line in lab.gateway.items("tls", "evidence", "list", "--last", "0", *log_of(lab))
            if all(line.get(key) == value for key, value in fields.items())]


def not_kept(lab):
    return lab.gateway.items("tls", "evidence", "status")[0]["not_kept"]


def new_record(lab, before, **fields):
    """The first line with these fields that was not among `before`."""
    old = {line["serial"] for line in before}

    def found():
        return [line for line in lines(lab, **fields) if line["serial"] not in old]
    wait_until(found, f"a record with {fields}", 15)
    return found()[0]


def verified(lab, *words):
    done = lab.gateway.ctl("-o", "json", "tls", "evidence", "verify", *key_of(lab), "--issuance",
                           lab.inspection.issuance, *words, check=False)
    return done.returncode, json.loads(done.stdout)


def exported(lab, file):
    # A seal is signed every second; what is not under one is not in the export.
    def whole():
        lab.gateway.ctl("tls", "evidence", "export", *log_of(lab), *key_of(lab), file)
        return len(file.read_text().splitlines()) == 1 + len(lines(lab))
    wait_until(whole, "all records to be sealed", 15)
    return file


@FAMILIES
def test_an_exempt_flow_is_recorded_with_what_decided(lab, family):
    before = lines(lab)
    assert issuer_of(lab, BANK, family=family) == THEIRS
    record = new_record(lab, before, event="begun", name="bank.example")
    assert record["reason"] == "exempt_finance" and record["reason_code"] == 2001
    assert record["organisation"] == "ministry" and record["remote_port"] == 443
    assert record["entry"]["entry"] == "bank.example" and record["entry"]["list"]
    assert record["client_hello"]["bytes"] > 100 and len(record["bundle"]) == 64


def test_the_hash_is_of_the_hello_that_the_client_sent(lab):
    before = lines(lab)
    client = TlsClient(lab, "bank.example")
    hello = client.hello()
    client.socket.sendall(hello)
    client.socket.close()
    record = new_record(lab, before, event="begun", name="bank.example")
    # One record: five bytes of its head, then the handshake message.
    assert record["client_hello"] == {"bytes": len(hello) - 5,
                                      "sha256": hashlib.sha256(hello[5:]).hexdigest()}


def test_an_inspected_flow_is_no_exempt_one(lab):
    before = lines(lab)
    issuer_of(lab, NEWS)
    assert issuer_of(lab, BANK) == THEIRS
    new_record(lab, before, event="begun", name="bank.example")
    assert not lines(lab, name="news.example")


def test_the_daemon_lists_what_is_exempt_now(lab):
    lost = not_kept(lab)
    assert issuer_of(lab, BANK) == THEIRS
    flows = wait_until(lambda: [flow for flow in lab.gateway.items(
        "tls", "exempt", "list", "--name", "bank.example", "--organisation", "ministry")
        if flow["server_hello"]], "the flow and its answer")
    assert flows[0]["reason"] == "exempt_finance" and flows[0]["server_hello"]["bytes"] > 50
    status = lab.gateway.items("tls", "evidence", "status")[0]
    assert status["configured"] and status["trouble"] is None and status["not_kept"] == lost


def test_an_export_is_verified_anywhere_and_shows_every_change(lab, tmp_path):
    assert issuer_of(lab, BANK) == THEIRS
    file = exported(lab, tmp_path / "evidence.ndjson")
    code, document = verified(lab, "--file", file)
    audit = document["items"][0]
    assert code == 0 and audit["ok"] and audit["flows"] > 0 and audit["leaves_compared"] > 0
    head, *records = file.read_text().splitlines()
    changes = {
        "changed": [records[0].replace('"v":1', '"v":1 '), *records[1:]],
        "removed": records[1:],
        "reordered": [records[1], records[0], *records[2:]],
        "added": [*records, records[0]],
    }
    for what, changed in changes.items():
        file.write_text("\n".join([head, *changed]) + "\n")
        code, document = verified(lab, "--file", file)
        assert code == 1 and document["items"][0]["problems"], what


def test_evidence_outlives_a_killed_signer(lab):
    stop_quietly(lab, "sluice-signer")
    before, lost = lines(lab), not_kept(lab)
    assert issuer_of(lab, BANK) == THEIRS
    wait_until(lambda: lab.gateway.items("tls", "evidence", "status")[0]["waiting"] > 0,
               "records to wait", 15)
    assert lines(lab) == before
    lab.inspection.start_signer()
    new_record(lab, before, event="begun", name="bank.example")
    assert not_kept(lab) == lost
