"""Rows of text in columns, and JSON, for everything that lists."""

import json
import sys
from collections.abc import Sequence
from shutil import get_terminal_size

import click

from backrooms_tui.cli.prose import cells
from backrooms_tui.session.harmless import harmless_line

GAP = "  "
NARROWEST = 8


def print_json(value: object) -> None:
    """`value` as indented JSON on standard output, in UTF-8 wherever it goes."""
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(encoding="utf-8")
    click.echo(json.dumps(value, indent=2, ensure_ascii=False, default=str))


def print_table(headings: Sequence[str], rows: Sequence[Sequence[str]], *, stretch: int = 0) -> None:
    """Rows under headings. In a terminal, column `stretch` (from 0) is shortened so that each row keeps to a line, then
    the widest of the others; the first one, which people copy, stays whole as long as it fits."""
    clean = [[harmless_line(cell) for cell in row] for row in rows]
    widths = [max(cells(row[i]) for row in [list(headings), *clean]) for i in range(len(headings))]
    if sys.stdout.isatty():
        room = get_terminal_size().columns - len(GAP) * (len(widths) - 1)
        for column in (stretch, *sorted(range(1, len(widths)), key=lambda i: -widths[i]), 0):
            widths[column] -= min(max(sum(widths) - room, 0), max(widths[column] - NARROWEST, 0))
    click.secho(_row(headings, widths), dim=True)
    for row in clean:
        click.echo(_row(row, widths))


def shortened(text: str, width: int) -> str:
    """`text` in at most `width` columns, with an ellipsis where something is left out."""
    if cells(text) <= width:
        return text
    while text and cells(text) > width - 1:
        text = text[:-1]
    return text + "…"


def _row(row: Sequence[str], widths: Sequence[int]) -> str:
    padded = []
    for cell, width in zip(row, widths, strict=True):
        short = shortened(cell, width)
        padded.append(short + " " * (width - cells(short)))
    return GAP.join(padded).rstrip()
