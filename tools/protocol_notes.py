#!/usr/bin/python3
"""What each recogniser looks at and where it ends, out of the head of its file, as a table for sluicectl.

    protocol_notes.py OUTPUT FILE.cc ...

The head is comment lines `key: text` (words, looks at, limits, source); a line that goes on is indented.
"""
import pathlib
import re
import sys

KEYS = ("words", "looks at", "limits", "source")


def head_of(path):
    notes, key = {}, None
    for line in path.read_text().splitlines():
        if not line.startswith("// "):
            break
        started = re.match(r"// (words|looks at|limits|source): (.*)", line)
        if started:
            key = started[1]
            notes[key] = started[2].strip()
        elif key and line.startswith("//   "):
            notes[key] += " " + line[5:].strip()
        else:
            break
    return notes


def literal(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def main():
    rows = []
    for file in sorted(pathlib.Path(name) for name in sys.argv[2:]):
        notes = head_of(file)
        if not notes:
            continue
        missing = [key for key in KEYS if not notes.get(key)]
        if missing:
            sys.exit(f"{file}: its head says nothing of: {', '.join(missing)}")
        for word in notes["words"].split():
            rows.append("    {" + ", ".join(map(literal, (word, notes["looks at"], notes["limits"],
                                                          notes["source"], file.name))) + "},\n")
    pathlib.Path(sys.argv[1]).write_text("".join(sorted(rows)))


if __name__ == "__main__":
    main()
