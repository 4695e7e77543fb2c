"""How the disk is shown: rows, pages, and what fits a pattern."""

from collections.abc import Sequence
from fnmatch import fnmatchcase

from backrooms_tui.worlds.exos.files.disk import Disk, name
from backrooms_tui.worlds.exos.telling import counted, one_line

_LINES = 120
_LETTERS = 6_000


def rows(paths: Sequence[str], disk: Disk, *, whole: bool = False) -> str:
    """Paths, one on a line, each with what it is."""
    names = [one_line(path if whole else name(path)) + ("/" if path in disk.folders else "") for path in paths]
    width = min(40, max(map(len, names), default=0))
    return "\n".join(f"  {one:<{width}}  {_size(path, disk)}".rstrip() for one, path in zip(names, paths, strict=True))


def page(text: str, first: int) -> tuple[str, str]:
    """A part of `text` from line `first` on, and a hint at what comes after it."""
    lines = text.split("\n")
    first = min(max(first, 1), len(lines))
    shown: list[str] = []
    letters = 0
    for line in lines[first - 1 :]:
        if len(shown) == _LINES or (shown and letters + len(line) > _LETTERS):
            break
        shown.append(line if len(line) <= _LETTERS else f"{line[:_LETTERS]}… (a line of {len(line):,} letters)")
        letters += len(line)
    last = first - 1 + len(shown)
    return "\n".join(shown), f"lines {first} to {last} of {len(lines)}" if last < len(lines) or first > 1 else ""


def matches(text: str, pattern: str, *, whole: bool) -> bool:
    """Whether `text` has `pattern` in it, or fits it where it has * or ? in it: `whole`, or somewhere. Capitals are the
    caller's. It takes no time to speak of: Python makes a pattern's stars into groups that are not tried again."""
    if not any(mark in pattern for mark in "*?"):
        return pattern in text
    plain = pattern[:80].replace("[", "[[]")
    while "**" in plain:
        plain = plain.replace("**", "*")
    return fnmatchcase(text, plain if whole else f"*{plain}*")


def _size(path: str, disk: Disk) -> str:
    return counted(len(disk.files[path]), "letter") if path in disk.files else ""
