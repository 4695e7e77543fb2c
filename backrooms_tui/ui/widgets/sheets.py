"""Entries laid out as rows, as far as they were looked at: which rows are where, counted from any of them."""

from collections.abc import Iterator
from typing import NamedTuple

from backrooms_tui.ui.widgets.drawing import Manner, rows_of
from backrooms_tui.ui.widgets.entries import EntrySource
from backrooms_tui.ui.widgets.flow import Row
from backrooms_tui.ui.widgets.heights import Heights
from backrooms_tui.ui.widgets.tail import Ending

_KEPT_ROWS = 800  # rows kept laid out: laying out again is cheap, objects that stay are work for the garbage collector
_GUESS = 6  # rows of an entry that nobody has looked at


class Place(NamedTuple):
    """A row: the number of its entry, and the how-manieth of that entry's rows it is, both from 0."""

    entry: int
    row: int


class Sheets:
    """The rows of `source`, drawn in `manner`, and after them those of `tail`, where something is being said."""

    def __init__(self, source: EntrySource, manner: Manner) -> None:
        self.manner = manner
        self.tail: Ending | None = None
        self._source = source
        self._guess = 1 if manner.compact else _GUESS
        self._revision = source.revision
        self._entries = 0
        self._heights = Heights(0, self._guess)
        self._kept: dict[int, list[Row]] = {}
        self._leads: dict[int, int] = {}  # rows before the entry itself
        self._kept_rows = 0
        self._empty = Row(())
        self.catch_up()

    @property
    def tail_at(self) -> int | None:
        """The number that the tail has after all entries; None where nothing is being said."""
        return self._entries if self.tail is not None else None

    @property
    def count(self) -> int:
        """Entries, and the tail."""
        return self._entries + (self.tail is not None)

    @property
    def total(self) -> int:
        """Rows of all together, as far as is known."""
        return self._heights.total + (len(self.tail.rows) + self._gap(self._entries) if self.tail is not None else 0)

    def catch_up(self) -> None:
        """Take in that the source has grown, shrunk or changed."""
        entries = len(self._source)
        if self._source.revision != self._revision or entries < self._entries:
            self._revision = self._source.revision
            self._heights = Heights(entries, self._guess)
            self._kept.clear()
            self._leads.clear()
            self._kept_rows = 0
        self._entries = self._heights.count = entries

    def height(self, index: int) -> int:
        """Rows of this entry, the empty one before it included."""
        return len(self._rows(index))

    def head(self, index: int) -> Place:
        """Where the entry itself begins, after the empty row and whatever else stands before it in its place."""
        if index == self._entries and self.tail is not None:
            return Place(index, self._gap(index))
        self._rows(index)
        return Place(index, self._leads.get(index, 0))

    def rows_from(self, place: Place, count: int) -> Iterator[tuple[Place, Row]]:
        """Up to `count` rows from `place` on, each with its own place."""
        index, first = place
        while count > 0 and index < self.count:
            for number, row in enumerate(self._rows(index)[first : first + count], start=first):
                yield Place(index, number), row
                count -= 1
            index, first = index + 1, 0

    def _rows(self, index: int) -> list[Row]:
        if index == self._entries and self.tail is not None:
            return [self._empty] * self._gap(index) + self.tail.rows
        kept = self._kept.pop(index, None)
        if kept is None:
            kept = []
            for entry in self._source.block(index):
                kept += [Row(())] * (int(not self.manner.compact) if kept else self._gap(index))
                self._leads[index] = len(kept)
                kept += rows_of(entry, self.manner)
            self._heights.learn(index, len(kept))
            self._kept_rows += len(kept)
            while self._kept_rows > _KEPT_ROWS and self._kept:
                oldest = next(iter(self._kept))
                self._leads.pop(oldest, None)
                self._kept_rows -= len(self._kept.pop(oldest))
        self._kept[index] = kept
        return kept

    def moved(self, place: Place, rows: int) -> Place:
        """The place so many rows below `place`, or above it where `rows` is negative; it ends at the first and the
        last row."""
        index, row = place
        row += rows
        while row < 0:
            if index == 0:
                return Place(0, 0)
            index -= 1
            row += self.height(index)
        while index < self.count and row >= self.height(index):
            if index == self.count - 1:
                return Place(index, max(0, self.height(index) - 1))
            row -= self.height(index)
            index += 1
        return Place(index, row)

    def last_top(self, height: int) -> Place:
        """The place that is at the top when the last row is at the bottom of `height` rows."""
        index = self.count
        while index > 0:
            index -= 1
            rows = self.height(index)
            if rows >= height:
                return Place(index, rows - height)
            height -= rows
        return Place(0, 0)

    def above(self, place: Place) -> int:
        """How many rows there are before `place`, as far as is known."""
        return self._heights.before(place.entry) + place.row

    def at(self, row: int) -> Place:
        """The place with so many rows before it. Of an entry that nobody has looked at, it is the first row."""
        if row >= self._heights.total:
            return Place(max(0, self.count - 1), 0)
        index, rest = self._heights.at(row)
        return Place(index, min(rest, max(0, self.height(index) - 1)))

    def letters_before(self, place: Place) -> int:
        """How many letters of the entry stand before the row: the same, however wide the rows are."""
        if not 0 <= place.entry < self.count:
            return 0
        return sum(_letters(row) for row in self._rows(place.entry)[: place.row])

    def after_letters(self, index: int, letters: int) -> Place:
        """The row of the entry that has the letter after so many."""
        if not 0 <= index < self.count:
            return Place(index, 0)
        rows = self._rows(index)
        for number, row in enumerate(rows):
            if letters < _letters(row) or (letters == 0 and number == 0):
                return Place(index, number)
            letters -= _letters(row)
        return Place(index, max(0, len(rows) - 1))

    def _gap(self, index: int) -> int:
        return int(index > 0 and not self.manner.compact)


def _letters(row: Row) -> int:
    return sum(len(text) - text.count(" ") for text, tone in row.pieces if tone != "faint")
