"""Real traffic through the gateway, and what each client should see of the sample policy."""
import dataclasses

from lab import plan as at


@dataclasses.dataclass(frozen=True)
class Step:
    client: str
    what: str
    url: str = ""
    family: int = 4
    expect: str = "passes"  # passes | inspected | warned | reset | page | answer | banner


# curl's words for a connection that was reset: 35 in the TLS handshake, 56 while receiving; and for
# a certificate that is not to be trusted.
RESET = (35, 56)
UNTRUSTED = 60
MARK = "\n-- curl: "  # between the body and what curl says of it

STEPS = (
    Step("ministry", "dig", "news.example", expect="answer"),
    Step("ministry", "dig", "clinic.example", 6, expect="answer"),
    Step("ministry", "curl", "http://news.example/"),
    Step("ministry", "curl", "https://news.example/", expect="inspected"),
    Step("ministry", "curl", "https://news.example/", 6, expect="inspected"),
    Step("ministry", "curl", "https://magazine.example/", expect="inspected"),
    Step("ministry", "curl", "https://fake.example/", expect="warned"),
    Step("ministry", "curl", "https://bank.example/"),
    Step("ministry", "curl", "https://gov.example/", 6),
    Step("ministry", "curl", "https://updates.example/"),
    Step("ministry", "curl", "https://casino.example/", expect="reset"),
    Step("ministry", "curl", "https://casino.example/", 6, expect="reset"),
    Step("ministry", "curl", "http://casino.example/", expect="page"),
    Step("ministry", "curl", "https://social.example/", expect="reset"),
    Step("ministry", "curl", "https://unknown.example/", expect="reset"),
    Step("ministry", "ssh", at.SSH_NAME, expect="banner"),
    Step("hospital", "curl", "https://social.example/"),
    Step("hospital", "curl", "https://clinic.example/", 6),
    Step("hospital", "curl", "https://unknown.example/"),
    Step("hospital", "curl", "http://casino.example/", expect="page"),
    Step("stranger", "curl", "https://news.example/"),
)


def drive(lab, say):
    """Walks all steps; returns how many did not go as expected."""
    unexpected = 0
    for step in STEPS:
        seen, detail = _go(lab, step)
        good = seen == step.expect
        unexpected += not good
        note = "" if good else f"   EXPECTED {step.expect}"
        say(f"  {step.client:9} {step.what:4} -{step.family} {step.url:27} {seen:7} {detail}{note}")
    return unexpected


def _go(lab, step):
    return {"dig": _dig, "ssh": _ssh, "curl": _curl}[step.what](lab, step)


def _dig(lab, step):
    kind = "A" if step.family == 4 else "AAAA"
    server = at.DNS_V4 if step.family == 4 else at.DNS_V6
    done = lab.run_in(step.client, ["dig", "+short", "+tries=2", "+time=2", f"@{server}", kind,
                                    step.url])
    wanted = at.ADDRESSES[step.url][step.family == 6]
    return ("answer" if done.stdout.strip() == wanted else "silence"), done.stdout.strip()


def _ssh(lab, step):
    done = lab.run_in(step.client, ["ssh-keyscan", "-T", "5", "-t", "ed25519", step.url])
    banner = next((line for line in done.stderr.splitlines() if "SSH-2.0" in line), "")
    return ("banner" if banner and done.stdout else "silence"), banner.lstrip("# ")


def _curl(lab, step):
    done = lab.curl(step.client, step.url, "-w", f"{MARK}%{{http_code}} %{{http_version}}\n%{{certs}}",
                    family=step.family)
    body, _, rest = done.stdout.partition(MARK)
    line, _, certificates = rest.partition("\n")
    status, _, version = line.partition(" ")
    issuer = next((text.partition("CN = ")[2] for text in certificates.splitlines()
                   if text.startswith("Issuer:")), "")
    if done.returncode in RESET:
        return "reset", done.stderr.strip()
    if done.returncode == UNTRUSTED:
        return "warned", done.stderr.partition("\n")[0]
    if done.returncode == 0 and status == "200":
        seen = "inspected" if issuer.startswith("Sluice issuing") else "passes"
        return seen, f"{body.strip()}, HTTP/{version}" + (f", certificate of {issuer}" if issuer else "")
    if done.returncode == 0 and status == "403":
        return "page", f"HTTP {status}, {len(body)} bytes of reason"
    return "failed", f"curl {done.returncode}, HTTP {status}: {done.stderr.strip()}"
