#!/usr/bin/python3
"""Compares the protocol words of `sluicectl replay` with what other programs recorded for the same captures.

    tools/protocol_conformance.py DIR [--sluicectl PATH] [--only TEXT] [--differences FILE]

DIR holds captures and an expectations.jsonl (one line a capture: `pcap`, `flows` with 5-tuple and `proto`,
`layers`). Labels are translated by protocol_labels.tsv; protocol_errata.tsv says which are wrong for which
captures, and every total is printed without and with it. Prints a row a word, then recall of VPN and tunnels
by capture and every verdict of class vpn, tunnel, proxy or p2p that the label contradicts.
"""
import argparse
import collections
import concurrent.futures
import fnmatch
import json
import pathlib
import re
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent
LABELS = TOP / "tools" / "protocol_labels.tsv"
ERRATA = TOP / "tools" / "protocol_errata.tsv"
WORDS = TOP / "rules" / "model" / "protocol.h"
HIDDEN = {"vpn", "tunnel"}  # what recall is measured of
THREATS = HIDDEN | {"proxy", "p2p"}  # what must not be called so by mistake
SECONDS_MAX = 120  # for one capture

# Layers of a capture that say it carries a tunnel, whatever the flows are called.
TUNNEL_LAYERS = {"wg", "openvpn", "isakmp", "esp", "ah", "udpencap", "l2tp", "pptp", "gre", "geneve", "vxlan",
                 "gtp", "teredo", "ayiya", "etherip"}


def read_words(path=WORDS):
    """word -> class, out of the list the gateway is built with."""
    text = path.read_text()
    text = text[text.index("#define SLUICE_PROTOCOLS(X)"):]
    return dict(re.findall(r"X\((\w+), (\w+),", text[:text.index("enum class Protocol ")]))


def read_labels(path=LABELS, words=None):
    """(program, label) -> words, the usual one first; empty where the label names no protocol."""
    table = {}
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        program, label, named = line.split("\t")
        meant = [] if named == "-" else named.split()
        unknown = set(meant) - set(words) if words is not None else set()
        if unknown:
            sys.exit(f"{path}:{number}: {', '.join(sorted(unknown))}: no such protocol word in {WORDS}")
        if (program, label) in table:
            sys.exit(f"{path}:{number}: {program} {label} is there twice")
        table[program, label] = meant
    return table


def meant_by(label, table, program="ndpi"):
    """Words a label allows: its own row, else its first part's, and its second part's where that has any."""
    if (program, label) in table:
        return table[program, label]
    first, _, second = label.partition(".")
    words = table.get((program, first), [])
    return words + table.get((program, second), []) if words else []


def read_errata(path=ERRATA, words=None):
    """[(pattern of captures, label, words)], in the order of the file; the last row that fits counts."""
    rows = []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        columns = line.split("\t")
        if len(columns) != 4 or not columns[3]:
            sys.exit(f"{path}:{number}: captures, label, words and a reason, with TABs between them")
        meant = [] if columns[2] == "-" else columns[2].split()
        unknown = set(meant) - set(words) if words is not None else set()
        if unknown:
            sys.exit(f"{path}:{number}: {', '.join(sorted(unknown))}: no such protocol word in {WORDS}")
        rows.append((columns[0], columns[1], meant))
    return rows


def corrected(errata, capture, label, meant):
    for pattern, wrong, words in errata:
        if wrong == label and fnmatch.fnmatchcase(capture, pattern):
            meant = words
    return meant


def shown_by_bytes(flow):
    """Does the label rest on content? nDPI also guesses by port and by address."""
    confidence = str(flow.get("confidence")).lower()
    return "port" not in confidence and "by ip" not in confidence


def key_of(l4, src, sport, dst, dport):
    return (str(l4).lower(),) + tuple(sorted([(src, int(sport or 0)), (dst, int(dport or 0))]))


