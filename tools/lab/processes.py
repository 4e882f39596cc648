"""Daemons of the lab: started with a log and a pid file, ended by exactly that process."""
import os
import pathlib
import signal
import subprocess

from lab.shell import LabError, in_netns, wait_until


def _start_ticks(pid):
    """When a process began (clock ticks since boot), so that a reused pid is not taken for it."""
    try:
        stat = pathlib.Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] == "Z" else fields[19]


class Processes:
    """The daemons of one lab, by name."""

    def __init__(self, state, logs):
        self.pids = state / "pids"
        self.logs = logs
        self.children = {}

    def start(self, name, argv, netns=None, new_log=False):
        """Starts a daemon unless it runs already; one built anew since is started again.

        True when it was started now.
        """
        if self.alive(name):
            if not self._is_older_than(name, argv[0]):
                return False
            self.stop(name)
        self.pids.mkdir(parents=True, exist_ok=True)
        self.logs.mkdir(parents=True, exist_ok=True)
        argv = [str(a) for a in argv]
        with open(self.logs / f"{name}.log", "wb" if new_log else "ab") as log:
            child = subprocess.Popen(
                in_netns(netns, argv) if netns else argv, stdin=subprocess.DEVNULL, stdout=log,
                stderr=log, start_new_session=True)
        self.children[name] = child
        (self.pids / name).write_text(f"{child.pid} {_start_ticks(child.pid)}\n")
        return True

    def _is_older_than(self, name, program):
        program = pathlib.Path(program)
        return program.exists() and program.stat().st_mtime > (self.pids / name).stat().st_mtime

    def pid(self, name):
        """The process id of a running daemon, else None."""
        if name in self.children:
            self.children[name].poll()  # reaps it when it has ended
        try:
            pid, ticks = (self.pids / name).read_text().split()
        except (FileNotFoundError, ValueError):
            return None
        return int(pid) if _start_ticks(pid) == ticks else None

    def alive(self, name):
        return self.pid(name) is not None

    def send(self, name, number):
        """Sends a signal; False when the daemon does not run."""
        pid = self.pid(name)
        if pid is None:
            return False
        os.kill(pid, number)
        return True

    def stop(self, name, number=signal.SIGTERM, seconds=10.0):
        """Ends a daemon, by SIGKILL when it does not end in time, and forgets it."""
        if self.send(name, number):
            try:
                wait_until(lambda: not self.alive(name), f"{name} to end", seconds)
            except LabError:
                self.send(name, signal.SIGKILL)
                wait_until(lambda: not self.alive(name), f"{name} to die", seconds)
        (self.pids / name).unlink(missing_ok=True)

    def stop_all(self):
        if self.pids.exists():
            for file in sorted(self.pids.iterdir(), reverse=True):
                self.stop(file.name)

    def log_tail(self, name, lines=15):
        try:
            text = (self.logs / f"{name}.log").read_text(errors="replace")
        except FileNotFoundError:
            return "(no log)"
        return "\n".join(text.splitlines()[-lines:])
