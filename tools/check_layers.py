#!/usr/bin/env python3
"""Fails when a file includes what its layer may not, or does on the fast path what is not done there.

Run by `meson test`; each problem says where, what and why. The rules are design section 2:
control -> certs, rules; dataplane -> rules; certs -> rules; tools, bench, tests -> everything;
never dataplane <-> control, never rules -> anything above.
"""
import pathlib
import re
import sys

# A layer is the longest path that matches. It may include itself and what is listed; "X/" means
# every layer below X.
MAY_INCLUDE = {
    "rules/base": [],
    "rules/model": ["rules/base"],
    "rules/lookup": ["rules/base", "rules/model"],
    "rules/ipc": ["rules/base", "rules/model", "rules/lookup"],
    "rules/load": ["rules/base", "rules/model", "rules/ipc"],  # ipc: sha256 of bulk files
    "rules/compile": ["rules/base", "rules/model", "rules/ipc", "rules/lookup", "rules/load"],
    "rules/sandbox": ["rules/base"],
    "rules/content": ["rules/base", "rules/model", "rules/ipc"],
    "dataplane/wire": ["rules/base", "rules/model"],
    "dataplane/detect": ["rules/base", "rules/model", "dataplane/wire"],
    "dataplane/flow": ["rules/base", "rules/model", "rules/ipc", "rules/lookup", "dataplane/wire"],
    "dataplane/pipeline": ["rules/", "dataplane/wire", "dataplane/detect", "dataplane/flow"],
    "dataplane": ["rules/", "dataplane/"],
    "dataplane/inspect": ["rules/", "dataplane/", "certs/signer", "certs/verify"],
    "certs": ["rules/", "certs/"],
    # Layers of their own because inspect asks the signer and verifies servers, and nothing else.
    "certs/signer": ["rules/", "certs/"],
    "certs/verify": ["rules/", "certs/"],
    "control": ["rules/", "certs/", "control/"],
    "tools": ["*"],
    "bench": ["*"],
    "tests": ["*"],
}

# DPDK headers that are code of their own: they need no EAL, so that replay starts without one.
EAL_FREE = (
    r"rte_(mbuf|mbuf_core|mbuf_dyn|prefetch|branch_prediction|byteorder|common|config|"
    r"rcu_qsbr|vect|ether|ip|tcp|udp|icmp|mpls|cycles|pause|atomic|memory)\.h"
)

# Foreign headers have one home each, so that replacing a library touches one folder.
# Tests and benches may use any of them (peers and oracles).
ONLY_IN = [
    (EAL_FREE, ["dataplane/io", "dataplane/flow", "dataplane/pipeline", "dataplane/handover",
                "dataplane/app"]),
    (r"rte_\w+\.h", ["dataplane/io", "dataplane/handover", "dataplane/app"]),
    (r"openssl/.*", ["tools/catalog_publisher", "rules/ipc", "rules/compile", "certs",
                     "control/notices", "control/requests", "dataplane/inspect", "dataplane/wire"]),
    (r"hs(_\w+)?\.h|hs/.*", ["rules/content"]),
    (r"seccomp\.h", ["rules/sandbox"]),
    (r"(zlib|zstd)\.h|brotli/.*", ["rules/content"]),
    (r"nghttp2/.*", ["dataplane/inspect"]),
    (r"sqlite3\.h", ["control/store"]),
    (r"libpq-fe\.h|pqxx/.*", ["control/store"]),
    (r"yaml-cpp/.*", ["rules/load"]),
    (r"curl/.*", ["control/catalog", "control/notices"]),
    (r"maxminddb\.h", ["rules/compile"]),
    (r"libpsl\.h", ["rules/load"]),
    (r"httplib\.h", ["control/api", "tools"]),
    (r"prometheus/.*", ["control/api"]),
    (r"pcap(/.*|\.h)", ["tools/replay"]),
]
FREE_OF_HOMES = ("tests/", "bench/")

