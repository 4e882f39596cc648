"""Reserves a few huge pages for the data plane, and gives back what it took."""
import pathlib

from lab.shell import write

PAGES = 256  # x 2 MiB = 512 MiB: tables and packet buffers of the lab's configuration
_POOL = pathlib.Path("/sys/kernel/mm/hugepages/hugepages-2048kB")


def reserve(state):
    """True when PAGES pages are free now. What was there before is kept in the lab's state."""
    try:
        total, free = (int((_POOL / f).read_text()) for f in ("nr_hugepages", "free_hugepages"))
        if free >= PAGES:
            return True
        memory = state / "hugepages.before"
        if not memory.exists():
            write(memory, f"{total}\n")
        (_POOL / "nr_hugepages").write_text(f"{total + PAGES - free}\n")
        return int((_POOL / "free_hugepages").read_text()) >= PAGES
    except (FileNotFoundError, PermissionError):
        return False  # a container, or a kernel without them: ordinary pages do for the lab


def restore(state):
    """Puts the number of huge pages back; does nothing when none were reserved."""
    try:
        before = (state / "hugepages.before").read_text()
        (_POOL / "nr_hugepages").write_text(before)
    except (FileNotFoundError, PermissionError):
        pass
