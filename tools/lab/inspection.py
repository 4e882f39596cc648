"""TLS inspection in a lab: a CA made by its ceremony, sluice-signer and sluice-inspect."""
import os

from lab import origins
from lab.gateway import CONTROL_USER
from lab.shell import run, wait_until, write

# Each a user of its own; the group may talk to the broker.
SIGNER_USER = "64643:64640"
INSPECT_USER = "64644:64640"
WORKERS = 2
LOG_NAME = "lab.example/issuance"
# No secret: this CA is trusted by the lab's clients alone, and goes with the lab.
PASSPHRASE = "the passphrase of a laboratory\n"


class Inspection:
    """Of one lab's gateway. Without it, flows to be inspected go by `inspect_unavailable`."""

    def __init__(self, plan, processes, gateway):
        self.plan, self.processes, self.gateway = plan, processes, gateway
        self.ca = plan.state / "ca"
        self.issuance = plan.state / "issuance"
        self.evidence = plan.state / "evidence"
        self.signer_socket = gateway.run_dir / "signer.sock"

    def start(self):
        """Makes what is missing, starts what does not run, and waits until both can work."""
        self.ceremony()
        self.start_signer()
        self.start_inspect()

    def stop(self):
        self.processes.stop("sluice-inspect")
        self.processes.stop("sluice-signer")

    # ---- certificates ----
    @property
    def root(self):
        return self.ca / "gateway" / "lab-1" / "root.pem"

    @property
    def trust_file(self):
        """What the lab's clients trust: the origins' CA, as all the world does, and our root."""
        file = self.plan.state / "certs" / "client-trust.pem"
        both = origins.ca_file(self.plan).read_text() + self.root.read_text()
        if not file.exists() or file.read_text() != both:
            write(file, both)
        return file

    def fingerprint(self):
        return run(["openssl", "x509", "-in", self.root, "-noout", "-fingerprint",
                    "-sha256"]).stdout.strip().rpartition("=")[2]

    def ceremony(self):
        """As it is held for a real gateway, but for the passphrases."""
        if self.root.exists():
            return
        passphrase = write(self.plan.state / "ceremony-passphrase", PASSPHRASE)
        passphrase.chmod(0o400)
        self.gateway.ctl("ca", "ceremony", "--out", self.ca, "--generation", "lab-1",
                         "--organisation", "Sluice lab", "--log-name", LOG_NAME,
                         "--root-passphrase-file", passphrase, "--passphrase-file", passphrase)
        self.issuance.mkdir(exist_ok=True)
        self.evidence.mkdir(exist_ok=True)
        mine = write(self.ca / "gateway" / "passphrase", PASSPHRASE)
        mine.chmod(0o400)
        for path in (self.issuance, self.evidence, self.ca / "gateway", *(self.ca / "gateway").rglob("*")):
            os.chown(path, *_ids(SIGNER_USER))

    # ---- processes ----
    def start_signer(self):
        config = write(self.plan.state / "signer.yaml", f"""
socket: {self.signer_socket}
bundle_dir: {self.gateway.bundle_dir}
ca_dir: {self.ca}/gateway
trust_anchors: {origins.ca_file(self.plan)}
passphrase_file: {self.ca}/gateway/passphrase
log_dir: {self.issuance}
log_key: {self.ca}/gateway/log.key
log_name: {LOG_NAME}
run_as: "{SIGNER_USER}"
clients: ["{INSPECT_USER.partition(":")[0]}"]
recorders: ["{CONTROL_USER.partition(":")[0]}"]
evidence_dir: {self.evidence}
checkpoint_seconds: 1
""")
        name = "sluice-signer"
        self.processes.start(name, [self.gateway.program("certs/signer/sluice-signer"), "--config",
                                    config], new_log=True)
        self.gateway.wait_ready(name, lambda: "serving generation" in self.processes.log_tail(name))

    def start_inspect(self):
        config = write(self.plan.state / "inspect.yaml", f"""
runtime_dir: {self.gateway.run_dir}
bundle_dir: {self.gateway.bundle_dir}
signer_socket: {self.signer_socket}
trust_store: {origins.ca_file(self.plan)}
content: {self.gateway.data("content.yaml")}
workers: {WORKERS}
where_to_apply: help.example
run_as: "{INSPECT_USER}"
""")
        name = "sluice-inspect"
        self.processes.start(name, [self.gateway.program("dataplane/inspect/sluice-inspect"),
                                    "--config", config], new_log=True)
        self.gateway.wait_ready(
            name, lambda: self.processes.log_tail(name, 50).count(" runs") >= WORKERS)


def _ids(user):
    return tuple(int(n) for n in user.split(":"))
