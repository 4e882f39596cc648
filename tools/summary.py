#!/usr/bin/env python3
"""Adds up what the suites of tools/test did; the last line it prints is `N passed, N failed`.

  summary.py meson NAME TESTLOG    meson's testlog.json; GoogleTest programs count by their cases
  summary.py junit NAME XML        pytest's report
  summary.py broken NAME WHAT      a suite that could not begin
  summary.py total DIRECTORY       the sum of all; exit 1 when something failed
"""
import json
import pathlib
import re
import sys
import xml.etree.ElementTree

MESON_GOOD = ("OK", "EXPECTEDFAIL")


def result(name, passed=0, failed=(), skipped=()):
    return {"suite": name, "passed": passed, "failed": list(failed), "skipped": list(skipped)}


def gtest_cases(text):
    """(passed, [failed], number skipped) as GoogleTest printed it, or None when it did not."""
    if not re.search(r"^\[==========\] \d+ tests? from .* ran\.", text, re.M):
        return None
    numbers = {word: sum(int(n) for n in re.findall(rf"^\[  {word} *\] (\d+) tests?", text, re.M))
               for word in ("PASSED", "SKIPPED")}
    failed = re.findall(r"^\[  FAILED  \] (\w\S*\.\S+)(?:, where .*)? \(\d+ ms\)$", text, re.M)
    return numbers["PASSED"], failed, numbers["SKIPPED"]


def from_meson(name, log):
    passed, failed, skipped = 0, [], []
    file = pathlib.Path(log)
    lines = file.read_text().splitlines() if file.exists() else []
    for test in map(json.loads, lines):
        cases, title = gtest_cases(test.get("stdout", "")), test["name"]
        good = test["result"] in MESON_GOOD
        if test["result"] == "SKIP":
            skipped.append(title)
        elif cases is None or not (good or cases[1]):
            passed += good
            failed += [] if good else [f"{title} ({test['result'].lower()})"]
        else:
            passed += cases[0]
            failed += [f"{title}: {case}" for case in cases[1]]
            skipped += [title] * cases[2]
    if not lines:
        failed.append("no test ran: look above for why")
    return result(name, passed, failed, skipped)


def from_junit(name, report):
    try:
        cases = list(xml.etree.ElementTree.parse(report).getroot().iter("testcase"))
    except (FileNotFoundError, xml.etree.ElementTree.ParseError):
        cases = []
    if not cases:
        return result(name, failed=["no test ran: look above for why"])
    title = {id(c): f"{c.get('classname')}.{c.get('name')}" for c in cases}
    failed = [c for c in cases if c.find("failure") is not None or c.find("error") is not None]
    skipped = [c for c in cases if c not in failed and c.find("skipped") is not None]
    return result(name, len(cases) - len(failed) - len(skipped),
                  [title[id(c)] for c in failed], [title[id(c)] for c in skipped])


def total(directory):
    suites = [json.loads(f.read_text()) for f in sorted(pathlib.Path(directory).glob("*.json"))]
    passed = sum(s["passed"] for s in suites)
    failed = [f"{s['suite']}: {name}" for s in suites for name in s["failed"]]
    skipped = [f"{s['suite']}: {name}" for s in suites for name in s["skipped"]]
    for s in suites:
        print(f"  {s['suite']:10} {s['passed']:5} passed {len(s['failed']):4} failed "
              f"{len(s['skipped']):4} skipped")
    if skipped:
        print(f"\nNOT RUN ({len(skipped)}): " + "; ".join(sorted(set(skipped))[:20]))
    if failed:
        print("\nFAILED:\n  " + "\n  ".join(failed))
        print("\nWhat to try next: run one suite (tools/test unit|asan|e2e|bench); one program of it\n"
              "(meson test -C build NAME -v); replay a property by the seed it printed\n"
              "(SLUICE_SEED=... ); keep an e2e lab to look at (pytest tests/e2e -k NAME --keep).")
    else:
        print("\nWhat to try next: tools/up for a running gateway with real traffic; then sluicectl.")
    print(f"{passed} passed, {len(failed)} failed" + (f", {len(skipped)} skipped" if skipped else ""))
    return 1 if failed or not suites else 0


def main():
    command, *words = sys.argv[1:]
    if command == "total":
        return total(*words)
    makers = {"meson": from_meson, "junit": from_junit,
              "broken": lambda name, what: result(name, failed=[f"{what} failed: look above"])}
    print(json.dumps(makers[command](*words)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