FAST_PATH = ("dataplane/wire", "dataplane/detect", "dataplane/flow", "dataplane/pipeline",
             "rules/lookup")
# `explain` tells people what decide() did: not on the packet path, may build text.
NOT_PACKET_PATH = re.compile(r"rules/lookup/explain\w*\.(h|cc)$")
FAST_PATH_BANS = [
    (r"\bthrow\b|\btry\s*\{", "no exceptions: return a Result or a DropReason"),
    (r"#include\s+<(iostream|fstream|sstream)>", "no streams: count, do not print"),
    (r"\b(std::)?(recursive_|shared_|timed_)?mutex\b|\block_guard\b|\bunique_lock\b"
     r"|\bscoped_lock\b", "no locks: share by snapshot"),
    (r"\bshared_ptr\b", "no shared ownership: one writer per thing"),
    (r"_clock::now|\bclock_gettime\b|\bgettimeofday\b|\brte_(rd|get_)tsc\w*|\b__rdtsc\b",
     "no clock: take `now` as a parameter"),
    (r"\bmalloc\s*\(|\bcalloc\s*\(|\brealloc\s*\(", "no allocation after start"),
    (r"\bnew\s+[A-Za-z_:(<]", "no allocation after start"),
]


def layer_of(path):
    """The layer a path belongs to, or None when it is not ours."""
    matches = [k for k in MAY_INCLUDE if path.startswith(k + "/")]
    return max(matches, key=len, default=None)


def may_include(mine, theirs):
    if theirs is None or theirs == mine:
        return True
    return any(
        allowed in ("*", theirs) or (allowed.endswith("/") and (theirs + "/").startswith(allowed))
        for allowed in MAY_INCLUDE[mine]
    )


def code_lines(text):
    """(number, line) without comments and string contents, so that words in prose do not count."""
    text = re.sub(r"/\*.*?\*/", lambda m: "\n" * m[0].count("\n"), text, flags=re.S)
    for number, line in enumerate(text.splitlines(), 1):
        if not re.match(r"\s*#\s*include", line):
            line = re.sub(r'"(\\.|[^"\\])*"', '""', line)
        yield number, line.split("//")[0]


def include_problems(path, name):
    mine, theirs = layer_of(path), layer_of(name)
    if not may_include(mine, theirs):
        yield f"{mine} may not include {theirs} ({name}); design section 2 says who may"
    if path.startswith(FREE_OF_HOMES):
        return
    for pattern, homes in ONLY_IN:
        if re.fullmatch(pattern, name):
            if not any(path.startswith(home + "/") for home in homes):
                yield f"<{name}> lives in {' or '.join(homes)} only"
            return


def fast_path_problems(path, line):
    if not path.startswith(tuple(p + "/" for p in FAST_PATH)) or NOT_PACKET_PATH.search(path):
        return
    for ban, why in FAST_PATH_BANS:
        if re.search(ban, line):
            yield f"fast path: {why}"


def check_file(path, text):
    for number, line in code_lines(text):
        found = re.match(r'\s*#\s*include\s+[<"]([^>"]+)[>"]', line)
        problems = list(include_problems(path, found[1])) if found else []
        problems += fast_path_problems(path, line)
        for problem in problems:
            yield f"{path}:{number}: {problem}"


def check(root):
    """All problems below `root`, and how many files were looked at."""
    problems, files = [], 0
    for top in sorted({k.split("/")[0] for k in MAY_INCLUDE}):
        for file in sorted((root / top).rglob("*")):
            path = file.relative_to(root).as_posix()
            if file.suffix in (".h", ".cc") and layer_of(path):
                files += 1
                problems += check_file(path, file.read_text())
    return problems, files


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[1])
    problems, files = check(root)
    for problem in problems:
        print(problem)
    if not files:
        print(f"no source files below {root}: wrong root?")
    print(f"layers: {len(problems)} problems in {files} files")
    return 1 if problems or not files else 0


if __name__ == "__main__":
    sys.exit(main())
