"""Either daemon is killed in a loop while real downloads run; a worker is made to stand still."""
import contextlib
import ctypes
import hashlib
import itertools
import os
import pathlib
import signal
import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

import clients
from lab import origins
from lab.lab import stop_quietly
from lab.shell import LabError, entered, wait_until
from test_uplinks import Download

KILLS = 4
_libc = ctypes.CDLL("libc.so.6", use_errno=True)
_libc.ptrace.argtypes = (ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p)
_libc.ptrace.restype = ctypes.c_long
PTRACE_SEIZE, PTRACE_INTERRUPT, PTRACE_DETACH = 0x4206, 0x4207, 17
WALL = 0x40000000  # __WALL: threads too


def ptrace(request, tid):
    if _libc.ptrace(request, tid, None, None) != 0:
        raise LabError(f"ptrace {request:#x} of thread {tid}: {os.strerror(ctypes.get_errno())}")


@contextlib.contextmanager
def standing_still(tid):
    """One thread of another process does not run inside the block; SIGSTOP would stop them all."""
    ptrace(PTRACE_SEIZE, tid)
    try:
        ptrace(PTRACE_INTERRUPT, tid)
        os.waitpid(tid, WALL)
        yield
    finally:
        ptrace(PTRACE_DETACH, tid)


def worker_threads(lab):
    """Threads that are bound to one CPU and named as DPDK names its workers."""
    tasks = pathlib.Path(f"/proc/{lab.processes.pid('sluice-dataplane')}/task")
    return sorted(int(t.name) for t in tasks.iterdir()
                  if "worker" in (t / "comm").read_text())


def out_of_balance(counters):
    """rx - (forwarded + dropped + blocked + held): 0 at every read, also under traffic."""
    worker = counters["worker"]
    return (worker["rx"] - worker["forwarded"] - worker["held"]
            - sum(counters["dropped"].values()) - sum(counters["blocked"].values()))


def worker_rows(lab):
    return [r for r in lab.gateway.items("status") if r["part"] == "worker"]


@contextlib.contextmanager
def watched_download(lab, path):
    """A download and, at the end, its bytes checked: (download, future of its longest pause)."""
    whole = origins.big_file(lab.plan)
    download = Download(lab, path, 4)
    with ThreadPoolExecutor(1) as pool:
        yield download, pool.submit(download.longest_pause)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == whole


def test_a_download_does_not_notice_that_sluiced_is_killed_again_and_again(lab, tmp_path):
    with watched_download(lab, tmp_path / "big.bin") as (download, pause):
        for n in range(KILLS):
            # The next kill comes when bytes have moved: the order of events is always the same.
            wait_until(lambda: download.size() > (n + 1) * 4_000_000, "some megabytes to arrive")
            stop_quietly(lab, "sluiced")
            wait_until(lambda: not lab.processes.alive("sluiced"), "sluiced to be gone")
            before = download.size()
            wait_until(lambda: download.size() > before, "bytes to arrive without sluiced", 2)
            lab.gateway.start_control()
            lab.gateway.wait_in_force()
            assert out_of_balance(lab.gateway.counters()) == 0
        assert download.process.poll() is None, "all deaths were in the middle of the download"
    assert pause.result() <= 1.0, f"{pause.result():.2f} s without a byte"


@pytest.mark.parametrize("number", (signal.SIGTERM, signal.SIGKILL), ids=("TERM", "KILL"))
def test_a_download_goes_on_through_a_new_data_plane(lab, tmp_path, number):
    """It forgets all flows; `midstream: open` of the sample's fail table takes them up again."""
    with watched_download(lab, tmp_path / "big.bin") as (download, pause):
        wait_until(lambda: download.size() > 4_000_000, "some megabytes to arrive")
        began = time.monotonic()
        lab.processes.stop("sluice-dataplane", number)
        lab.gateway.start_dataplane()
        lab.gateway.wait_in_force()
        away = time.monotonic() - began
        assert download.process.poll() is None, "it ended before the data plane did"
    counters = lab.gateway.counters()
    assert counters["fail_open"]["midstream"] > 0 and out_of_balance(counters) == 0, counters
    print(f"data plane away {away:.2f} s, longest pause of the download {pause.result():.2f} s")
    # TCP doubles its timeout: it tries again before as much time as it was silent has passed twice.
    assert pause.result() <= 2 * away + 1.0


def test_the_data_plane_is_killed_again_and_again_while_clients_ask(lab):
    for _ in range(KILLS):
        stop_quietly(lab, "sluice-dataplane")
        wait_until(lambda: not lab.processes.alive("sluice-dataplane"), "the data plane to be gone")
        lab.gateway.start_dataplane()
        lab.gateway.wait_in_force()
        clients.text_of(lab, "ministry", "https://bank.example/")
        clients.assert_reset(lab, "ministry", "https://casino.example/")
        counters = lab.gateway.counters()
        assert counters["worker"]["rx"] > 0 and out_of_balance(counters) == 0, counters


def test_a_worker_that_stands_still_is_told_with_its_stack(lab):
    threads = worker_threads(lab)
    assert len(threads) == len(worker_rows(lab)), threads
    assert all(r["ok"] for r in worker_rows(lab))
    log = lab.plan.logs / "sluice-dataplane.log"
    written = log.stat().st_size
    with standing_still(threads[0]):
        wait_until(lambda: any("STALLED" in r["detail"] for r in worker_rows(lab)),
                   "the watchdog to notice")
        assert sum(not r["ok"] for r in worker_rows(lab)) == 1, "the others turn"
    wait_until(lambda: all(r["ok"] for r in worker_rows(lab)), "the worker to turn again")
    def told():
        return log.read_bytes()[written:].decode(errors="replace")
    wait_until(lambda: "turns again" in told(), "its return to be logged")
    assert "has not turned for" in told()
    # The thread writes its own stack as soon as it runs.
    wait_until(lambda: "stack of a worker" in told() and "sluice-dataplane(" in told(), "its stack")
    clients.text_of(lab, "ministry", "https://bank.example/")


def test_packets_for_a_worker_that_stands_still_follow_the_fail_table(lab):
    threads = worker_threads(lab)
    if len(threads) < 2:
        pytest.skip("one CPU here: no worker receives packets for another")
    def stopped():
        return lab.gateway.counters().get("fail_closed", {}).get("worker_stalled", 0)
    before = stopped()
    with entered(lab.plan.netns("ministry")):
        client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    hosts = itertools.cycle(range(1, 255))  # the address pair says which worker has a flow
    with client, standing_still(threads[-1]):
        wait_until(lambda: any("STALLED" in r["detail"] for r in worker_rows(lab)),
                   "the watchdog to notice")
        def one_is_stopped():
            client.sendto(b"x", (f"192.0.2.{next(hosts)}", 4000))
            return stopped() > before
        wait_until(one_is_stopped, "a packet for the worker to be stopped")
        counters = lab.gateway.counters()
        assert counters["dropped"]["worker_gone"] > 0 and out_of_balance(counters) == 0, counters
    wait_until(lambda: all(r["ok"] for r in worker_rows(lab)), "the worker to turn again")
    clients.text_of(lab, "ministry", "https://bank.example/")
