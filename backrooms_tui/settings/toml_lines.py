"""Which line of a TOML file a key stands on, so that a mistake can be pointed at. `tomllib` does not say."""

import re
import tomllib
from bisect import bisect_left
from collections.abc import Sequence
from typing import Any


def line_of(text: str, path: Sequence[str | int]) -> int | None:
    """The line, from 1, where the statement that brings in `path` begins; None where nothing does.

    `text` is a TOML document without mistakes. Its beginning up to the end of any statement is a document too, so the
    first beginning that holds the path ends with the statement looked for: about log2(lines) readings find it.
    """
    lines = text.split("\n")
    index = bisect_left(range(1, len(lines) + 1), True, key=lambda count: _holds(lines, count, path))
    return index + 1 if index < len(lines) else None


def mistake_line(error: tomllib.TOMLDecodeError, text: str) -> int:
    """The line, from 1, of a mistake in the TOML itself."""
    found = re.search(r"at line (\d+)", str(error))
    return int(found.group(1)) if found else text.rstrip("\n").count("\n") + 1


def _holds(lines: Sequence[str], count: int, path: Sequence[str | int]) -> bool:
    """Whether `path` is there once the statement that line `count` belongs to is over."""
    for end in range(count, len(lines) + 1):
        try:
            node: Any = tomllib.loads("\n".join(lines[:end]))
        except tomllib.TOMLDecodeError:
            continue
        for step in path:
            try:
                node = node[step]
            except (KeyError, IndexError, TypeError):
                return False
        return True
    return False
