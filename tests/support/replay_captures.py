#!/usr/bin/env python3
"""Replays every capture there is through `sluicectl replay`: no crash, leak or packet unaccounted for.

    replay_captures.py SLUICECTL ROOT --junit FILE

Captures are looked for in $SLUICE_DATA/pcap (default: shared/data beside the source tree). A file
that is no capture must be refused with exit 6; a damaged one is used as far as it goes. Meant for a
build with sanitizers, whose findings end the program with another exit code.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys
import time
import xml.sax.saxutils

GOOD_EXITS = {0: "replayed", 6: "refused"}
SECONDS_MAX = 300  # for the largest capture, under sanitizers, on a busy machine


def complaint(sluicectl, policy, capture):
    """What is wrong with a replay, or None."""
    argv = [sluicectl, "replay", str(capture), "--policy", str(policy), "-o", "ndjson"]
    try:
        done = subprocess.run(argv, capture_output=True, text=True, timeout=SECONDS_MAX)
    except subprocess.TimeoutExpired:
        return f"not done after {SECONDS_MAX} s"
    if done.returncode not in GOOD_EXITS:
        return f"exit {done.returncode}: {done.stderr[-2000:]}"
    if done.returncode == 6:
        return None if done.stderr.strip() else "refused without a word"
    return unaccounted(done.stdout)


def unaccounted(text):
    """Checks the last line: rx = forwarded + all dropped + held."""
    try:
        s = json.loads(text.splitlines()[-1])["summary"]
    except (IndexError, ValueError, KeyError):
        return f"no summary at the end: {text[-300:]!r}"
    out = s["forwarded"] + sum(s["dropped"].values()) + s["held"]
    return None if s["rx"] == out else f"{s['rx']} packets in, {out} accounted for: {s}"


def captures(data):
    kinds = (".pcap", ".pcapng", ".cap", ".trace", ".dmp", ".ntar")
    return sorted(p for p in (data / "pcap").rglob("*") if p.suffix.lower() in kinds)


def write_junit(file, rows):
    """rows: (name, complaint or None)."""
    escape = xml.sax.saxutils.quoteattr
    cases = [f"<testcase classname='replay' name={escape(name)}>"
             + (f"<failure message={escape(bad)}/>" if bad else "") + "</testcase>"
             for name, bad in rows]
    if not rows:
        cases = ["<testcase classname='replay' name='captures'><skipped/></testcase>"]
    file.write_text(f"<testsuite>{''.join(cases)}</testsuite>")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sluicectl", type=pathlib.Path)
    parser.add_argument("root", type=pathlib.Path)
    parser.add_argument("--junit", type=pathlib.Path, required=True)
    options = parser.parse_args()
    data = pathlib.Path(os.environ.get("SLUICE_DATA", options.root / ".." / "shared" / "data"))
    policy = options.root / "rules" / "data" / "sample"
    files, begun, rows = captures(data), time.monotonic(), []
    if not files:
        print(f"*** NO CAPTURES ARE REPLAYED: none below {data}/pcap (set SLUICE_DATA) ***")
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        checks = pool.map(lambda f: complaint(options.sluicectl, policy, f), files)
        for number, (file, bad) in enumerate(zip(files, checks), 1):
            rows.append((str(file.relative_to(data)), bad))
            if bad:
                print(f"{file}: {bad}")
            if number % 250 == 0:
                print(f"{number} of {len(files)} captures, {time.monotonic() - begun:.0f} s")
    write_junit(options.junit, rows)
    return 1 if any(bad for _, bad in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
