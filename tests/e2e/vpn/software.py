"""What a piece of real VPN software is to the tests: a server, a client, and a way to see it work."""
from lab import plan as at
from lab.shell import LabError, run, wait_until

CLIENT = "ministry"
USER = next(c.v4 for c in at.CLIENTS if c.name == CLIENT)
# Everything that is served over a tunnel or proxy is this page of the lab's own nginx.
PAGE_URL, PAGE_TEXT = "http://203.0.113.10/", "over http"


class Bench:
    """Where one piece of software runs: an address of its own on the internet side, so that every
    flow to it is its own, a folder, and daemons that end with the test."""

    def __init__(self, lab, number, directory):
        self.lab, self.directory = lab, directory
        self.number = number
        self.server = f"198.51.100.{number}"
        # Inside the tunnel.
        self.inner_server, self.inner_client = f"10.200.{number}.1", f"10.200.{number}.2"
        self.started = {"internet": [], CLIENT: []}
        self.place_address("add")
        # Nothing for the inside of a tunnel goes beside it.
        lab.run_in(CLIENT, ["ip", "route", "replace", "unreachable", "10.200.0.0/16"])

    def place_address(self, verb):
        run(["ip", "-n", self.lab.plan.netns("internet"), "addr", verb, f"{self.server}/32", "dev", "lo"])

    def file(self, name, text):
        path = self.directory / name
        path.write_text(text)
        return path

    def _start(self, role, name, argv):
        name = f"vpn-{self.number}-{name}"
        self.lab.processes.start(name, argv, self.lab.plan.netns(role), new_log=True)
        self.started[role].append(name)
        return name

    def serve(self, name, *argv, ready=None):
        """Starts a daemon on the internet side; `ready`: words of its log to wait for."""
        name = self._start("internet", name, argv)
        if ready:
            self._wait_for_words(name, ready)

    def connect(self, name, *argv):
        return self._start(CLIENT, name, argv)

    def _wait_for_words(self, name, words):
        def said():
            if not self.lab.processes.alive(name):
                raise LabError(f"{name} ended:\n{self.log(name)}")
            return words in self.log(name)
        wait_until(said, f"{name} to say {words!r}")

    def wait_for_port(self, port):
        """Until something listens on TCP on the server's address."""
        wait_until(lambda: self.on_server(["bash", "-c", f"exec 3<>/dev/tcp/{self.server}/{port}"])
                   .returncode == 0, f"port {port}; logs: {self.logs()}")

    def log(self, name):
        return self.lab.processes.log_tail(name, lines=200)

    def logs(self):
        return "\n".join(f"--- {name}\n{self.lab.processes.log_tail(name)}"
                         for names in self.started.values() for name in names)

    def disconnect(self):
        self._stop(CLIENT)

    def _stop(self, role):
        for name in reversed(self.started[role]):
            self.lab.processes.stop(name, seconds=2.0)
        self.started[role].clear()

    def clear(self):
        self._stop(CLIENT)
        self._stop("internet")
        self.place_address("delete")
        self.lab.run_in(CLIENT, ["ip", "route", "delete", "unreachable", "10.200.0.0/16"])

    def on_server(self, argv):
        return self.lab.run_in("internet", argv)

    def on_client(self, argv):
        return self.lab.run_in(CLIENT, argv)

    def pings(self):
        """A ping goes through the tunnel and back."""
        return self.on_client(["ping", "-n", "-c1", "-W1", self.inner_server]).returncode == 0

    def fetches(self, *options, url=PAGE_URL):
        """curl gets the page, by these options of curl."""
        return PAGE_TEXT in self.on_client(["curl", "-sS", "--max-time", "2", *options, url]).stdout

    def certificate(self, name):
        """(key, certificate) of that name, signed by itself."""
        key, certificate = self.directory / f"{name}.key", self.directory / f"{name}.pem"
        run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
             "-nodes", "-days", "30", "-subj", f"/CN={name}", "-addext",
             f"subjectAltName=DNS:{name},IP:{self.server}", "-keyout", key, "-out", certificate])
        return key, certificate

    def flows(self):
        return self.lab.gateway.items("flow", "list", "--user", USER, "--remote", self.server)


class Software:
    """One program, or a way of running it."""
    word = None    # of its protocol, as `flow list` says it
    grants = None  # words that must be opened, in this order; by default `word`
    open_reason = "granted"  # of its flows once it is open

    def __init__(self, name):
        self.name = name

    @property
    def opened_by(self):
        return self.grants or (self.word,)

    def serve(self, bench):
        raise NotImplementedError

    def connect(self, bench):
        """Starts the client. Not for clients that are one command: `works` runs those."""

    def works(self, bench):
        """Whether something of the user's comes through and back."""
        raise NotImplementedError
