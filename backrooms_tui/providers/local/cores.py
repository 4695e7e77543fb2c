"""How many threads a model may compute with."""

import os
from pathlib import Path


def threads_for_a_model() -> int:
    """Physical cores that this process may use, less one for the program itself; at least 1.

    The threads of llama.cpp wait for one another at every layer, so one that has to share its core holds up all of
    them. Measured on 2 cores beside other work, starter model: 2 threads 1 to 12 tokens/s, 1 thread 50; undisturbed
    75 and 51.
    """
    return max(1, min(_physical_cores(), _quota()) - 1)


def _allowed() -> set[int]:
    if hasattr(os, "sched_getaffinity"):
        return set(os.sched_getaffinity(0))
    return set(range(os.cpu_count() or 1))


def _physical_cores() -> int:
    """Cores without counting a core's second thread. Where the system does not tell: half, as most have two."""
    allowed = _allowed()
    cores = set()
    for cpu in allowed:
        try:
            text = Path(f"/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list").read_text("ascii")
        except OSError:
            return max(1, (len(allowed) + 1) // 2)
        cores.add(text.strip())
    return max(1, len(cores))


def _quota() -> int:
    """Whole processors that a container's limit leaves (cgroup v2); very many where there is no limit."""
    try:
        limit, period = Path("/sys/fs/cgroup/cpu.max").read_text("ascii").split()
        return max(1, round(int(limit) / int(period)))
    except (OSError, ValueError, ZeroDivisionError):
        return 1 << 16
