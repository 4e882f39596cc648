"""Real VPN software through the gateway: blocked without a grant, working with one (G15-2)."""
import shutil
import subprocess

import pytest

from lab import plan as at
from lab.shell import wait_until

SERVER = at.ADDRESSES["unknown.example"][0]  # a host on the internet side
TUNNEL_SECONDS = 20


def needs(*programs):
    missing = [name for name in programs if shutil.which(name) is None]
    return pytest.mark.skipif(bool(missing), reason=f"not installed: {', '.join(missing)}")


def protocols(lab, client="ministry"):
    address = next(c.v4 for c in at.CLIENTS if c.name == client)
    return {(row["protocol"], row["reason"]) for row in lab.gateway.items("flow", "--limit", "1000")
            if address in (row["src"], row["dst"])}


def answers(lab, address):
    return lab.run_in("ministry", ["ping", "-c", "1", "-W", "1", address]).returncode == 0


@pytest.fixture
def opened(lab):
    """A function that opens a protocol to the ministry; afterwards it is closed again."""
    words = []

    def open_it(word):
        lab.gateway.ctl("vpn", "open", "ministry", word, "--request", "IR-E2E", "--until", "2099-12-31")
        words.append(word)
        lab.gateway.wait_in_force()

    yield open_it
    for word in words:
        lab.gateway.ctl("vpn", "close", "ministry", word, "--reason", "end of a test")
    lab.gateway.wait_in_force()


@pytest.fixture
def openvpn(lab, tmp_path):
    """Both ends of an OpenVPN tunnel, each with a certificate that the other knows by fingerprint."""
    prints, started = {}, []
    for side in ("server", "client"):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                        "-nodes", "-days", "2", "-subj", f"/CN={side}", "-keyout", f"{tmp_path}/{side}.key",
                        "-out", f"{tmp_path}/{side}.crt"], check=True, capture_output=True)
        out = subprocess.run(["openssl", "x509", "-in", f"{tmp_path}/{side}.crt", "-noout", "-fingerprint",
                              "-sha256"], check=True, capture_output=True, text=True).stdout
        prints[side] = out.strip().partition("=")[2]

    def start(side, role, other, *options):
        lab.processes.start(f"openvpn-{side}", [
            "openvpn", "--dev", f"e2e-{side[:3]}", "--dev-type", "tun", "--cert", f"{tmp_path}/{side}.crt",
            "--key", f"{tmp_path}/{side}.key", "--peer-fingerprint", prints[other], "--proto", "udp4",
            "--port", "1194", "--ping", "1", *options], netns=lab.plan.netns(role), new_log=True)
        started.append(f"openvpn-{side}")

    start("server", "internet", "client", "--tls-server", "--dh", "none", "--ifconfig", "172.31.9.1", "172.31.9.2")
    yield lambda: start("client", "ministry", "server", "--tls-client", "--remote", SERVER, "--ifconfig",
                        "172.31.9.2", "172.31.9.1", "--connect-retry", "1", "2", "--hand-window", "10")
    for name in reversed(started):
        lab.processes.stop(name)


@needs("openvpn", "openssl")
def test_openvpn_is_blocked_without_a_grant_and_works_with_one(lab, openvpn, opened):
    openvpn()
    wait_until(lambda: ("openvpn", "threat_protocol") in protocols(lab), "a blocked OpenVPN flow")
    assert not answers(lab, "172.31.9.1")
    opened("openvpn")
    wait_until(lambda: answers(lab, "172.31.9.1"), "an answer through the tunnel", TUNNEL_SECONDS, 0.2)
    assert ("openvpn", "granted") in protocols(lab)


@pytest.fixture
def wireguard(lab, tmp_path):
    """Both ends of a WireGuard tunnel: wireguard-go in the two namespaces."""
    def wg(*words, text=None):
        return subprocess.run(["wg", *words], input=text, check=True, capture_output=True, text=True).stdout.strip()
    ends = {"server": ("internet", "172.31.8.1"), "client": ("ministry", "172.31.8.2")}
    keys = {}
    for side in ends:
        secret = wg("genkey")
        (tmp_path / side).write_text(secret)
        keys[side] = wg("pubkey", text=secret)
    for side, (role, address) in ends.items():
        name, other = f"e2e-wg-{side[:1]}", "client" if side == "server" else "server"
        lab.processes.start(f"wireguard-{side}", ["wireguard-go", "-f", name], netns=lab.plan.netns(role),
                            new_log=True)
        wait_until(lambda: lab.run_in(role, ["ip", "link", "show", name]).returncode == 0, f"{name} in {role}")
        port = ["listen-port", "51820"] if side == "server" else []
        endpoint = ["endpoint", f"{SERVER}:51820"] if side == "client" else []
        lab.run_in(role, ["wg", "set", name, "private-key", str(tmp_path / side), *port, "peer", keys[other],
                          "allowed-ips", "172.31.8.0/24", *endpoint], check=True)
        lab.run_in(role, ["ip", "address", "add", f"{address}/24", "dev", name], check=True)
        lab.run_in(role, ["ip", "link", "set", name, "up"], check=True)
    yield
    for side in ends:
        lab.processes.stop(f"wireguard-{side}")


@needs("wireguard-go", "wg")
def test_wireguard_is_blocked_without_a_grant_and_works_with_one(lab, wireguard, opened):
    assert not answers(lab, "172.31.8.1")
    wait_until(lambda: ("wireguard", "threat_protocol") in protocols(lab), "a blocked WireGuard flow")
    opened("vpn")
    wait_until(lambda: answers(lab, "172.31.8.1"), "an answer through the tunnel", TUNNEL_SECONDS, 0.2)
    assert ("wireguard", "granted") in protocols(lab)
