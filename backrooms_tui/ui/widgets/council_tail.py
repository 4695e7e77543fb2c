"""What is being said in councils: who speaks there, and the words as they come; unfolded, all that was said before."""

from collections.abc import Mapping, Sequence

from backrooms_tui.session.harmless import harmless_line
from backrooms_tui.session.state import OpenCouncil, SessionState, TurnEntry
from backrooms_tui.ui.widgets.councils import between, council_head, held_line, indented, inner_rows, within
from backrooms_tui.ui.widgets.drawing import Manner, rows_of, seat_tone
from backrooms_tui.ui.widgets.flow import Row
from backrooms_tui.ui.widgets.marks import mark
from backrooms_tui.ui.widgets.speech import Speech
from backrooms_tui.ui.widgets.tail import Tail

# The sessions of councils that are not over, by id.
Held = Mapping[str, SessionState]


def heard_in(state: SessionState | None) -> str:
    """Where a council is, and who speaks in it: `turn 3 · Mara`."""
    if state is None or not state.agents:
        return "begins"
    flight = state.in_flight
    if flight is not None:
        return f"turn {flight.turn} · {harmless_line(flight.name)}"
    if state.councils:  # that of whoever speaks next
        seat, council = next(iter(state.councils.items()))
        return f"turn {council.turn} · {harmless_line(state.agents[seat].name)}"
    return f"turn {state.turn}" if state.turn else "begins"


def heard_deep(open: OpenCouncil, held: Held) -> str:
    """The same, and the same of the councils that are held within it: `turn 3 · Mara ◇ turn 1 · Kit`."""
    told = [heard_in(held.get(open.council))]
    inner = held.get(open.council)
    while inner is not None and inner.councils:
        next_one = next(iter(inner.councils.values()))
        inner = held.get(next_one.council)
        told.append(heard_in(inner))
    return " ◇ ".join(told)


class CouncilsTail:
    """The councils that are held after the last entry, laid out in `manner`, one below the other."""

    def __init__(self, manner: Manner) -> None:
        self.rows: list[Row] = []
        self._manner = manner
        self._tails: dict[str, _CouncilTail] = {}
        self._told: tuple[Mapping[int, OpenCouncil], Held] = ({}, {})

    def say(self, open: Mapping[int, OpenCouncil], held: Held) -> bool:
        """Take in how the councils `open` (by seat) stand. Whether anything looks otherwise than before."""
        self._told = (open, held)
        before = self.rows
        rows: list[Row] = []
        for seat, council in open.items():
            tail = self._tails.get(council.council)
            if tail is None:
                tail = self._tails[council.council] = _CouncilTail(seat, council, self._manner)
            if rows and not self._manner.compact:
                rows.append(_GAP)
            rows += tail.take(held)
        for gone in self._tails.keys() - {council.council for council in open.values()}:
            del self._tails[gone]
        self.rows = rows
        return len(rows) != len(before) or any(now is not then for now, then in zip(rows, before, strict=True))

    def lay_anew(self, manner: Manner) -> None:
        """Lay all of it out in another manner."""
        self._manner = manner
        self._tails.clear()
        self.say(*self._told)


class _CouncilTail:
    """The council `open` of the agent on `seat`."""

    def __init__(self, seat: int, open: OpenCouncil, manner: Manner) -> None:
        self._seat, self._open, self._manner = seat, open, manner
        deep = manner.deep if manner.deep is not None else manner.councils.depth(open.council)
        self._unfolded = deep > 0
        self._inside = within(manner, max(0, deep - 1))
        self._said: list[Row] = []
        self._taken: tuple[SessionState | None, int, int] = (None, 0, 0)
        self._speech = Speech()
        self._tail = Tail(self._inside)
        self._last: tuple[TurnEntry | None, list[Row]] = (None, [])
        self._councils = CouncilsTail(self._inside)
        self._line = ""
        self._head = Row(())
        self._shown: tuple[list[Row], list[Row]] = ([], [])

    def take(self, held: Held) -> list[Row]:
        """Its rows as it stands; what looks as before is the same object."""
        state = held.get(self._open.council)
        line = held_line(self._seat, heard_in(state), self._manner)
        if line != self._line or not self._head.pieces:
            self._line = line
            self._head = council_head(line, seat_tone(mark(self._seat)), self._manner, unfolded=self._unfolded)
        if state is None:
            return [self._head]
        if self._manner.compact and not self._unfolded:
            self._councils.say(state.councils, held)
            return [self._head, *self._councils.rows]
        return [self._head, *self._under(self._body(state, held))]

    def _body(self, state: SessionState, held: Held) -> list[Row]:
        rows = list(self._before(state)) if self._unfolded else []
        flight = state.in_flight
        self._speech.take(flight)
        if flight is not None:
            text, reasoning = self._speech.text, self._speech.reasoning
            sign = mark(flight.agent)
            self._tail.say(sign, flight.name, text, reasoning, flight.turn, state.attempts, speaking=True)
            rows += self._gap(rows)
            rows += self._tail.rows
        elif not self._unfolded and not state.councils:
            rows += self._spoken_last(state)
        self._councils.say(state.councils, held)
        if self._councils.rows:
            rows += self._gap(rows)
            rows += self._councils.rows
        return rows

    def _before(self, state: SessionState) -> list[Row]:
        """All that was said in it so far; only what is new is laid out."""
        known, count, revision = self._taken
        if known is not state or revision != state.revision or count > len(state.entries):
            self._said, count = [], 0
        for entry in state.entries[count:]:
            if self._said:
                self._said += between(entry, self._inside)
            self._said += inner_rows(entry, self._inside, rows_of)
        self._taken = (state, len(state.entries), state.revision)
        return self._said

    def _spoken_last(self, state: SessionState) -> list[Row]:
        """While nobody speaks, what was said last stands where it came."""
        entry = state.turns.get(state.turn)
        if entry is not self._last[0]:
            self._last = (entry, rows_of(entry, self._inside) if entry is not None else [])
        return self._last[1]

    def _gap(self, rows: Sequence[Row]) -> list[Row]:
        return [_GAP] if rows and not self._manner.compact else []

    def _under(self, rows: list[Row]) -> list[Row]:
        """These rows under the line, those that were there before as they were."""
        before, made = self._shown
        shown = [
            made[place] if place < len(before) and before[place] is row else indented([row], self._manner)[0]
            for place, row in enumerate(rows)
        ]
        self._shown = (rows, shown)
        return shown


_GAP = Row(())
