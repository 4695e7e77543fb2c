"""One turn of two sessions as rows: side by side where there is room, else one under the other."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from backrooms_tui.assembly.branching.comparing import Reading, alike
from backrooms_tui.assembly.branching.wording import Span, Wording, compare_wording
from backrooms_tui.session.entries import Entry, NoticeEntry, TurnEntry, WordEntry
from backrooms_tui.session.harmless import harmless, harmless_line
from backrooms_tui.ui.screens.xray.pieces import Piece
from backrooms_tui.ui.widgets.flow import Row
from backrooms_tui.ui.widgets.marks import mark, seat_class
from backrooms_tui.ui.widgets.prose import Run, Tone
from backrooms_tui.ui.widgets.wrapping import cells, wrapped

SIDE_BY_SIDE = 97  # cells of text from which on there is room for two
_BETWEEN = " │ "
_NAMES = ("A", "B")
_ENDS = "– it ends before this turn –"

Pieces = tuple[tuple[str, Tone], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Pair(Piece):
    """Turn `turn` of both sessions, read from `reading` when it is drawn. Of kind "message" where they differ, "text"
    where both say the same."""

    turn: int = 0
    reading: Reading | None = None
    common: bool = False

    def rows(self, width: int) -> list[Row]:
        """On `width` cells: harmless, whatever was said."""
        assert self.reading is not None
        both = self.reading.turn(self.turn)
        said = tuple(self.reading.entries(side, self.turn) for side in (0, 1))
        if alike(*both):
            between = [entry for entries in said for entry in entries[:-1]]
            if not between:
                return [*_as_rows(_spoken(both[0], width, "faint", (), "both: ")), Row(())]
        wording = Wording(0.0)
        if both[0] is not None and both[1] is not None and both[0].agent == both[1].agent:
            wording = compare_wording(_clean(both[0].text), _clean(both[1].text))
        marked = (wording.first, wording.second)
        if width >= SIDE_BY_SIDE:
            return self._beside(said, marked, width, same=wording.same)
        return self._under(said, marked, width, same=wording.same)

    def _beside(
        self, said: Sequence[Sequence[Entry]], marked: Sequence[Sequence[Span]], width: int, *, same: bool
    ) -> list[Row]:
        room = (width - len(_BETWEEN)) // 2
        rows: list[Row] = []
        # What stands between the turns first, so that the turns begin on the same row.
        for part in (self._before, self._turn):
            columns = [list(part(side, said[side], marked[side], room, same=same, name="")) for side in (0, 1)]
            for place in range(max(map(len, columns))):
                left, right = (column[place] if place < len(column) else () for column in columns)
                filled = sum(cells(text) for text, _ in left)
                rows.append(Row((*left, (" " * max(0, room - filled), "text"), (_BETWEEN, "faint"), *right)))
        return [*rows, Row(((" " * room, "text"), (_BETWEEN, "faint")))]

    def _under(
        self, said: Sequence[Sequence[Entry]], marked: Sequence[Sequence[Span]], width: int, *, same: bool
    ) -> list[Row]:
        rows: list[Row] = []
        for side in (0, 1):
            name = f"{_NAMES[side]}  "
            for part in (self._before, self._turn):
                rows += _as_rows(part(side, said[side], marked[side], width, same=same, name=name))
        return [*rows, Row(())]

    def _before(
        self, side: int, entries: Sequence[Entry], marked: Sequence[Span], width: int, *, same: bool, name: str
    ) -> Iterator[Pieces]:
        """What stands between the turn before and this one. In the common past that was not what is looked at."""
        for entry in () if self.common else entries[:-1]:
            yield from _between(entry, width, name)

    def _turn(
        self, side: int, entries: Sequence[Entry], marked: Sequence[Span], width: int, *, same: bool, name: str
    ) -> Iterator[Pieces]:
        """What is said there, or that it does not go so far."""
        turn = entries[-1] if entries else None
        if isinstance(turn, TurnEntry):
            yield from _spoken(turn, width, "faint" if same else "text", marked, name)
        else:
            yield ((f"{name}{self.turn} ", "faint"), (_ENDS[: max(1, width - len(name) - 6)], "faint"))


def _spoken(turn: TurnEntry | None, width: int, tone: Tone, marked: Sequence[Span], name: str) -> Iterator[Pieces]:
    if turn is None:
        return
    seat: Tone = seat_class(turn.agent)  # type: ignore[assignment]
    who = harmless_line(turn.name)
    words = len(turn.text.split())
    figures = f"{words:,} word{'' if words == 1 else 's'}"
    head = f"{name}{turn.turn} {mark(turn.agent)} "
    room = max(1, width - cells(head) - cells(figures) - 3)
    while cells(who) > room:
        who = who[:-1]
    yield ((f"{name}{turn.turn} ", "faint"), (f"{mark(turn.agent)} {who}", seat), (f" · {figures}", "faint"))
    yield from laid(_clean(turn.text), marked, width, tone)


def _between(entry: Entry, width: int, name: str) -> Iterator[Pieces]:
    """Words between the turns, and notices."""
    tone: Tone
    if isinstance(entry, WordEntry):
        to = f" to {mark(entry.to)}" if entry.to else ""
        tone = "operator" if entry.source == "operator" else "cue"
        yield from laid(f"{name}── {entry.source}{to}: {_clean(entry.text)}", (), width, tone)
    elif isinstance(entry, NoticeEntry):
        tone = "warning" if entry.level == "warning" else "notice"
        yield from laid(f"{name}· {harmless_line(entry.text)}", (), width, tone)


def laid(text: str, marked: Sequence[Span], width: int, tone: Tone) -> Iterator[Pieces]:
    """`text`, harmless already, in rows of `width` cells; the stretches `marked` (from, to) stand out."""
    begin = 0
    waiting = list(reversed(marked))
    for line in text.split("\n"):
        end = begin + len(line)
        runs: list[Run] = []
        at = begin
        while waiting and waiting[-1][0] < end:
            first, last = waiting[-1]
            runs.append((at - begin, max(first, begin) - begin, tone))
            runs.append((max(first, begin) - begin, min(last, end) - begin, "strong"))
            at = min(last, end)
            if last > end:
                break
            waiting.pop()
        runs.append((at - begin, end - begin, tone))
        for first, last in wrapped(line, width):
            yield tuple(
                (line[max(first, start) : min(last, stop)], look)
                for start, stop, look in runs
                if start < last and stop > first and start < stop
            )
        begin = end + 1


def _clean(text: str) -> str:
    """What is compared is what is shown."""
    return harmless(text).expandtabs(4)


def _as_rows(pieces: Iterator[Pieces]) -> list[Row]:
    return [Row(one) for one in pieces]
