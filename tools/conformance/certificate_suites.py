"""Reads published suites of certificate chains into cases for verify_cases."""
import base64
import dataclasses
import datetime
import json
import re

# A present instant for cases that name none; certificates of the suites are made for any.
PRESENT = datetime.datetime(2026, 6, 1, tzinfo=datetime.timezone.utc)
# PKITS certificates are valid from 2010 to 2030; its document names no instant.
PKITS_PRESENT = PRESENT


@dataclasses.dataclass
class Case:
    id: str
    good: bool  # should be accepted
    lines: list


def pem_hex(text, label="CERTIFICATE"):
    found = re.search(rf"-----BEGIN {label}-----(.*?)-----END {label}-----", text, re.S)
    return base64.b64decode(found[1]).hex()


def seconds(when):
    return int(when.timestamp())


def limbo_case(case, times):
    when = case["validation_time"]
    now = datetime.datetime.fromisoformat(when) if when else PRESENT
    client = case["validation_kind"] == "CLIENT"
    lines = [f"case {case['id']}", f"now {seconds(now)}", f"times {times}",
             f"purpose {'client' if client else 'server'}", f"leaf {pem_hex(case['peer_certificate'])}"]
    lines += [f"anchor {pem_hex(p)}" for p in case["trusted_certs"]]
    lines += [f"intermediate {pem_hex(p)}" for p in case["untrusted_intermediates"]]
    crls = case.get("crls") or []
    lines += [f"crl {pem_hex(p, 'X509 CRL')}" for p in crls]
    if crls:  # the suite asks for a definite answer where it gives lists
        lines += ["scope leaf", "unknown refuse"]
    peer = case["expected_peer_name"]
    if peer:
        lines.append(f"{'address' if peer['kind'] == 'IP' else 'name'} {peer['value']}")
    else:
        lines.append("nameless")
    if case["max_chain_depth"] is not None:
        lines.append(f"depth {case['max_chain_depth']}")
    return Case(case["id"], case["expected_result"] == "SUCCESS", lines)


def pkits_case(folder, test, times):
    """PKITS is about RFC 5280's path validation in any PKI: no names, no web profile."""
    def hexed(kind, name):
        return (folder / kind / name).read_bytes().hex()
    lines = [f"case {test['test']}", "profile rfc5280", "nameless", "purpose signer",
             f"now {seconds(PKITS_PRESENT)}", f"times {times}", "unknown refuse",
             f"scope {'chain' if test['require_revocation'] else 'none'}",
             f"leaf {hexed('certs', test['ee'])}", f"anchor {hexed('certs', test['trust_anchor'])}"]
    lines += [f"intermediate {hexed('certs', name)}" for name in test["other_certs"]]
    if test["require_revocation"]:
        crls = dict.fromkeys(["TrustAnchorRootCRL.crl", *test["crls"]])
        lines += [f"crl {hexed('crls', name)}" for name in crls]
    else:
        lines.append("unknown accept")
    return Case(test["test"], test["expected"] == "SUCCESS", lines)


def suites(folder, times):
    """{name: cases} of the suites that are in `folder`."""
    found = {}
    limbo = folder / "limbo_regenerated.json"
    if limbo.exists():
        cases = json.loads(limbo.read_text())["testcases"]
        found["x509-limbo"] = [limbo_case(case, times) for case in cases]
    expected = folder / "nist_pkits_expected.json"
    if expected.exists():
        found["PKITS"] = [pkits_case(folder / "nist_pkits", test, times)
                          for test in json.loads(expected.read_text())]
    return found
