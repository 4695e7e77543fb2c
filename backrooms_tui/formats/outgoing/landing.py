"""Putting a file where it was asked for: whole or not at all, and never in place of another.

It is written beside its place under a passing name and then given its own, which fails where somebody else has it by
now. It is for handing on: who may read it is what the person's umask says.
"""

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import TextIO

from backrooms_tui.session.trouble import OperatorError

Write = Callable[[TextIO], None]


def land(write: Write, place: Path) -> Path:
    """Let `write` fill a file (UTF-8, lines ending in LF) and put it at `place`, or beside it with a number where there
    is something already: `night.html`, `night-2.html`. Gives back where it is.

    A device or a pipe is written to as it is. Raises OperatorError where it cannot be written, and leaves nothing then.
    """
    with _in_words(place):
        if place.exists() and not place.is_file() and not place.is_dir():
            with place.open("w", encoding="utf-8", errors="backslashreplace", newline="\n") as out:
                write(out)
            return place
        place.parent.mkdir(parents=True, exist_ok=True)
        passing = place.with_name(f".{secrets.token_hex(8)}.part")
        try:
            with passing.open("x", encoding="utf-8", errors="backslashreplace", newline="\n") as out:
                write(out)
                out.flush()
                os.fsync(out.fileno())
            for candidate in _candidates(place):
                if _named(passing, candidate):
                    return candidate
        finally:
            passing.unlink(missing_ok=True)
    raise AssertionError("there is always another number")


def _candidates(place: Path) -> Iterator[Path]:
    yield place
    for number in count(2):
        yield place.with_name(f"{place.stem}-{number}{place.suffix}")


def _named(passing: Path, name: Path) -> bool:
    """Give the file its name; False where something has it."""
    try:
        os.link(passing, name)
    except FileExistsError:
        return False
    except OSError:  # a file system without links: the name is taken first, then filled at once
        try:
            os.close(os.open(name, os.O_CREAT | os.O_EXCL, 0o666))
        except FileExistsError:
            return False
        os.replace(passing, name)
    return True


@contextmanager
def _in_words(place: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        why = error.strerror or str(error)
        raise OperatorError(f"{place} cannot be written: {why}", "choose another place with --output") from error
