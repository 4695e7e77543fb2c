"""The names of tools as models may be told of them: letters, digits, `_` and `-`, 64 at most, and each once."""

import re
from collections.abc import Iterable

LONGEST = 64


def called(names: Iterable[str]) -> dict[str, str]:
    """For each name that a model may be told, the server's own. Those that come to the same get a number."""
    found: dict[str, str] = {}
    for name in names:
        plain = re.sub(r"[^A-Za-z0-9_-]+", "_", name)[:LONGEST] or "tool"
        free, number = plain, 2
        while free in found:
            free = f"{plain[: LONGEST - len(str(number)) - 1]}_{number}"
            number += 1
        found[free] = name
    return found
