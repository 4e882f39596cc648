"""Records of a replay against expectations; every difference gets a class that explains it."""
import collections
import json

from expectations import flow_key, plain_name

CARRIERS = {"gtp", "gre", "erspan", "geneve", "vxlan", "teredo", "ipip", "6in4", "ayiya", "l2tp"}
STARTTLS_PORTS = {21, 25, 110, 143, 587, 5222, 5269}
PARSER_DROPS = {"eth_short", "vlan_short", "vlan_depth", "mpls_short", "mpls_depth", "ip_short",
                "ip_version", "ip_bad_length", "ip_truncated", "ipv6_extension", "l4_short",
                "tcp_malformed", "udp_bad_length"}


def key_of(record):
    return flow_key(record["proto"], record["src"], record["sport"], record["dst"], record["dport"])


def name_of(record):
    return plain_name(record["name"]) if record.get("name") else None


def hashes_of(ja4):
    return ja4.split("_", 1)[-1]


class Tally:
    def __init__(self):
        self.captures = 0
        self.ssdp = 0  # flows of HTTP over UDP, not counted
        self.kinds = collections.defaultdict(collections.Counter)
        self.classes = collections.Counter()
        self.differences = []
        self.ja4 = collections.Counter()

    def add(self, capture, key, kinds, got, why):
        same = why is None
        for kind in kinds:
            self.kinds[kind]["equal" if same else "different"] += 1
        self.kinds["all"]["equal" if same else "different"] += 1
        if same:
            return
        self.classes[why] += 1
        wanted = sorted(set().union(*kinds.values()))
        self.differences.append({"capture": capture, "flow": list(key), "kinds": sorted(kinds),
                                 "expected": wanted, "got": got, "class": why})

    def percent_equal(self):
        every = self.kinds["all"]
        total = sum(every.values())
        return 100.0 * every["equal"] / total if total else 0.0

    def print_json(self):
        print(json.dumps({"captures": self.captures, "percent_equal": self.percent_equal(),
                          "kinds": {k: dict(v) for k, v in self.kinds.items()},
                          "classes": dict(self.classes), "ja4": dict(self.ja4),
                          "differences": self.differences}, indent=1))

    def print_table(self, every_one):
        print(f"{'names of flows':<16}{'equal':>8}{'of':>8}{'%':>9}")
        for kind in sorted(self.kinds, key=lambda k: (k == "all", k)):
            row = self.kinds[kind]
            total = sum(row.values())
            print(f"{kind:<16}{row['equal']:>8}{total:>8}{100 * row['equal'] / total:>9.2f}")
        if self.ja4:
            total = sum(self.ja4.values())
            print(f"{'ja4 hashes':<16}{self.ja4['equal']:>8}{total:>8}"
                  f"{100 * self.ja4['equal'] / total:>9.2f}")
        print(f"\n{self.captures} captures, {len(self.differences)} differences; "
              f"{self.ssdp} flows of SSDP not counted")
        for why, count in self.classes.most_common():
            print(f"\n{count:>5}  {why}")
            rows = [d for d in self.differences if d["class"] == why]
            for d in rows if every_one else rows[:8]:
                proto, a, ap, b, bp = d["flow"]
                print(f"       {d['capture']}: {proto} {a}:{ap} {b}:{bp} "
                      f"expected {', '.join(d['expected'][:3])} got {d['got']}")
            if not every_one and len(rows) > 8:
                print(f"       ... {len(rows) - 8} more (--all)")


def explain(expected, key, kinds, found, summary, said):
    """The class of a difference."""
    ports = {key[2], key[4]}
    if summary is None:
        return "capture not readable"
    if "link_unsupported" in summary["dropped"]:
        return "link type not looked into"
    if not found:
        if expected.layers & CARRIERS:
            return "inner flow not seen"
        if PARSER_DROPS & set(summary["dropped"]):
            return "malformed packets are dropped"
        return "no such flow"
    got = [name_of(r) for r in found if name_of(r)]
    if any(r.get("ech") for r in found) and not got:
        return "public name of an encrypted hello: unnamed on purpose"
    if got:
        return "another name"
    if ports & STARTTLS_PORTS:
        return "behind STARTTLS"
    if found[-1]["verdict"] == "block":
        return f"blocked by the policy before it was named ({found[-1]['reason']})"
    if "damaged" in said:
        return "damaged capture"
    return f"no name ({found[-1]['protocol']}, {found[-1]['reason']})"


def compare_capture(expected, records, summary, said, tally):
    tally.captures += 1
    by_key = collections.defaultdict(list)
    for record in records:
        by_key[key_of(record)].append(record)
    for key, kinds in expected.names.items():
        if key[0] == "udp" and set(kinds) == {"http_host"}:
            tally.ssdp += 1  # the multicast address they are sent to, not a name
            continue
        found = by_key.get(key, [])
        wanted = set().union(*kinds.values())
        got = [name_of(r) for r in found if name_of(r)]
        same = any(name in wanted for name in got)
        why = None if same else explain(expected, key, kinds, found, summary, said)
        tally.add(expected.path, key, kinds, got[-1] if got else None, why)
    for key, ja4 in expected.ja4.items():
        told = {hashes_of(r["ja4"]) for r in by_key.get(key, []) if r.get("ja4")}
        if told:
            tally.ja4["equal" if hashes_of(ja4) in told else "different"] += 1
