"""Sluice itself in a lab: sluiced and sluice-dataplane with their configuration, and sluicectl."""
import json
import os
import pathlib
import shutil
import socket
import subprocess

from lab import plan as at
from lab.shell import LabError, run, wait_until, write

ROOT = pathlib.Path(__file__).resolve().parents[2]
WORKERS = 2  # one is enough for the traffic; two take every path between workers
SAMPLE_POLICY = ROOT / "rules" / "data" / "sample"
# Users of the two processes, with their common group. They need not be in /etc/passwd.
CONTROL_USER = "64642:64640"
DATAPLANE_USER = "64641:64640"


# The lab's security officers: steps that no person does alone are proposed by root and approved by
# the second. Members of the daemons' group, so that they may open the socket.
OFFICERS = {"lab-officer-1": 64651, "lab-officer-2": 64652}
WAITS = 9  # exit code of sluicectl: for a second person

AF_XDP = 44


def driver():
    """DPDK's driver for the ends of cables: (name, further arguments).

    XDP sockets see frames as they are. Packet sockets are for kernels without them: there DPDK asks
    for IPv4 fragments to be put together, and turns an outer tag 0x88a8 into 0x8100.
    """
    try:
        socket.socket(AF_XDP, socket.SOCK_RAW).close()
    except OSError:
        return "net_af_packet", ""
    return "net_af_xdp", ",busy_budget=0"  # cables have no interrupts to be spared


def worker_cpus():
    """The CPUs of the workers: as many of WORKERS as there are CPUs."""
    return sorted(os.sched_getaffinity(0))[:WORKERS]


