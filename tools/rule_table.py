#!/usr/bin/env python3
"""rules/README.md: which test proves which requirement, out of the tests' own names.

    rule_table.py [--check] [ROOT]

A test names its rules at the beginning: `TEST_F(Cases, G15_1_AccessIsOpen...)`, `def test_g13_...`;
several follow each other, `G6_G7_...`. Life cycles name theirs under `rules:`. --check compares.
"""
import pathlib
import re
import sys

# Every rule of the requirements that a life cycle carries.
RULES = ["G2", "G5", "G6", "G7", "G9", "G10", "G11", "G12", "G13", "G14", "G15", "G15-1", "G15-2",
         "G16", "G17", "G18", "G19", "G21", "G22", "G23", "M2", "M7", "M8", "M9", "M10", "M11",
         "M12", "P", "H", "W", "K"]
PREFIX = re.compile(r"^((?:(?:[GM]\d+(?:_\d)?|[PHWK])_)+)", re.I)
HEAD = """# rules: which life cycle carries which requirement, and which test proves it

Made by `tools/rule_table.py`; a test compares. The requirements are those of the operating rules of
the gateways and the four services.

| rule | life cycles | tests |
|---|---|---|
"""


def rules_in(name):
    """The rules a test's name begins with."""
    found = PREFIX.match(name)
    if not found:
        return []
    words = re.findall(r"[GM]\d+(?:_\d(?!\d))?|[PHWK]", found[1].upper())
    return [word.replace("_", "-") for word in words]


def tests_of(root):
    """(rule, name of the test) of every test that names its rules."""
    for file in sorted((root / "tests").rglob("*")):
        if file.suffix == ".cc":
            names = re.findall(r"TEST(?:_F)?\(\w+, (\w+)\)", file.read_text())
        elif file.suffix == ".py":
            names = [n[5:] for n in re.findall(r"^def (test_\w+)", file.read_text(), re.M)]
        else:
            continue
        for name in names:
            for rule in rules_in(name):
                yield rule, f"`{file.stem}` {name}"


def cycles_of(root):
    for file in sorted((root / "rules/data/lifecycles").glob("*.yaml")):
        listed = re.search(r"^rules: \[(.*)\]", file.read_text(), re.M)
        for rule in listed[1].split(", "):
            yield rule, file.stem


def table(root):
    tests, cycles = {}, {}
    for rule, test in tests_of(root):
        tests.setdefault(rule, []).append(test)
    for rule, cycle in cycles_of(root):
        cycles.setdefault(rule, []).append(cycle)
    missing = [r for r in RULES if r not in tests or r not in cycles]
    rows = [f"| {r} | {', '.join(cycles.get(r, ['-']))} | {'; '.join(tests.get(r, ['-']))} |\n"
            for r in RULES]
    return HEAD + "".join(rows), missing


def main():
    words = [w for w in sys.argv[1:] if w != "--check"]
    root = pathlib.Path(words[0] if words else pathlib.Path(__file__).parents[1])
    text, missing = table(root)
    if missing:
        sys.exit(f"no test or no life cycle for: {', '.join(missing)}")
    readme = root / "rules/README.md"
    if "--check" not in sys.argv:
        readme.write_text(text)
    elif readme.read_text() != text:
        sys.exit("rules/README.md is not what the tests say: run tools/rule_table.py")


if __name__ == "__main__":
    main()