def replay(sluicectl, policy, capture):
    done = subprocess.run([sluicectl, "replay", str(capture), "--policy", str(policy), "-o", "ndjson"],
                          capture_output=True, timeout=SECONDS_MAX, check=False)
    records = [json.loads(line) for line in done.stdout.decode("utf-8", "replace").splitlines() if line]
    return [r for r in records if "summary" not in r]


# How sure, from least to most: of several records of one flow the surest speaks.
ORDER = ["none", "port_only", "likely", "certain"]


class Score:
    def __init__(self, errata):
        self.errata = errata
        self.right, self.right_equal, self.untold = 0, 0, 0  # by corrected labels
        self.flows = collections.Counter()     # word -> flows labelled so and seen
        self.equal = collections.Counter()     # word -> answered with a word the label allows
        self.by_port = collections.Counter()   # word -> of those, port_only
        self.shown = collections.Counter()     # word -> flows whose label rests on content
        self.shown_equal = collections.Counter()
        self.missing = 0                       # labelled flows that no record is of
        self.differences = []                  # (capture, label, ours, confidence, flow)
        self.false_threats = []
        self.unlabelled_threats = []
        self.hidden, self.found = 0, 0         # captures with a VPN or tunnel, and told so
        self.labelled, self.labelled_found = 0, 0  # the same by labels and layers as they are
        self.not_found = []

    def capture(self, expectation, records, table, words):
        ours = {}
        for r in records:
            key = key_of(r["proto"], r["src"], r["sport"], r["dst"], r["dport"])
            if key not in ours or ORDER.index(r["confidence"]) > ORDER.index(ours[key]["confidence"]):
                ours[key] = r
        expected = {}
        for f in expectation.get("flows") or []:
            key = key_of(f["l4"], f["src"], f.get("sport"), f["dst"], f.get("dport"))
            expected[key] = f
        for key, f in expected.items():
            self.flow(expectation["pcap"], f, ours.get(key), table)
        self.threats(expectation["pcap"], expected, ours, table, words)
        self.recall(expectation, expected, ours, table, words)

    def flow(self, capture, f, record, table):
        meant = meant_by(f["proto"], table)
        if not meant:
            return
        if record is None:
            self.missing += 1
            return
        word = meant[0]
        self.flows[word] += 1
        by_content = shown_by_bytes(f)
        right = corrected(self.errata, capture, f["proto"], meant)
        self.right += bool(right)
        self.untold += not right
        self.right_equal += record["protocol"] in right
        self.shown[word] += by_content
        if record["protocol"] in meant:
            self.equal[word] += 1
            self.shown_equal[word] += by_content
            if record["confidence"] == "port_only":
                self.by_port[word] += 1
        else:
            if record["protocol"] in right or not right:
                return
            self.differences.append((capture, f["proto"], record["protocol"], record["confidence"],
                                     f"{f['l4']} {f['src']}:{f.get('sport')} {f['dst']}:{f.get('dport')}"
                                     f" oracle: {f.get('confidence')}"))

    def threats(self, capture, expected, ours, table, words):
        for key, r in ours.items():
            if words.get(r["protocol"]) not in THREATS or r["confidence"] not in ("likely", "certain"):
                continue
            label = expected[key]["proto"] if key in expected else None
            meant = corrected(self.errata, capture, label, meant_by(label, table)) if label else []
            row = (capture, label, r["protocol"], r["confidence"], " ".join(map(str, key)))
            if not meant:
                self.unlabelled_threats.append(row)
            elif not any(words.get(w) in THREATS for w in meant):
                self.false_threats.append(row)

    def recall(self, expectation, expected, ours, table, words):
        labelled = any(words.get(w) in HIDDEN for f in expected.values() for w in meant_by(f["proto"], table))
        layers = TUNNEL_LAYERS & set(expectation.get("layers") or [])
        if not labelled and not layers:
            return
        found = any(words.get(r["protocol"]) in HIDDEN and r["confidence"] in ("likely", "certain")
                    for r in ours.values())
        self.labelled += 1
        self.labelled_found += found
        if not found and not self.really_hidden(expectation["pcap"], expected, layers, table, words):
            return
        self.hidden += 1
        if found:
            self.found += 1
        else:
            self.not_found.append((expectation["pcap"], sorted({f["proto"] for f in expected.values()}),
                                   sorted(TUNNEL_LAYERS & set(expectation.get("layers") or []))))

    def really_hidden(self, capture, expected, layers, table, words):
        """Is there one by labels that rest on bytes, and by layers, as corrected?"""
        def meant(f):
            return corrected(self.errata, capture, f["proto"], meant_by(f["proto"], table))
        return (any(words.get(w) in HIDDEN for f in expected.values() if shown_by_bytes(f) for w in meant(f))
                or any(corrected(self.errata, capture, f"layer:{layer}", [layer]) for layer in layers))

    def print(self, words):
        by_class = collections.defaultdict(list)
        for word in self.flows:
            by_class[words[word]].append(word)
        print(f"{'class':15} {'word':20} {'flows':>6} {'equal':>6} {'%':>6} {'by port':>8} {'content':>8} {'equal':>6}")
        for klass in sorted(by_class):
            for word in sorted(by_class[klass]):
                n, equal = self.flows[word], self.equal[word]
                print(f"{klass:15} {word:20} {n:6} {equal:6} {100 * equal / n:6.1f} {self.by_port[word]:8} "
                      f"{self.shown[word]:8} {self.shown_equal[word]:6}")
        n, equal = sum(self.flows.values()), sum(self.equal.values())
        print(f"all: {equal} of {n} flows equal ({100 * equal / max(n, 1):.2f} %), {sum(self.by_port.values())} of them "
              f"by port only; {self.missing} labelled flows are not flows of the outer packets")
        n, equal = sum(self.shown.values()), sum(self.shown_equal.values())
        print(f"labelled by content, not by port: {equal} of {n} flows equal ({100 * equal / max(n, 1):.2f} %)")
        print(f"with errata: {self.right_equal} of {self.right} flows equal "
              f"({100 * self.right_equal / max(self.right, 1):.2f} %); of {self.untold} the bytes tell nothing")
        print(f"VPN and tunnels: {self.labelled_found} of {self.labelled} captures labelled so "
              f"({100 * self.labelled_found / max(self.labelled, 1):.1f} %)")
        print(f"with errata, and without labels by port: {self.found} of {self.hidden} captures that contain one "
              f"({100 * self.found / max(self.hidden, 1):.1f} %)")
        for row in self.not_found:
            print("  not found:", *row)
        print(f"called vpn, tunnel, proxy or p2p against the label: {len(self.false_threats)}")
        for row in self.false_threats:
            print("  ", *row)
        print(f"called so where no label is: {len(self.unlabelled_threats)}")
        for row in self.unlabelled_threats:
            print("  ", *row)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dir", type=pathlib.Path, help="folder of captures with an expectations.jsonl")
    parser.add_argument("--sluicectl", default=str(TOP / "build/tools/sluicectl/sluicectl"))
    parser.add_argument("--policy", type=pathlib.Path, default=TOP / "rules/data/sample")
    parser.add_argument("--only", default="", help="captures whose path contains this")
    parser.add_argument("--differences", type=pathlib.Path, help="write every difference here")
    args = parser.parse_args()
    listing = args.dir / "expectations.jsonl"
    if not listing.exists():
        sys.exit(f"{listing}: not there; give a folder of captures with its expectations.jsonl")
    words = read_words()
    table = read_labels(words=words)
    expectations = [json.loads(line) for line in listing.read_text().splitlines() if line]
    expectations = [e for e in expectations if args.only in e["pcap"] and (args.dir / e["pcap"]).exists()]
    score = Score(read_errata(words=words))
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        replays = pool.map(lambda e: replay(args.sluicectl, args.policy, args.dir / e["pcap"]), expectations)
        for expectation, records in zip(expectations, replays):
            score.capture(expectation, records, table, words)
    score.print(words)
    if args.differences:
        args.differences.write_text("".join("\t".join(map(str, row)) + "\n" for row in score.differences))


if __name__ == "__main__":
    main()
