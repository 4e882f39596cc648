"""`python3 -m lab up|down`: what tools/up and tools/down do once packages and programs are there."""
import argparse
import pathlib
import sys
import time

from lab import traffic
from lab.lab import Lab
from lab.shell import LabError

NEXT = """
What to try next (the lab keeps running; `tools/down` removes it):
  alias ctl='{ctl} --socket {socket}'
  ctl top                                    live rates
  ctl flow list --verdict block              what is stopped, and why
  ctl explain casino.example --org ministry  each step of a decision
  ctl whatis casino.example                  what a name is for
  ctl catalog unknown                        strangers, with packets and times
  ip netns exec {prefix}ministry curl -v --cacert {ca} https://news.example/   inspected: see its issuer
  ctl tls sessions|workers|counters --runtime-dir {run_dir}     ctl ca status --signer {signer}
  ctl tls issuance list --log {log}             every leaf there ever was; `verify` proves it
  cp -r rules/data/sample /tmp/policy; edit it; ctl policy diff /tmp/policy; ctl policy commit /tmp/policy --reason why
  kill -9 {sluiced}                              forwarding goes on; `tools/up` starts it again
Logs: {logs}"""


def up(lab):
    begun = time.monotonic()
    lab.up(lambda text: print(f"[{time.monotonic() - begun:5.1f} s] {text}", flush=True))
    print(f"[{time.monotonic() - begun:5.1f} s] traffic", flush=True)
    unexpected = traffic.drive(lab, lambda text: print(text, flush=True))
    print(f"\nThe root of the inspection's CA (SHA-256): {lab.inspection.fingerprint()}")
    print("\nFlows, as the running data plane has them (`sluicectl flow list`):")
    print(lab.gateway.ctl("flow", "list").stdout)
    print("Status (`sluicectl status`):")
    print(lab.gateway.ctl("status", check=False).stdout)
    print(NEXT.format(ctl=lab.build / "tools/sluicectl/sluicectl", socket=lab.gateway.socket,
                      prefix=lab.plan.prefix, logs=lab.plan.logs, sluiced=lab.processes.pid("sluiced"),
                      ca=lab.trust_file, run_dir=lab.gateway.run_dir,
                      signer=lab.inspection.signer_socket, log=lab.inspection.issuance))
    if unexpected:
        print(f"\n{unexpected} steps did not go as expected: see EXPECTED above, and the logs.")
    return 1 if unexpected else 0


def main():
    parser = argparse.ArgumentParser(prog="lab", description=__doc__)
    parser.add_argument("command", choices=("up", "down"))
    parser.add_argument("--prefix", default="slu-", help="of the namespaces' names")
    parser.add_argument("--build", type=pathlib.Path, default=pathlib.Path("build"))
    options = parser.parse_args()
    lab = Lab(options.prefix, options.build.resolve(), inspected=True)
    try:
        if options.command == "up":
            return up(lab)
        lab.down()
        return 0
    except LabError as error:
        print(f"lab: {error}", file=sys.stderr)
        print("Mend what it names and run this again, or start afresh: tools/down; tools/up",
              file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
