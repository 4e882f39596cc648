"""An organisation's signed request reaches packets: put into the watched folder, decided, undone by another."""
import datetime
import shutil
import sys

import pytest

import clients
from conftest import ROOT
from lab.shell import wait_until

sys.path.insert(0, str(ROOT / "tools"))
import request_pki  # noqa: E402

NEWS = "https://news.example/"
BIN = "990140000001"
REFUSED = 7


@pytest.fixture(name="paper")
def fixture_paper(lab, policy):
    """A PKI, a folder that is watched, and the ministry's identifier in the policy in force."""
    place = lab.plan.state / "paper"
    pki = request_pki.Pki(place / "pki")
    pki.make({"ministry": BIN, "stranger": "111111111111"})
    folder = place / "in"
    folder.mkdir()
    config = place / "requests.yaml"
    config.write_text(f"folder: {folder}\ntrust: {pki.dir}/trust\ncrls: {pki.dir}/crls\n"
                      "identifier: OU\nidentifier_prefix: BIN\n", encoding="ascii")
    for path in (place, folder, pki.dir, pki.dir / "trust", pki.dir / "crls"):
        path.chmod(0o777)
    gateway = lab.gateway
    lab.processes.stop("sluiced")
    gateway.control_options = ["--clock", "any", "--requests", config]
    gateway.start_control()
    organisations = policy / "organisations.yaml"
    text = organisations.read_text(encoding="utf-8")
    organisations.write_text(text.replace("contract: TA-2025/117", "contract: TA-2025/117\n    "
                                          f"identifier: \"{BIN}\"", 1), encoding="utf-8")
    gateway.commit(policy, "the ministry's identifier")
    yield pki, folder
    # However far the test came: its list no longer holds.
    for row in gateway.items("request", "list", "--organisation", "ministry"):
        gateway.ctl("case", "event", row["case"], "hand_over", "--reason", "end of the test",
                    check=False)
    gateway.wait_in_force()
    lab.processes.stop("sluiced")
    gateway.control_options = ["--clock", "any"]
    gateway.start_control()
    shutil.rmtree(place)


def put(pki, folder, name, text, signer="ministry"):
    """Signs the text and hands it in; its place afterwards, `taken` or `refused`."""
    plain = pki.dir / f"{name}.yaml"
    plain.write_text(text, encoding="utf-8")
    pki.sign(signer, plain, pki.dir / f"{name}.p7m")
    (pki.dir / f"{name}.p7m").chmod(0o644)
    (pki.dir / f"{name}.p7m").rename(folder / f"{name}.p7m")
    places = [folder / word / f"{name}.p7m" for word in ("taken", "refused")]
    wait_until(lambda: any(p.exists() for p in places), f"{name} to be judged", 20.0)
    return next(p.parent.name for p in places if p.exists())


def yearly(number, event, categories, case=None):
    today = (datetime.datetime.utcnow() + datetime.timedelta(hours=5)).date()
    what = f"case: {case}" if case else "lifecycle: access-policy"
    return (f"request: {number}\norganisation: ministry\n{what}\nevent: {event}\nfields:\n"
            f"  categories: [{categories}]\n  addresses: [10.1.0.0/16]\n  valid_from: {today}\n"
            f"  valid_until: {today + datetime.timedelta(days=300)}\n")


def test_a_signed_list_is_applied_and_explained(lab, paper):
    pki, folder = paper
    gateway = lab.gateway
    clients.text_of(lab, "ministry", NEWS)
    assert put(pki, folder, "foreign", yearly("S-0", "submit", "news"), "stranger") == "refused"
    assert put(pki, folder, "first", yearly("S-1", "submit", "infrastructure,cdn")) == "taken"
    assert put(pki, folder, "twice", yearly("S-1", "submit", "infrastructure,cdn")) == "refused"
    row = gateway.items("request", "list", "--organisation", "ministry")[0]
    assert (row["number"], row["via"]) == ("S-1", "folder") and BIN in row["signer"]
    case = row["case"]
    clients.text_of(lab, "ministry", NEWS)  # submitted, not yet decided
    gateway.ctl("case", "event", case, "apply", "--reason", "e2e")

    def closed():
        return lab.curl("ministry", NEWS).returncode in (REFUSED, *clients.RESET)
    wait_until(closed, "the list without news to be in force", 15.0)
    explained = gateway.items("explain", "news.example", "--org", "ministry")[0]
    assert explained["reason"] != "allowed"
    behind = [r for r in explained["requests"] if r["number"] == "S-1"]
    assert behind[0]["signer"] == row["signer"] and behind[0]["case"] == case
    first = gateway.items("case", "show", case)[0]["events"][0]
    assert first["request"] == row["id"] and first["by"] == "user"
    assert put(pki, folder, "second",
               yearly("S-2", "resubmit", "news,infrastructure,cdn,uncategorised", case)) == "taken"
    gateway.ctl("case", "event", case, "apply", "--reason", "e2e")
    wait_until(lambda: lab.curl("ministry", NEWS).returncode == 0, "news to be open again", 15.0)
    pki.revoke("ministry")
    assert put(pki, folder, "third", yearly("S-3", "resubmit", "news", case)) == "refused"
    why = (folder / "refused" / "third.p7m.txt").read_text(encoding="utf-8")
    assert why.startswith("certificate: ") and "revoked" in why
