"""Stands where pppd would: PPP frames (RFC 1662) on stdin and stdout, with LCP echoes (RFC 1661 5.8).

    ppp_echo.py server|client ANSWERS

The client asks and notes each answer in the file ANSWERS, a byte each; the server answers.
"""
import os
import select
import sys
import time
import tty

FLAG, ESCAPE = 0x7E, 0x7D
ECHO_REQUEST, ECHO_REPLY = 9, 10


def checksum(data):
    value = 0xFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0x8408 if value & 1 else 0)
    return value ^ 0xFFFF


def framed(code):
    body = bytes((0xFF, 0x03, 0xC0, 0x21, code, 1, 0, 8, 0x51, 0x1C, 0xE0, code))
    body += checksum(body).to_bytes(2, "little")
    escaped = b"".join(bytes((ESCAPE, b ^ 0x20)) if b < 0x20 or b in (FLAG, ESCAPE) else bytes((b,))
                       for b in body)
    return bytes((FLAG,)) + escaped + bytes((FLAG,))


def codes(frames):
    """Codes of the LCP messages in these whole frames."""
    for frame in frames.split(bytes((FLAG,))):
        out, escaped = bytearray(), False
        for byte in frame:
            if byte == ESCAPE:
                escaped = True
                continue
            out.append(byte ^ 0x20 if escaped else byte)
            escaped = False
        if len(out) > 6 and out[:4] == b"\xff\x03\xc0\x21" and checksum(out[:-2]) == int.from_bytes(
                out[-2:], "little"):
            yield out[4]


def main():
    side, answers = sys.argv[1:]
    source, sink = 0, 1
    if os.isatty(source):
        tty.setraw(source)
    rest, asked = b"", 0.0
    while True:
        if side == "client" and time.monotonic() - asked > 0.1:
            asked = time.monotonic()
            os.write(sink, framed(ECHO_REQUEST))
        if not select.select([source], [], [], 0.1)[0]:
            continue
        data = os.read(source, 4096)
        if not data:
            return
        whole, flag, rest = (rest + data).rpartition(bytes((FLAG,)))
        for code in codes(whole):
            if code == ECHO_REQUEST:
                os.write(sink, framed(ECHO_REPLY))
            elif code == ECHO_REPLY and side == "client":
                with open(answers, "ab") as file:
                    file.write(b".")


try:
    main()
except (OSError, KeyboardInterrupt):
    sys.exit(1)  # the other end of the terminal is gone
