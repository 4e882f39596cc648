#!/usr/bin/env python3
"""Keeps functions, files and READMEs small, and every folder explained.

Limits: functions <= 70 lines, files <= 500, READMEs of folders <= 40 lines; every folder with code
has a README; no marks of unfinished work. `size_exceptions.txt` beside this file lists what is
larger, with its size: an entry may only shrink (the size found must not be above the size listed,
and an entry that is no longer needed, or larger than needed, must be taken out or lowered).
"""
import pathlib
import re
import sys

FUNCTION_LINES_MAX = 70
FILE_LINES_MAX = 500
README_LINES_MAX = 40
CODE = (".cc", ".h", ".py", ".sh")
TOPS = ("rules", "dataplane", "control", "certs", "tools", "bench", "tests")
# Folders that mirror another, or hold data or one thing the parent's README explains.
README_FROM_PARENT = re.compile(r"^tests/(unit|fuzz)/|^tests/fuzz/corpus/|/(data|corpus)(/|$)")
# Spelled apart so that this file does not find itself.
UNFINISHED = re.compile(r"\b(" + "|".join(["TO" "DO", "FIX" "ME", "XX" "X", "HA" "CK"]) + r")\b")


def strip_code(text):
    """C++ with comments, strings and character literals blanked, line for line."""
    def blank(m):
        return re.sub(r"[^\n]", " ", m[0])
    pattern = (r'R"(\w*)\(.*?\)\1"|//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"'
               r"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'")
    return re.sub(pattern, blank, text, flags=re.S)


OPENER = re.compile(r"\b(namespace|class|struct|union|enum|extern)\b")
ACCESS = re.compile(r"^\s*(public|private|protected)\s*:", re.M)
CONTROL = re.compile(r"^\s*(if|for|while|switch|do|else|catch|try)\b")


def is_function_head(head):
    """Whether the text before a '{' opens a function body (and not a type, list or namespace)."""
    head = re.sub(r"^\s*#.*$", "", head, flags=re.M).strip()
    if not head or "(" not in head or CONTROL.match(head) or head.endswith(("=", ",", "(")):
        return False
    before_parameters = head.split("(")[0]
    if OPENER.search(before_parameters) and "operator" not in before_parameters:
        return bool(re.search(r"\w+\s+\w+$", before_parameters.strip())) and ")" in head
    return bool(re.search(r"\)\s*(const|noexcept(\(.*\))?|override|final|&|&&|->.*|:.*|requires.*|\s)*$",
                          head, flags=re.S))


def cpp_functions(text):
    """(first line, number of lines) of each outermost function body.

    A brace right behind a word, `b_{1}`, is a list of values: the formatter sets a blank before
    every brace that opens a body.
    """
    code, lists, function, head_start, line = strip_code(text), [], None, 0, 1
    is_list = False
    for at, char in enumerate(code):
        if char == "\n":
            line += 1
        elif char == "{":
            is_list = at > 0 and not code[at - 1].isspace()
            head = ACCESS.sub("", code[head_start:at])
            if function is None and not is_list and is_function_head(head):
                function = (line - head.lstrip().count("\n"), len(lists))
            lists.append(is_list)
        elif char == "}" and lists:
            is_list = lists.pop()
            if function is not None and len(lists) == function[1]:
                yield function[0], line - function[0] + 1
                function = None
        if char in "{};" and not (char in "{}" and is_list):
            head_start = at + 1


def python_functions(text):
    lines = text.splitlines()
    for number, line in enumerate(lines):
        found = re.match(r"(\s*)def \w+", line)
        if not found:
            continue
        end = number + 1
        for next_number in range(number + 1, len(lines)):
            rest = lines[next_number]
            if not rest.strip():
                continue
            closes_head = re.match(r"\s*\)", rest)
            if len(rest) - len(rest.lstrip()) <= len(found[1]) and not closes_head:
                break
            end = next_number + 1
        yield number + 1, end - number


def sizes(path, text):
    """(key, where, size, limit) of everything in a file that has a limit."""
    lines = text.count("\n") + (not text.endswith("\n"))
    yield path, path, lines, FILE_LINES_MAX
    functions = {".cc": cpp_functions, ".h": cpp_functions, ".py": python_functions}
    for first, count in functions.get(pathlib.Path(path).suffix, lambda _: ())(text):
        name = text.splitlines()[first - 1].strip()
        yield f"{path} {name}", f"{path}:{first}", count, FUNCTION_LINES_MAX


def read_exceptions(file):
    """{key: size allowed} from lines `SIZE KEY`."""
    entries = {}
    if file.exists():
        for line in file.read_text().splitlines():
            if line.strip() and not line.startswith("#"):
                size, key = line.split(None, 1)
                entries[key] = int(size)
    return entries


def size_problems(path, text, exceptions, used):
    for key, where, size, limit in sizes(path, text):
        allowed = exceptions.get(key)
        if allowed is not None:
            used.add(key)
            if size <= limit:
                yield f"{where}: is {size} lines now: take it out of the exceptions"
            elif size < allowed:
                yield f"{where}: is {size} lines now: lower its exception from {allowed}"
        if size > (allowed or limit):
            yield f"{where}: {size} lines, at most {allowed or limit}: split it"


def readme_problems(root, folder):
    path = folder.relative_to(root).as_posix()
    readme = folder / "README.md"
    if readme.exists():
        count = readme.read_text().count("\n")
        if count > README_LINES_MAX:
            yield f"{path}/README.md: {count} lines, at most {README_LINES_MAX}"
    elif not README_FROM_PARENT.search(path):
        yield f"{path}: has code but no README.md (purpose, main types, limits, where its tests are)"


def check(root):
    """All problems below `root`, and how many files were looked at."""
    exceptions, used = read_exceptions(root / "tools" / "size_exceptions.txt"), set()
    problems, folders, count = [], set(), 0
    for top in TOPS:
        for file in sorted((root / top).rglob("*")):
            if not file.is_file() or "__pycache__" in file.parts:
                continue
            path = file.relative_to(root).as_posix()
            is_code = file.suffix in CODE or file.read_bytes()[:2] == b"#!"
            if not (is_code or file.name in ("README.md", "meson.build")):
                continue
            text = file.read_text()
            for number, line in enumerate(text.splitlines(), 1):
                if found := UNFINISHED.search(line):
                    problems.append(f"{path}:{number}: {found[0]}: finish it, or say the limit plainly")
            if is_code:
                count += 1
                folders.add(file.parent)
                problems += size_problems(path, text, exceptions, used)
    for folder in sorted(folders):
        problems += readme_problems(root, folder)
    problems += [f"size_exceptions.txt: nothing is called {key!r}: take the line out"
                 for key in sorted(set(exceptions) - used)]
    return problems, count


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[1])
    problems, count = check(root)
    for problem in problems:
        print(problem)
    if not count:
        print(f"no code below {root}: wrong root?")
    print(f"sizes: {len(problems)} problems in {count} files")
    return 1 if problems or not count else 0


if __name__ == "__main__":
    sys.exit(main())
