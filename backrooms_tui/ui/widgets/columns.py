"""Text in columns, by cells rather than letters: wide letters take two."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from textual.content import Content

from backrooms_tui.ui.showing import shown_line

_GAP = "  "


@dataclass(frozen=True, slots=True)
class Column:
    """`width` in cells, 0 for what is left over. `least` is the width of a whole line that has room for it. `style` is
    Textual's, such as "$foreground-muted"."""

    title: str
    width: int = 0
    least: int = 0
    side: Literal["left", "right"] = "left"
    style: str = ""


def line(columns: Sequence[Column], texts: Sequence[str], width: int, *, style: str | None = None) -> Content:
    """`texts` from anywhere in `columns` on `width` cells; `style` in place of the columns' own."""
    shown = list(zip(columns, texts, strict=True))
    fixed = sum(column.width for column, _ in shown) + len(_GAP) * (len(shown) - 1)
    rest = max(1, (width - fixed) // max(1, sum(not column.width for column, _ in shown)))
    cells: list[Content] = []
    for column, text in shown:
        room = column.width or rest
        cell = shown_line(text).truncate(room, ellipsis=True)
        padding = " " * (room - cell.cell_length)
        cell = Content.assemble(padding, cell) if column.side == "right" else Content.assemble(cell, padding)
        chosen = column.style if style is None else style
        cells.append(cell.stylize(chosen) if chosen else cell)
    return Content(_GAP).join(cells)


def heading(columns: Sequence[Column], width: int) -> Content:
    """The columns' titles."""
    return line(columns, [column.title for column in columns], width, style="$foreground-muted")
