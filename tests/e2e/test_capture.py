"""sluicectl capture: what is taken, what is cut, who is told; what was dropped, and why."""
import struct
import subprocess

import clients
from lab.shell import wait_until

HEADERS_MAX = 14 + 60 + 60  # Ethernet, IP and TCP with all their options


def packets_of(path):
    """(wire size, bytes) of each packet in a pcapng file; every block must be whole."""
    data, at, packets = path.read_bytes(), 0, []
    while at < len(data):
        kind, size = struct.unpack_from("=II", data, at)
        assert size % 4 == 0 and struct.unpack_from("=I", data, at + size - 4)[0] == size
        if kind == 6:
            kept, whole = struct.unpack_from("=II", data, at + 20)
            packets.append((whole, data[at + 28:at + 28 + kept]))
        at += size
    assert at == len(data)
    return packets


def capture(lab, path, *words):
    """Begins a capture and waits until its file is there."""
    process = lab.gateway.begin("capture", path, "--seconds", "20", "--reason", "a test", *words)
    wait_until(lambda: path.exists() and path.stat().st_size > 0, "the capture to begin")
    return process


def finish(process):
    try:
        assert process.wait(timeout=30) == 0
    except subprocess.TimeoutExpired:
        process.kill()
        raise


def test_headers_of_an_address(lab, tmp_path):
    path = tmp_path / "headers.pcapng"
    server = clients.address_of("news.example")
    process = capture(lab, path, "--address", server, "--packets", "6")
    wait_until(lambda: process.poll() is not None
               or not clients.text_of(lab, "ministry", "http://news.example/"),
               "six packets", 30)
    finish(process)
    packets = packets_of(path)
    assert len(packets) == 6
    assert all(len(kept) <= HEADERS_MAX for _, kept in packets), packets
    assert any(whole > HEADERS_MAX for whole, _ in packets), "nothing had a payload to be cut"


def test_payload_needs_a_grant_and_spares_the_exempt(lab, tmp_path):
    path = tmp_path / "payload.pcapng"
    refused = lab.gateway.ctl("capture", path, "--address", "10.10.0.5", "--reason", "x",
                              "--payload", check=False)
    assert refused.returncode == 2, refused.stderr
    process = capture(lab, path, "--org", "ministry", "--payload", "--grant", "warrant 1/26",
                      "--packets", "60")
    # The connections end here, so that both have been judged by the time the last packet passes.
    wait_until(lambda: process.poll() is not None
               or not (clients.text_of(lab, "ministry", "http://news.example/")
                       and clients.text_of(lab, "ministry", "https://bank.example/")),
               "sixty packets", 40)
    finish(process)
    web = [kept for _, kept in packets_of(path) if b"Host: news.example" in kept]
    assert web, "the request to a site that is not exempt should be there"
    bank = bytes(map(int, clients.address_of("bank.example").split(".")))
    exempt = [kept for whole, kept in packets_of(path) if bank in kept[26:34]]
    assert exempt and all(len(kept) <= HEADERS_MAX for kept in exempt)


def test_what_was_dropped_for_a_reason(lab, tmp_path):
    path = tmp_path / "dropped.pcapng"
    script = ("from scapy.all import IP, Raw, send; "
              f"send(IP(dst='{clients.address_of('news.example')}', proto=6, flags='MF')"
              " / Raw(b'x' * 8), verbose=0)")
    process = capture(lab, path, "--drop-reason", "fragment_tiny", "--packets", "1")
    wait_until(lambda: process.poll() is not None
               or lab.run_in("ministry", ["/usr/bin/python3", "-c", script]).returncode != 0
               or not clients.text_of(lab, "ministry", "http://news.example/"),
               "a tiny fragment to be dropped", 20)
    finish(process)
    [(_, kept)] = packets_of(path)
    assert kept[20] & 0x20, "more fragments"
    refused = lab.gateway.ctl("capture", path, "--drop-reason", "no_such", "--reason", "x",
                              check=False)
    assert refused.returncode == 2 and "no reason of drops" in refused.stderr


def test_a_capture_of_nothing_is_refused(lab, tmp_path):
    for words in ([], ["--address", "somewhere"], ["--org", "nobody"], ["--flow", "7-7"]):
        done = lab.gateway.ctl("capture", tmp_path / "x.pcapng", "--reason", "x", *words,
                               check=False)
        assert done.returncode in (1, 2), (words, done.returncode, done.stderr)
