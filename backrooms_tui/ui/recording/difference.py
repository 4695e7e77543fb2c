"""What has to be drawn to make the next picture of the one that stands: of each row, from the first changed cell to the
last. The whole of a screen is some 20 KB, a word that was said some 100 bytes."""

from collections.abc import Sequence
from io import StringIO

from rich.cells import cell_len
from rich.console import Console
from textual.strip import Strip

# In all colours, whatever the terminal can do in which the recording is asked for.
_CONSOLE = Console(color_system="truecolor", file=StringIO(), force_terminal=True, legacy_windows=False)

_Cell = tuple[str, object]


def difference(before: Sequence[Strip], after: Sequence[Strip]) -> str:
    """Terminal output that changes `before` to `after`, row by row; rows that `before` has not are drawn whole."""
    drawn: list[str] = []
    for row, strip in enumerate(after):
        old = before[row] if row < len(before) else None
        if old is not None and list(old) == list(strip):
            continue
        first, last = _changed(_cells(old) if old is not None else [], _cells(strip))
        if first < last:
            drawn.append(f"\x1b[{row + 1};{first + 1}H{strip.crop(first, last).render(_CONSOLE)}")
    return "".join(drawn)


def _cells(strip: Strip) -> list[_Cell]:
    """What stands in each cell, and how; the second cell of a wide character holds nothing."""
    cells: list[_Cell] = []
    for text, style, control in strip:
        if control:
            continue
        for character in text:
            width = cell_len(character)
            if width == 0 and cells:
                # A mark on the letter before, which may be wide.
                place = len(cells) - 1 if cells[-1][0] else len(cells) - 2
                cells[place] = (cells[place][0] + character, style)
            else:
                cells += [(character, style), *[("", style)] * (width - 1)]
    return cells


def _changed(before: list[_Cell], after: list[_Cell]) -> tuple[int, int]:
    """From which cell to before which one; never into the middle of a wide character, of the old row or the new."""
    if len(before) != len(after):
        return 0, len(after)
    first, last = 0, len(after)
    while first < last and before[first] == after[first]:
        first += 1
    while last > first and before[last - 1] == after[last - 1]:
        last -= 1
    if first == last:
        return first, last
    while first > 0 and not (before[first][0] and after[first][0]):
        first -= 1
    while last < len(after) and not (before[last][0] and after[last][0]):
        last += 1
    return first, last