class Gateway:
    """The gateway of one lab. `build` is a meson build directory with the programs in it."""

    def __init__(self, plan, processes, build, huge_pages=False):
        self.plan, self.processes = plan, processes
        self.build = pathlib.Path(build)
        self.huge_pages = huge_pages
        self.run_dir = plan.state / "run"
        self.bundle_dir = plan.state / "bundle"
        self.socket = self.run_dir / "api.sock"
        # The lab's host may have no NTP; `control_prefix` is what sluiced is started through.
        self.control_options = ["--clock", "any"]
        self.control_prefix = []
        self.notices = None  # a file that says where notices go; None: into the spool

    def start(self):
        """Starts what does not run and waits until it answers."""
        self.start_control()
        self.start_broker()
        self.start_dataplane()

    def program(self, path):
        if not (self.build / path).exists():
            raise LabError(f"{self.build / path} is not built: tools/up builds it")
        return self.build / path

    @staticmethod
    def data(file):
        """A shipped file of rules/data."""
        return ROOT / "rules" / "data" / file

    def start_broker(self):
        """Outside of every namespace of the lab: it makes namespaces of its own."""
        if self.processes.start("sluice-broker", [
                self.program("dataplane/handover/broker/sluice-broker"), "--runtime", self.run_dir,
                "--clients", DATAPLANE_USER, "--operators", "2"], new_log=True):
            self.wait_ready("sluice-broker", lambda: "ready" in self.processes.log_tail("sluice-broker"))

    def stop_broker(self):
        """Ends it, and removes the namespaces it leaves for its successor."""
        self.processes.stop("sluice-broker")
        for file in sorted((self.run_dir / "netns").glob("operator-*")):
            run(["umount", file], check=False)
            file.unlink(missing_ok=True)

    @property
    def broker_socket(self):
        return self.run_dir / "broker.sock"

    def start_control(self):
        notices = self.notices or self._notices_config()
        self.processes.start("sluiced", [
            *self.control_prefix, self.program("control/daemon/sluiced"), "--runtime",
            self.run_dir, "--bundle", self.bundle_dir, "--state", self.plan.state / "store",
            "--run-as", CONTROL_USER, "--notices", notices,
            "--signer", self.run_dir / "signer.sock", *self.control_options])
        self.wait_ready("sluiced", lambda: self.part("control", "sluiced") is not None)

    def start_dataplane(self):
        config = write(self.plan.state / "dataplane.yaml", self._dataplane_config())
        argv = [self.program("dataplane/app/sluice-dataplane"), "--config", config]
        name = "sluice-dataplane"
        for again in range(5, -1, -1):
            self.processes.start(name, argv, self.plan.netns("gateway"), new_log=True)
            try:
                return self.wait_ready(name, self.dataplane_ready)
            except LabError:
                # The kernel gives back the XDP sockets of a killed process a moment after its end.
                if not again or "create xsk socket" not in self.processes.log_tail(name):
                    raise

    def wait_ready(self, name, ready, seconds=30.0):
        """Until `ready()`; an error with the log's end when the daemon ends or takes too long."""
        def ready_or_dead():
            return not self.processes.alive(name) or ready()
        try:
            wait_until(ready_or_dead, f"{name} to be ready", seconds)
            dead = not self.processes.alive(name)
        except LabError:
            dead = True
        if dead:
            raise LabError(f"{name} is not ready; its log {self.plan.logs}/{name}.log ends with\n"
                           + self.processes.log_tail(name))

    def dataplane_ready(self):
        """It answers sluiced."""
        row = self.part("dataplane", "sluice-dataplane")
        return bool(row and row["ok"])

    # ---- sluicectl ----
    def _ctl_argv(self, words):
        return [str(w) for w in (self.program("tools/sluicectl/sluicectl"), "--socket", self.socket,
                                 *words)]

    def ctl(self, *words, check=True):
        """As root. What waits for a second person, the second officer approves."""
        done = run(self._ctl_argv(words), check=False)
        if done.returncode == WAITS:
            step = self.items("approvals", "list")[0]["id"]
            done.returncode = self.ctl_as("lab-officer-2", "approvals", "approve", step, "--reason",
                                          "second person of the lab", check=check).returncode
        if check and done.returncode != 0:
            raise LabError(f"sluicectl {' '.join(map(str, words))}: exit {done.returncode}\n"
                           f"{done.stdout}{done.stderr}".rstrip())
        return done

    def ctl_as(self, officer, *words, check=True):
        """As one of the officers, who need not be able to read the build directory."""
        mine = self.plan.state / "officers" / "sluicectl"
        program = self.program("tools/sluicectl/sluicectl")
        if not mine.exists() or mine.stat().st_mtime < program.stat().st_mtime:
            mine.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(program, mine)
        group = CONTROL_USER.split(":")[1]
        return run(["setpriv", "--reuid", OFFICERS[officer], "--regid", group, "--clear-groups", mine,
                    "--socket", self.socket, *words], check=check)

    def enrol_officers(self):
        """From here on nobody exempts, bypasses or blocks many alone."""
        enrolled = {row["id"] for row in self.items("person", "list")}
        for officer, uid in OFFICERS.items():
            if officer not in enrolled:
                self.ctl("person", "add", officer, "--name", f"Officer of the lab, user {uid}",
                         "--role", "security_officer", "--uid", uid, "--reason", "the lab is made")

    def raw_get(self, path):
        """What the API's socket answers to GET, as it is."""
        return run(["curl", "-sS", "--fail", "--unix-socket", self.socket,
                    f"http://localhost{path}"]).stdout

    def begin(self, *words):
        """Starts a command and does not wait for its end."""
        return subprocess.Popen(self._ctl_argv(words), stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL)

    def items(self, *words):
        """The items of a command's one JSON document."""
        done = self.ctl("-o", "json", *words, check=False)
        if done.returncode not in (0, 1):
            raise LabError(f"sluicectl {' '.join(map(str, words))}: exit {done.returncode}\n"
                           f"{done.stderr}")
        return json.loads(done.stdout)["items"]

    def part(self, part, name):
        """A row of `status`, or None when sluiced does not answer or has no such row."""
        done = self.ctl("-o", "json", "status", check=False)
        if done.returncode not in (0, 1):
            return None
        rows = json.loads(done.stdout)["items"]
        return next((r for r in rows if (r["part"], r["name"]) == (part, name)), None)

    def commit(self, directory, reason):
        """Commits a policy and waits until the data plane judges by it."""
        done = self.ctl("policy", "commit", directory, "--reason", reason)
        self.wait_in_force()
        return done

    def wait_in_force(self):
        wait_until(lambda: (self.part("bundle", "equal") or {}).get("ok"),
                   "the data plane to judge by what is committed", 15.0)

    def counters(self):
        """{group: {name: value}}"""
        groups = {}
        for row in self.items("counters"):
            groups.setdefault(row["group"], {})[row["name"]] = row["value"]
        return groups

    # ---- configuration ----
    @property
    def spool(self):
        """Where notices of the lab end, a file each."""
        return self.plan.state / "spool"

    def _notices_config(self):
        self.spool.mkdir(parents=True, exist_ok=True)
        os.chown(self.spool, *map(int, CONTROL_USER.split(":")))
        return write(self.plan.state / "notices.yaml", f"""
from: sluice@gateway.example
spool: {self.spool}
addressees:
  - {{to: service, spool: true}}
  - {{to: operator, spool: true}}
  - {{to: user, spool: true}}
""")

    def _dataplane_config(self):
        name, more = driver()
        mtu = at.ENCAPSULATED_MTU if self.plan.impaired else at.WIRE_MTU
        return f"""# Made by tools/lab: the gateway of the lab {self.plan.prefix!r}.
runtime_dir: {self.run_dir}
bundle_dir: {self.bundle_dir}
broker_socket: {self.broker_socket}
run_as: "{DATAPLANE_USER}"
worker_cpus: [{", ".join(map(str, worker_cpus()))}]
idle: sleep                  # the lab shares its CPUs
huge_pages: {str(self.huge_pages).lower()}
mtu_bytes: {mtu}
wires:
  - id: telco-a-main
    user: {{device: "{name}0,iface={at.USER_PORT}{more}"}}
    internet: {{device: "{name}1,iface={at.INTERNET_PORT}{more}"}}
  - id: telco-a-reserve
    user: {{device: "{name}2,iface={at.RESERVE_USER_PORT}{more}"}}
    internet: {{device: "{name}3,iface={at.RESERVE_INTERNET_PORT}{more}"}}
limits:
  flows_max: 100000
  timeouts:
    closed_ms: 60000         # ended flows stay a minute in `flow list`, to be looked at
"""
