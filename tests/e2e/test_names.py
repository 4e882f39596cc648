"""Names are found however the bytes arrive: segments of one byte, kept-alive connections."""
import socket
import ssl

import pytest

import clients

FAMILIES = pytest.mark.parametrize("family", (4, 6))


def client_hello(name):
    """The first flight of a real TLS client."""
    outgoing = ssl.MemoryBIO()
    context = ssl.create_default_context()
    tls = context.wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname=name)
    with pytest.raises(ssl.SSLWantReadError):
        tls.do_handshake()
    return outgoing.read()


def answer_to_hello(lab, name, family, piece):
    """What comes back to a hello sent in pieces: its first bytes, or the reset as an exception."""
    with clients.connect(lab, "ministry", name, 443, family) as connection:
        hello = client_hello(name)
        for at in range(0, len(hello), piece):
            connection.send(hello[at:at + piece])
        return connection.recv(5)


@FAMILIES
@pytest.mark.parametrize("piece", (1, 7, 100))
def test_hello_in_tiny_segments_is_blocked(lab, family, piece):
    with pytest.raises((ConnectionResetError, BrokenPipeError)):
        answer_to_hello(lab, "casino.example", family, piece)


@FAMILIES
@pytest.mark.parametrize("piece", (1, 7, 100))
def test_hello_in_tiny_segments_is_answered(lab, family, piece):
    answer = answer_to_hello(lab, "bank.example", family, piece)
    assert answer[:2] == b"\x16\x03", answer  # a handshake record: the ServerHello
    clients.wait_for_reason(lab, "ministry", "bank.example", "exempt_finance", family)


def response(connection):
    """One whole HTTP/1.1 response: (status line, body)."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += _more(connection)
    head, _, body = data.partition(b"\r\n\r\n")
    length = int(next(line for line in head.split(b"\r\n")
                      if line.lower().startswith(b"content-length")).split(b":")[1])
    while len(body) < length:
        body += _more(connection)
    return head.split(b"\r\n")[0].decode(), body.decode()


def _more(connection):
    data = connection.recv(65536)
    assert data, "closed in the middle of a response"
    return data


@FAMILIES
def test_each_request_of_a_kept_connection_is_judged(lab, family):
    with clients.connect(lab, "ministry", "news.example", 80, family) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: news.example\r\n\r\n")
        assert response(connection) == ("HTTP/1.1 200 OK", "news.example over http\n")
        connection.sendall(b"GET / HTTP/1.1\r\nHost: casino.example\r\n\r\n")
        status, body = response(connection)
        assert status.startswith("HTTP/1.1 403"), status
        assert clients.PAGE.search(body)[1] == "3001"


@FAMILIES
def test_host_in_tiny_segments_is_blocked(lab, family):
    with clients.connect(lab, "ministry", "casino.example", 80, family) as connection:
        for byte in b"GET / HTTP/1.1\r\nHost: casino.example\r\n\r\n":
            connection.send(bytes([byte]))
        assert response(connection)[0].startswith("HTTP/1.1 403")


def test_a_client_that_says_nothing_is_not_held(lab):
    """The server speaks first in ssh: nothing waits for a name that will not come."""
    with clients.connect(lab, "ministry", "shell.example", 22) as connection:
        assert connection.recv(4) == b"SSH-"
        connection.shutdown(socket.SHUT_RDWR)
