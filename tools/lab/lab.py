"""A whole lab: network, origins and gateway, made and removed together."""
import json
import shutil
import signal

from lab import hugepages, network, origins
from lab.gateway import SAMPLE_POLICY, Gateway
from lab.inspection import Inspection
from lab.plan import Plan
from lab.processes import Processes
from lab.shell import LabError, in_netns, run, wait_until


class Lab:
    def __init__(self, prefix, build, impaired=False, inspected=False):
        self.plan = Plan(prefix, impaired)
        self.processes = Processes(self.plan.state, self.plan.logs)
        self.build = build
        self.gateway = Gateway(self.plan, self.processes, build)
        self.inspection = Inspection(self.plan, self.processes, self.gateway)
        self.inspected = inspected

    def up(self, say=lambda text: None):
        """Makes what is missing. Cheap when all of it runs already."""
        if not network.exists(self.plan):
            say("network: namespaces, cables, addresses")
            self.processes.stop_all()  # whoever lives in a namespace that is gone
            network.create(self.plan)
        say("origins: nginx, dnsmasq, sshd")
        self.plan.logs.mkdir(parents=True, exist_ok=True)
        origins.start(self.plan, self.processes)
        if self.plan.impaired:
            self.impair()
        self.gateway.huge_pages = hugepages.reserve(self.plan.state)
        say("gateway: sluiced, sluice-dataplane"
            + ("" if self.gateway.huge_pages else " (no huge pages to be had: ordinary ones)"))
        self.gateway.start()
        self.gateway.enrol_officers()
        if not self.gateway.part("control", "policy")["ok"]:
            say("policy: committing the shipped sample")
            self.gateway.ctl("policy", "commit", SAMPLE_POLICY, "--reason", "sample of the lab")
        self.gateway.wait_in_force()
        if self.inspected:
            say("inspection: CA ceremony, sluice-signer, sluice-inspect")
            self.inspection.start()

    @property
    def trust_file(self):
        """Whom the clients trust."""
        return self.inspection.trust_file if self.inspected else origins.ca_file(self.plan)

    def impair(self, *options):
        """(Re)starts both bumps with these options; without any, frames just pass."""
        program = [self.build / "tools/impair/impair", "--a", "host0", "--b", "gate0", *options]
        for side in ("wire-user", "wire-internet"):
            name = f"impair-{side}"
            self.processes.stop(name)
            self.processes.start(name, program, netns=self.plan.netns(side), new_log=True)
            wait_until(lambda: "<->" in self.processes.log_tail(name), f"{name} to run")

    def stop_bump(self, side):
        """Ends the bump of `wire-user` or `wire-internet` and returns its counters."""
        self.processes.stop(f"impair-{side}")
        return json.loads(self.processes.log_tail(f"impair-{side}", lines=1))

    def route_over(self, reserve, sides=("operator", "internet")):
        """The routers on these sides send by the reserve wire, or by the main one."""
        for side in sides:
            run(["ip", "-n", self.plan.netns(side), "-batch", "-"],
                input="\n".join(network.route_lines(side, reserve)) + "\n")

    def run_in(self, role, argv, check=False, **options):
        """Runs a program in a namespace of the lab."""
        return run(in_netns(self.plan.netns(role), argv), check=check, **options)

    def curl(self, client, url, *options, family=4, seconds=10):
        return self.run_in(client, ["curl", f"-{family}", "-sS", "--max-time", seconds, "--cacert",
                                    self.trust_file, *options, url])

    def down(self):
        """Removes all of it; works on half of it, and after a crash."""
        self.processes.stop_all()
        self.gateway.stop_broker()
        network.remove(self.plan)
        hugepages.restore(self.plan.state)
        shutil.rmtree(self.plan.state, ignore_errors=True)


def stop_quietly(lab, name):
    """kill -9, as a crash would."""
    if not lab.processes.send(name, signal.SIGKILL):
        raise LabError(f"{name} does not run")
