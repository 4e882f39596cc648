"""Deadlines reach packets: G13 and G15-1, with sluiced on other days than the data plane (libfaketime)."""
import datetime
import glob
import json

import pytest

import clients
from lab import plan as at
from lab.shell import wait_until

STRANGER = at.CLIENTS[2].v4
NEWS = "https://news.example/"


def restart(lab, *options, days=0):
    """sluiced again, on a day `days` from now; it sweeps when it starts."""
    gateway = lab.gateway
    lab.processes.stop("sluiced")
    gateway.control_options = ["--clock", "any", *options]
    gateway.control_prefix = []
    if days:
        library = glob.glob("/usr/lib/*/faketime/libfaketime.so.1")
        gateway.control_prefix = ["env", f"LD_PRELOAD={library[0]}", f"FAKETIME=+{days}d",
                                  "FAKETIME_DONT_FAKE_MONOTONIC=1"]
    gateway.start_control()
    gateway.wait_in_force()


@pytest.fixture(name="other_days")
def fixture_other_days(lab):
    if not glob.glob("/usr/lib/*/faketime/libfaketime.so.1"):
        pytest.skip("libfaketime is not installed: tools/install-packages")
    yield lambda *options, days=0: restart(lab, *options, days=days)
    restart(lab)
    lab.gateway.ctl("deadline", "release", "--clock", "--reason", "end of a test")


def case(lab, name):
    return lab.gateway.items("case", "show", name)[0]


def wait_state(lab, name, state):
    wait_until(lambda: case(lab, name)["state"] == state, f"{name} to be {state}", 20.0)


def event(lab, name, word, *fields):
    given = [part for field in fields for part in ("--field", field)]
    lab.gateway.ctl("case", "event", name, word, "--reason", "e2e", *given)


def cases_of(lab, life_cycle):
    return lab.gateway.items("case", "list", "--lifecycle", life_cycle)


def stranger_cases(lab):
    return [c for c in cases_of(lab, "unknown-source") if STRANGER in c["fields"]["addresses"]]


REFUSED = 7  # the SYN itself is answered with a reset


def wait_blocked(lab, client):
    def blocked():
        return lab.curl(client, NEWS).returncode in (REFUSED, *clients.RESET)
    wait_until(blocked, f"{client} to be blocked", 15.0)


def test_g13_blocked_after_the_deadline_and_open_after_the_catalog(lab, policy, other_days):
    noise = ("--unknown-packets", "2", "--unknown-seconds", "0")
    clients.text_of(lab, "stranger", NEWS)
    clients.text_of(lab, "stranger", NEWS)

    def reported():
        return any(STRANGER in row.values() and row["packets"] >= 2
                   for row in lab.gateway.items("catalog", "unknown"))
    wait_until(reported, "the stranger to be reported")
    other_days(*noise)
    wait_until(lambda: stranger_cases(lab), "a case about the stranger", 20.0)
    name = stranger_cases(lab)[0]["id"]
    event(lab, name, "delivered")
    other_days(*noise, days=1)
    clients.text_of(lab, "stranger", NEWS)
    assert case(lab, name)["state"] == "notified"
    other_days(*noise, days=16)
    wait_state(lab, name, "overdue")
    wait_blocked(lab, "stranger")
    clients.text_of(lab, "ministry", NEWS)
    # Going back in the policy does not resurrect the address.
    lab.gateway.commit(policy, "the same again")
    wait_blocked(lab, "stranger")
    with open(policy / "catalog.csv", "a", encoding="utf-8") as catalog:
        catalog.write(f"operator,prefix,organisation\ntelco-a,{STRANGER}/32,hospital\n")
    lab.gateway.commit(policy, "the catalog has it")
    clients.text_of(lab, "stranger", NEWS)
    wait_state(lab, name, "healed")
    reasons = [e["rule"] for e in case(lab, name)["events"] if e["kind"] == "event"]
    assert set(reasons) == {"G13"}


def test_g15_1_a_list_ends_and_is_renewed(lab, other_days):
    lab.gateway.ctl("deadline", "release", "--clock", "--reason", "e2e", check=False)
    today = (datetime.datetime.utcnow() + datetime.timedelta(hours=5)).date()
    days = datetime.timedelta

    def listed(start, end, request):
        return (f"request={request}", "categories=news,infrastructure,cdn,uncategorised",
                "addresses=10.1.0.0/16", f"valid_from={start}", f"valid_until={end}")
    given = [part for field in ("organisation=ministry",
                                *listed(today - days(300), today, "IR-1"))
             for part in ("--field", field)]
    done = lab.gateway.ctl("-o", "json", "case", "open", "access-policy", "submit", "--by", "user",
                           "--reason", "yearly list", *given)
    name = json.loads(done.stdout)["items"][0]["id"]
    event(lab, name, "apply")
    wait_until(lambda: case(lab, name)["effects"], "the list to be in force")
    lab.gateway.wait_in_force()
    clients.text_of(lab, "ministry", NEWS)
    other_days(days=2)
    wait_state(lab, name, "expired")
    wait_blocked(lab, "ministry")
    clients.text_of(lab, "hospital", NEWS)
    event(lab, name, "resubmit", *listed(today, today + days(300), "IR-2"))
    wait_blocked(lab, "ministry")  # not open before it is applied
    event(lab, name, "apply")

    def open_again():
        return lab.curl("ministry", NEWS).returncode == 0
    wait_until(open_again, "the renewed list to be in force", 15.0)
    event(lab, name, "hand_over")
    lab.gateway.wait_in_force()
