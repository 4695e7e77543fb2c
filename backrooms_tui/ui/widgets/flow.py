"""Text that grows, laid out in rows of a given width: only what is new, and the end of what was there, is laid out."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from backrooms_tui.session.harmless import harmless
from backrooms_tui.ui.widgets.prose import Look, Reader, Run, Tone, with_hits
from backrooms_tui.ui.widgets.wrapping import wrapped

if TYPE_CHECKING:
    from textual.strip import Strip

# A line longer than this is laid out for good up to its last row, so that a stream without line breaks stays cheap.
_LONGEST = 2000
_TAB = 4


@dataclass(slots=True, eq=False)
class Row:
    """One row of the screen: its pieces of text, how each looks, and the look that fills it to the end.

    `drawn` belongs to whoever draws it: what came of it, and with which brush.
    """

    pieces: tuple[tuple[str, Tone], ...]
    fill: Tone = "text"
    drawn: "tuple[object, Strip] | None" = field(default=None, repr=False)


class Flow:
    """Outside text as rows, with `width` cells for each and `indent` of them left empty.

    `plain` shows all of it in one look, `looks` says the look of each line; otherwise it is read as light Markdown.
    `wanted` is shown as found.
    """

    def __init__(
        self,
        width: int,
        *,
        plain: Tone | None = None,
        looks: Callable[[str], Look] | None = None,
        wanted: re.Pattern[str] | None = None,
        indent: int = 0,
    ) -> None:
        self.rows: list[Row] = []
        self._width = max(1, width - indent)
        self._margin = " " * indent
        self._plain = plain
        self._looks = looks
        self._wanted = wanted
        self._reader = Reader()
        self._line = ""  # the last line, which may go on
        self._row = 0  # the row with which it begins
        self._continued: Look | None = None  # the look of a long line whose beginning is laid out for good

    def feed(self, text: str) -> int:
        """Take in what comes next. The rows before the one whose number comes back have stayed as they were."""
        changed = self._row
        *whole, rest = harmless(text).split("\n")
        for line in whole:
            self._lay(self._line + line, whole=True)
            self._line, self._row, self._continued = "", len(self.rows), None
        self._line += rest
        if self._line:
            self._lay(self._line, whole=False)
        return changed

    def _lay(self, line: str, *, whole: bool) -> None:
        before = self.rows[self._row :]
        del self.rows[self._row :]
        shown = line.expandtabs(_TAB)
        look = self._look(shown, whole=whole)
        runs = with_hits(shown, look.runs, self._wanted)
        indent = min(look.indent, self._width // 3)
        spans = wrapped(shown, self._width, indent, by_words=look.by_words)
        first = self._margin
        if self._continued is not None:
            first += " " * indent
            spans = wrapped(shown, self._width - indent, by_words=look.by_words)
        hanging = self._margin + " " * indent
        for number, (begin, end) in enumerate(spans):
            margin = hanging if number else first
            pieces = _pieces(shown, runs, begin, end)
            if margin:
                pieces = ((margin, "text"), *pieces)
            # A row that came out as it was stays the same object, with what was drawn of it.
            old = before[number] if number < len(before) else None
            same = old is not None and old.pieces == pieces and old.fill == look.fill
            self.rows.append(old if same else Row(pieces, look.fill))  # type: ignore[arg-type]
        if not whole and len(shown) > _LONGEST and len(spans) > 1:
            self._line = shown[spans[-1][0] :]
            self._row = len(self.rows) - 1
            self._continued = Look((), look.fill, look.indent, look.by_words)

    def _look(self, line: str, *, whole: bool) -> Look:
        if self._plain is not None:
            return Look(((0, len(line), self._plain),), indent=0)
        if self._looks is not None:
            return self._looks(line)
        if self._continued is not None:
            look = self._continued
            tone: Tone = "block" if look.fill == "block" else "text"
            return Look(((0, len(line), tone),), look.fill, look.indent, look.by_words)
        return self._reader.look(line, whole=whole)


def _pieces(line: str, runs: tuple[Run, ...], begin: int, end: int) -> tuple[tuple[str, Tone], ...]:
    return tuple(
        (line[max(begin, first) : min(end, last)], tone) for first, last, tone in runs if first < end and last > begin
    )
