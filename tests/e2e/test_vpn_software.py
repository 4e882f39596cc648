"""Real VPN, tunnel, proxy and sharing software through the gateway (G15-2): closed without a grant, open
with `sluicectl vpn open`, closed again with `vpn close`. `vpn/` holds one file a kind."""
import datetime

import pytest

from lab.shell import wait_until
from vpn import covert, hidden, ipsec, mesh, openvpn, ppp_tunnels, proxies, sharing, tor, web_vpn, wireguard
from vpn.software import CLIENT, Bench

UNTIL = str(datetime.date.today() + datetime.timedelta(days=100))
# Seen with the real software, and not told yet: what each is told as instead.
MISSED = {"dns2tcp": "its queries are told as dns",
          "ptunnel-ng": "its echoes are told as icmp",
          "tor": "its hello is told as tls", "openconnect": "its TLS is told as tls; DTLS alone is blocked",
          "tinyproxy-url": "an absolute URL is told as http, and judged by its name"}
NEEDS_GRANT = [software for module in (openvpn, wireguard, ipsec, ppp_tunnels, mesh, covert, proxies, sharing,
                                       tor, web_vpn) for software in module.ALL]


@pytest.fixture(scope="module", autouse=True)
def sample_again(lab):
    """Grants of a case that failed half-way do not stay."""
    yield
    from lab.gateway import SAMPLE_POLICY
    lab.gateway.commit(SAMPLE_POLICY, "end of the VPN tests")


@pytest.fixture
def bench(lab, request, tmp_path):
    number = 10 + (NEEDS_GRANT + hidden.ALL).index(request.getfixturevalue("software"))
    bench = Bench(lab, number, tmp_path)
    yield bench
    bench.clear()


def ctl_vpn(lab, *words):
    lab.gateway.ctl("vpn", *words)
    lab.gateway.wait_in_force()


def seen(bench):
    return {(flow["protocol"], flow["reason"]) for flow in bench.flows()}


def wait_for_works(bench, software):
    try:
        wait_until(lambda: software.works(bench), software.name, seconds=15)
    except Exception as error:
        raise AssertionError(f"{error}; flows {seen(bench)}; logs:\n{bench.logs()}") from error


def wait_for_block(bench, software, words):
    """The client tries, does not get through, and flows say why."""
    blocked = {(word, "threat_protocol") for word in words}
    def told():
        worked = software.works(bench)
        return blocked & seen(bench) and not worked
    try:
        wait_until(told, f"{blocked} for {software.name}", seconds=6)
    except Exception as error:
        raise AssertionError(f"{error}; flows {seen(bench)}; logs:\n{bench.logs()}") from error
    assert not software.works(bench), bench.logs()


def case(software):
    reason = MISSED.get(software.name)
    marks = [pytest.mark.xfail(reason=reason, strict=True)] if reason else []
    return pytest.param(software, id=software.name, marks=marks)


@pytest.mark.parametrize("software", map(case, NEEDS_GRANT))
def test_closed_opened_closed(lab, software, bench):
    software.serve(bench)
    software.connect(bench)
    wait_for_block(bench, software, {software.word})
    bench.disconnect()
    for word in software.opened_by:
        ctl_vpn(lab, "open", CLIENT, word, "--request", "IR-2026-000900", "--until", UNTIL)
    software.connect(bench)
    wait_for_works(bench, software)
    assert (software.word, software.open_reason) in seen(bench)
    for word in software.opened_by:
        ctl_vpn(lab, "close", CLIENT, word, "--reason", "end of the test")
    wait_for_block(bench, software, set(software.opened_by))


@pytest.mark.parametrize("software", hidden.ALL, ids=lambda s: s.name)
def test_what_is_not_sure_passes_and_is_named(software, bench):
    """Noise is reported as such; what is wrapped in TLS is TLS."""
    software.serve(bench)
    software.connect(bench)
    wait_for_works(bench, software)
    assert software.word in {flow["protocol"] for flow in bench.flows()}
