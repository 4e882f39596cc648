"""One lab for the whole run, of its own: it does not meet a lab of tools/up.

    pytest tests/e2e --build build [--keep] [-k NAME]

Needs root and network namespaces; without them every case is skipped, and says why.
"""
import os
import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
sys.path.insert(0, str(pathlib.Path(__file__).parent))

from lab.gateway import SAMPLE_POLICY  # noqa: E402
from lab.lab import Lab  # noqa: E402

PROGRAMS = ("dataplane/app/sluice-dataplane", "control/daemon/sluiced",
            "tools/sluicectl/sluicectl", "tools/impair/impair",
            "dataplane/handover/broker/sluice-broker")


def pytest_addoption(parser):
    parser.addoption("--build", default=str(ROOT / "build"), help="meson build directory")
    parser.addoption("--keep", action="store_true", help="leave the lab running afterwards")


def why_not():
    """Why namespaces cannot be used here, or nothing."""
    if os.geteuid() != 0:
        return "end-to-end tests need root (network namespaces): sudo tools/test e2e"
    name = f"slu-probe-{os.getpid()}"
    made = subprocess.run(["ip", "netns", "add", name], capture_output=True, text=True)
    subprocess.run(["ip", "netns", "delete", name], capture_output=True)
    return f"no network namespaces here: {made.stderr.strip()}" if made.returncode else None


def pytest_collection_modifyitems(config, items):
    reason = why_not()
    if reason:
        print(f"\n*** END-TO-END TESTS ARE NOT RUN: {reason} ***\n")
        for item in items:
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def lab(request):
    """A running lab with the shipped sample policy in force and both bumps just passing frames."""
    build = pathlib.Path(request.config.getoption("--build")).resolve()
    for program in PROGRAMS:
        assert (build / program).exists(), f"{build / program} is not built: tools/test builds it"
    lab = Lab(f"slu-e2e-{os.getpid()}-", build, impaired=True)
    try:
        lab.up(lambda text: print(f"lab: {text}"))
        yield lab
    finally:
        if request.config.getoption("--keep"):
            print(f"\nkept: namespaces {lab.plan.prefix}*, state {lab.plan.state}; remove it with "
                  f"PYTHONPATH=tools python3 -m lab down --prefix {lab.plan.prefix}")
        else:
            lab.down()


@pytest.fixture(autouse=True)
def blame(lab, request):
    """A gateway that died in one case must not look like a fault of the next."""
    yield
    for name in ("sluiced", "sluice-dataplane", "sluice-broker"):
        alive = lab.processes.alive(name)
        tail = "" if alive else lab.processes.log_tail(name)
        if not alive:
            lab.gateway.start()
        assert alive, f"{name} ended during {request.node.name}:\n{tail}"


@pytest.fixture
def impaired(lab):
    """A function that gives both bumps options; afterwards frames just pass again."""
    yield lab.impair
    lab.impair()


@pytest.fixture
def policy(lab, tmp_path):
    """A copy of the sample to edit, and to commit; afterwards the sample is in force again."""
    directory = tmp_path / "policy"
    subprocess.run(["cp", "-r", str(SAMPLE_POLICY), str(directory)], check=True)
    yield directory
    lab.gateway.commit(SAMPLE_POLICY, "end of a test")
