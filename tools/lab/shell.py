"""Running programs, waiting for conditions, entering namespaces."""
import contextlib
import ctypes
import os
import socket
import subprocess
import time

_libc = ctypes.CDLL("libc.so.6", use_errno=True)
CLONE_NEWNET = 0x40000000


class LabError(Exception):
    """Something in the lab did not come about; the text says what and what to look at."""


def run(argv, check=True, **options):
    """Runs a program to its end and returns it with its output as text. Not for daemons."""
    done = subprocess.run([str(a) for a in argv], text=True, capture_output=True, **options)
    if check and done.returncode != 0:
        words = " ".join(str(a) for a in argv)
        raise LabError(f"{words}: exit {done.returncode}\n{done.stdout}{done.stderr}".rstrip())
    return done


def in_netns(netns, argv):
    """The command line that runs `argv` in a namespace (with its /etc/netns files)."""
    return ["ip", "netns", "exec", netns, *[str(a) for a in argv]]


def wait_until(condition, what, seconds=10.0, every=0.02):
    """Polls until `condition()` is true and returns what it gave; LabError when time is up."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise LabError(f"waited {seconds:g} s for {what}")
        time.sleep(every)


@contextlib.contextmanager
def entered(netns):
    """This thread is in the namespace inside the block: sockets made there stay there."""
    home = os.open("/proc/self/ns/net", os.O_RDONLY)
    there = os.open(f"/run/netns/{netns}", os.O_RDONLY)
    try:
        _set_netns(there)
        yield
    finally:
        _set_netns(home)
        os.close(there)
        os.close(home)


def _set_netns(descriptor):
    if _libc.setns(descriptor, CLONE_NEWNET) != 0:
        raise LabError(f"setns: {os.strerror(ctypes.get_errno())} (needs root)")


def accepts(netns, address, port):
    """Whether something listens on TCP there, seen from inside that namespace (None: from here)."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    inside = entered(netns) if netns else contextlib.nullcontext()
    with inside, socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.settimeout(1.0)
        return probe.connect_ex((address, port)) == 0


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path
