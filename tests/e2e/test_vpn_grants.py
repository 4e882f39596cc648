"""`sluicectl vpn open|list|close` against a running sluiced (G15-2): what it commits and what it refuses."""
import datetime

import pytest

from lab.gateway import SAMPLE_POLICY

REQUEST = "IR-2026-000901"


def day(offset):
    return str(datetime.date.today() + datetime.timedelta(days=offset))


@pytest.fixture(autouse=True)
def sample_again(lab):
    yield
    lab.gateway.commit(SAMPLE_POLICY, "end of a test of grants")


def vpn_open(lab, organisation="ministry", word="openvpn", until=day(30), *more):
    return lab.gateway.ctl("vpn", "open", organisation, word, "--request", REQUEST, "--until", until, *more,
                           check=False)


def head(lab):
    return lab.gateway.items("policy", "history")[0]


def listed(lab):
    return lab.gateway.ctl("vpn", "list").stdout


def test_open_is_a_commit_that_is_listed_and_taken_back(lab):
    before = head(lab)
    done = vpn_open(lab)
    assert done.returncode == 0, done.stderr
    assert head(lab) != before and REQUEST in str(head(lab))
    row = next(line for line in listed(lab).splitlines() if "openvpn" in line)
    assert "ministry" in row and REQUEST in row
    closed = lab.gateway.ctl("vpn", "close", "ministry", "openvpn", "--reason", "no longer needed")
    assert closed.returncode == 0 and "openvpn" not in listed(lab)
    assert "wireguard" in listed(lab), "the hospital's own grant stays"
    assert "no longer needed" in str(head(lab))


def test_a_class_is_opened_by_its_word(lab):
    assert vpn_open(lab, word="vpn").returncode == 0
    assert any("ministry" in line and "vpn" in line for line in listed(lab).splitlines())


@pytest.mark.parametrize("organisation, word, until, more, says", [
    ("nobody", "openvpn", day(30), [], "nobody"),
    ("ministry", "opnvpn", day(30), [], "opnvpn"),
    ("ministry", "http", day(30), [], "http"),
    ("ministry", "openvpn", "tomorrow", [], "tomorrow"),
    ("ministry", "openvpn", "2027-02-30", [], "2027-02-30"),
    ("ministry", "openvpn", day(-1), [], "grants.yaml"),
    ("ministry", "openvpn", day(10), ["--from", day(20)], "grants.yaml"),
], ids=["unknown-organisation", "unknown-word", "needs-no-grant", "no-date", "no-such-day", "over", "ends-first"])
def test_refused_and_nothing_is_committed(lab, organisation, word, until, more, says):
    before, rows = head(lab), listed(lab)
    done = vpn_open(lab, organisation, word, until, *more)
    assert done.returncode == 6, f"{done.returncode} {done.stdout} {done.stderr}"
    assert says in done.stdout + done.stderr
    assert (head(lab), listed(lab)) == (before, rows)


def test_opened_twice_is_refused(lab):
    assert vpn_open(lab).returncode == 0
    again = vpn_open(lab, until=day(60))
    assert again.returncode == 6 and "duplicate_entry" in again.stderr, again.stdout + again.stderr


def test_without_a_request_or_a_grant(lab):
    assert lab.gateway.ctl("vpn", "open", "ministry", "openvpn", "--until", day(30), check=False).returncode == 2
    done = lab.gateway.ctl("vpn", "close", "ministry", "openvpn", "--reason", "none", check=False)
    assert done.returncode == 1 and "not opened" in done.stdout + done.stderr
