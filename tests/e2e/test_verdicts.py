"""The shipped sample policy on real traffic: who reaches what, and what the gateway says of it."""
import pytest

import clients
from lab import plan as at
from lab.shell import wait_until

FAMILIES = pytest.mark.parametrize("family", (4, 6))


@FAMILIES
@pytest.mark.parametrize("scheme", ("http", "https"))
def test_news_is_open(lab, family, scheme):
    body = clients.text_of(lab, "ministry", f"{scheme}://news.example/", family)
    assert body == f"news.example over {scheme}\n"
    clients.wait_for_reason(lab, "ministry", "news.example", "under_inspection", family)


@FAMILIES
def test_blocked_name_over_tls_is_reset(lab, family):
    clients.assert_reset(lab, "ministry", "https://casino.example/", family)
    clients.wait_for_reason(lab, "ministry", "casino.example", "not_granted", family)


@FAMILIES
def test_blocked_name_over_http_gets_the_page(lab, family):
    code, reference = clients.assert_page(lab, "ministry", "http://casino.example/", family)
    assert code == 3001
    # The event is on its way to sluiced while the client reads the page already.
    told = wait_until(lambda: lab.gateway.ctl("explain", reference, check=False).stdout,
                      f"explain {reference}")
    assert "3001" in told and "casino.example" in told


@FAMILIES
@pytest.mark.parametrize("name, reason", [
    ("bank.example", "exempt_finance"), ("gov.example", "exempt_government"),
    ("clinic.example", "exempt_health"), ("updates.example", "exempt_os_update")])
def test_exempt_names_say_why(lab, family, name, reason):
    assert clients.text_of(lab, "ministry", f"https://{name}/", family) == f"{name} over https\n"
    clients.wait_for_reason(lab, "ministry", name, reason, family)


@FAMILIES
def test_lists_are_of_each_organisation(lab, family):
    clients.assert_reset(lab, "ministry", "https://social.example/", family)
    clients.text_of(lab, "hospital", "https://social.example/", family)
    clients.wait_for_reason(lab, "hospital", "social.example", "pilot", family)


@FAMILIES
def test_uncategorised_is_a_category(lab, family):
    clients.assert_reset(lab, "ministry", "https://unknown.example/", family)
    clients.wait_for_reason(lab, "ministry", "unknown.example", "uncategorised", family)
    clients.text_of(lab, "hospital", "https://unknown.example/", family)


@FAMILIES
def test_strangers_pass_for_now_and_are_reported(lab, family):
    clients.text_of(lab, "stranger", "https://news.example/", family)
    stranger = at.CLIENTS[2].v4 if family == 4 else at.CLIENTS[2].v6
    def reported():
        return any(stranger in row.values() for row in lab.gateway.items("catalog", "unknown"))
    wait_until(reported, f"{stranger} in `catalog unknown`")


@FAMILIES
def test_names_are_resolved_through_the_gateway(lab, family):
    server = at.DNS_V4 if family == 4 else at.DNS_V6
    done = lab.run_in("ministry", ["dig", "+short", f"@{server}", "A", "gov.example"])
    assert done.stdout.strip() == at.ADDRESSES["gov.example"][0]


@FAMILIES
def test_ssh_banner_passes(lab, family):
    done = lab.run_in("ministry", ["ssh-keyscan", f"-{family}", "-T", "5", "-t", "ed25519",
                                   at.SSH_NAME])
    assert "SSH-2.0-OpenSSH" in done.stderr and "ssh-ed25519" in done.stdout
    wait_until(lambda: any(row["protocol"] == "ssh"
                           for row in clients.flows(lab, "ministry", at.SSH_NAME, family)),
               "an ssh flow")
