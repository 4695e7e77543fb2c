"""A page of any length, of which only what is in sight is laid out and drawn."""

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from backrooms_tui.ui.screens.xray.pieces import Kind, Piece
from backrooms_tui.ui.widgets.flow import Row
from backrooms_tui.ui.widgets.heights import Heights
from backrooms_tui.ui.widgets.row_view import RowView

WIDEST = 120  # cells of a line that are still easy to read
_GUESS = 2  # rows of a piece that nobody has looked at
_KEPT = 400  # pieces kept laid out


class _Place(NamedTuple):
    piece: int
    row: int


class Page(RowView, can_focus=True):
    """Shows pieces one under another. What is at the top stays there while more comes below."""

    DEFAULT_CSS = "Page { height: 1fr; }"
    # Cells of a line at most.
    widest: ClassVar[int] = WIDEST

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._pieces: list[Piece] = []
        self._heights = Heights(0, _GUESS)
        self._laid: dict[int, list[Row]] = {}
        self._width = 0
        self._top = _Place(0, 0)

    @property
    def pieces(self) -> Sequence[Piece]:
        """What it shows."""
        return self._pieces

    def show(self, pieces: Sequence[Piece], *, stay: bool = False) -> None:
        """Show these from the top, or with `stay` from where the reader is, which may be the end. Pieces at
        the beginning that stay the same objects are not laid out again."""
        same = 0
        at_end = stay and self._top > (0, 0) and self._top == self._last_top()
        if stay:
            for before, now in zip(self._pieces, pieces, strict=False):
                if before is not now:
                    break
                same += 1
        else:
            self._top = _Place(0, 0)
        self._pieces = list(pieces)
        if same:
            for piece in [piece for piece in self._laid if piece >= same]:
                del self._laid[piece]
            for piece in range(same, self._heights.count):
                self._heights.forget(piece)
            self._heights.count = len(self._pieces)
        else:
            self._forget()
        if at_end:
            self._top = self._last_top()
        self._settle()

    def go_to_next(self, kinds: Sequence[Kind], step: int = 1) -> bool:
        """Bring the next piece of these kinds to the top, or with `step` -1 the one before; whether there is one."""
        places = range(len(self._pieces))
        ahead = places[self._top.piece + 1 :] if step > 0 else reversed(places[: self._top.piece])
        found = next((place for place in ahead if self._pieces[place].kind in kinds), None)
        if found is None:
            return False
        before = self._top
        self._top = _Place(found, 0)
        self._settle()
        return self._top != before

    # Scrolling: every way to scroll comes through here, and never glides ----------------------------------------------

    def scroll_home(self, **_: object) -> None:
        """To the first row."""
        self._top = _Place(0, 0)
        self._settle()

    def scroll_end(self, **_: object) -> None:
        """To the last row."""
        self._top = self._last_top()
        self._settle()

    def action_scroll_up(self) -> None:
        """A row up."""
        self._scroll_to(y=self.scroll_y - 1)

    def action_scroll_down(self) -> None:
        """A row down."""
        self._scroll_to(y=self.scroll_y + 1)

    def _scroll_to(self, x: float | None = None, y: float | None = None, **_: object) -> bool:
        if y is None or not self.size.height or not self._pieces:
            return False
        before = self._top
        rows = round(y) - round(self.scroll_y)
        if abs(rows) <= 2 * self.size.height:
            self._top = self._moved(self._top, rows)
        else:
            piece, row = self._heights.at(max(0, round(y)))
            self._top = _Place(piece, min(row, self._height(piece) - 1))
        self._settle()
        return self._top != before

    # Laying out and drawing ------------------------------------------------------------------------------------------

    def on_resize(self) -> None:
        """Another width, other rows; the piece at the top stays there."""
        if min(self.widest, self.text_width) != self._width:
            self._forget()
            self._top = _Place(self._top.piece, 0)
        self._settle()

    def _forget(self) -> None:
        self._heights = Heights(len(self._pieces), _GUESS)
        self._laid.clear()

    def _settle(self) -> None:
        """Find out what is in sight, and have it drawn."""
        height = self.size.height
        if not self.is_mounted or not height:
            return
        self._width = min(self.widest, self.text_width)
        self._top = min(self._top, self._last_top())
        if self._pieces:
            self._top = _Place(self._top.piece, min(self._top.row, self._height(self._top.piece) - 1))
        rows: list[Row] = []
        piece, first = self._top
        while len(rows) < height and piece < len(self._pieces):
            rows += self._laid_out(piece)[first:]
            piece, first = piece + 1, 0
        rows = rows[:height]
        self.draw(rows, [False] * len(rows))
        self.tell_scrollbar(self._heights.total, self._heights.before(self._top.piece) + self._top.row)

    def _laid_out(self, piece: int) -> list[Row]:
        rows = self._laid.pop(piece, None)
        if rows is None:
            rows = self._pieces[piece].rows(self._width)
            self._heights.learn(piece, len(rows))
            while len(self._laid) >= _KEPT:
                del self._laid[next(iter(self._laid))]
        self._laid[piece] = rows
        return rows

    def _height(self, piece: int) -> int:
        return len(self._laid_out(piece))

    def _moved(self, place: _Place, rows: int) -> _Place:
        piece, row = place
        row += rows
        while row < 0 and piece > 0:
            piece -= 1
            row += self._height(piece)
        while row >= self._height(piece) and piece + 1 < len(self._pieces):
            row -= self._height(piece)
            piece += 1
        return _Place(piece, max(0, min(row, self._height(piece) - 1)))

    def _last_top(self) -> _Place:
        """Where the top is when the last row is at the bottom."""
        piece, left = len(self._pieces), self.size.height
        while piece > 0:
            piece -= 1
            rows = self._height(piece)
            if rows >= left:
                return _Place(piece, rows - left)
            left -= rows
        return _Place(0, 0)
