"""Two sessions of one family, turn by turn from where they part."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from backrooms_tui.session.entries import Entry, TurnEntry
from backrooms_tui.session.harmless import harmless_line
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.store.database import Store
from backrooms_tui.store.said import Said
from backrooms_tui.store.summaries import SessionSummary

PAGE = 64  # turns that are read at once
_PAGES = 8  # that are kept of each session


@dataclass(frozen=True, slots=True)
class Figures:
    """One of the two since they part: `cost` in USD, of `unpriced` turns nobody knows it; `stalled` of the `measured`
    turns were at the session's limit or above."""

    turns: int = 0
    words: int = 0
    cost: float = 0.0
    unpriced: int = 0
    stalled: int = 0
    measured: int = 0

    @property
    def share(self) -> float | None:
        """The share of stalled turns, None where none was measured."""
        return self.stalled / self.measured if self.measured else None


@dataclass(frozen=True, slots=True)
class Compared:
    """`sessions` have `common` turns in common. `edited` are turns among those that read differently, as one of them
    was edited. `same` are turns after them in which the same one says the same."""

    sessions: tuple[SessionSummary, SessionSummary]
    common: int
    edited: tuple[int, ...]
    same: frozenset[int]
    figures: tuple[Figures, Figures]

    @property
    def turns(self) -> Sequence[int]:
        """The turns to look at: the edited ones, and all after the common past."""
        last = max(one.turns for one in self.sessions)
        return [*self.edited, *range(self.common + 1, last + 1)]


def compare(store: Store, first: str, second: str) -> Compared:
    """Where the two part, and what became of each since. Of what they have in common only a few pages are read.

    Raises OperatorError for a session that is not there, or two that have no turn in common.
    """
    one, other = store.summary(first), store.summary(second)
    if one.id == other.id:
        raise OperatorError("a session is like itself", "name two sessions")
    reading = Reading(store, one, other)
    common = _in_common(reading, min(one.turns, other.turns))
    if not common:
        raise OperatorError(
            f"“{_called(one)}” and “{_called(other)}” have no turn in common",
            "compare a session with one of its branches, or two branches of one session",
        )
    touched = store.edited_turns(one.id, common) | store.edited_turns(other.id, common)
    edited = tuple(turn for turn in sorted(touched) if _edited(*reading.turn(turn)))
    counts = (_Count(_limit(store, one)), _Count(_limit(store, other)))
    # What each says after it, of those that go so far.
    one_says, other_says = (
        map(count.counted, store.said(side.id, common + 1, side.turns))
        for count, side in zip(counts, (one, other), strict=True)
    )
    pairs = zip_longest(one_says, other_says)
    same = [mine.turn for mine, theirs in pairs if mine and theirs and mine.turn == theirs.turn and alike(mine, theirs)]
    return Compared((one, other), common, edited, frozenset(same), (counts[0].figures(), counts[1].figures()))


def alike(one: TurnEntry | Said | None, other: TurnEntry | Said | None) -> bool:
    """Whether the same agent says the same."""
    return one is not None and other is not None and (one.agent, one.text) == (other.agent, other.text)


class Reading:
    """Two sessions read turn by turn, in pages of which a few are kept."""

    def __init__(self, store: Store, first: SessionSummary, second: SessionSummary) -> None:
        self._store = store
        self._sessions = (first, second)
        self._kept: OrderedDict[tuple[int, int], dict[int, list[Entry]]] = OrderedDict()

    def turn(self, turn: int) -> tuple[TurnEntry | None, TurnEntry | None]:
        """What each says there; None for one that does not go so far."""
        return _said(self.entries(0, turn)), _said(self.entries(1, turn))

    def entries(self, side: int, turn: int) -> list[Entry]:
        """The turn of one of them (0 or 1), after what stands before it since the turn before that."""
        if not 1 <= turn <= self._sessions[side].turns:
            return []
        page = (turn - 1) // PAGE
        key = (side, page)
        known = self._kept.get(key)
        if known is None:
            known = self._read(side, page)
            self._kept[key] = known
            while len(self._kept) > 2 * _PAGES:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return known.get(turn, [])

    def _read(self, side: int, page: int) -> dict[int, list[Entry]]:
        session = self._sessions[side]
        first = page * PAGE + 1
        last = min(first + PAGE - 1, session.turns)
        slots: dict[int, list[Entry]] = {}
        slot: list[Entry] = []
        for entry in self._store.entries(session.id, first, last):
            if isinstance(entry, TurnEntry) and entry.retracted:
                continue
            slot.append(entry)
            if isinstance(entry, TurnEntry):
                slots[entry.turn] = slot
                slot = []
        return slots


def _said(entries: Sequence[Entry]) -> TurnEntry | None:
    last = entries[-1] if entries else None
    return last if isinstance(last, TurnEntry) else None


def _in_common(reading: Reading, most: int) -> int:
    """The last turn that was spoken once, at one moment, for both: a branch has copies of its past. What came before
    such a turn is common, too, so that a few looks are enough."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        one, other = reading.turn(middle)
        if one is not None and other is not None and (one.at, one.agent) == (other.at, other.agent):
            low = middle
        else:
            high = middle - 1
    return low


def _edited(one: TurnEntry | None, other: TurnEntry | None) -> bool:
    return one is not None and other is not None and one.text != other.text


def _limit(store: Store, session: SessionSummary) -> float:
    """The stall from which on the session counts as stalled."""
    setup = store.state_at(session.id, session.last_seq, held=1).setup
    return setup.rules.stall_at if setup is not None else 0.5


class _Count:
    """Adds up what is said on one side."""

    def __init__(self, limit: float) -> None:
        self._limit = limit
        self._turns = self._words = self._unpriced = self._stalled = self._measured = 0
        self._cost = 0.0

    def counted(self, said: Said) -> Said:
        """The same again, which is in the figures now."""
        self._turns += 1
        self._words += len(said.text.split())
        self._cost += said.cost or 0.0
        self._unpriced += said.cost is None
        if said.stall is not None:
            self._measured += 1
            self._stalled += said.stall >= self._limit
        return said

    def figures(self) -> Figures:
        return Figures(self._turns, self._words, self._cost, self._unpriced, self._stalled, self._measured)


def _called(session: SessionSummary) -> str:
    return harmless_line(session.title or session.id)
