"""A session in the parts of which a report is made: its rounds, or stretches of turns where it has hardly any.

The parts are known after a first reading. In a second one the timeline falls into them, a turn at a time.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from backrooms_tui.formats.outgoing.record import Gist, Record, gist_of, timeline
from backrooms_tui.session.entries import CouncilEntry, NoticeEntry, OpenCouncil, RoundEntry, TurnEntry, WordEntry
from backrooms_tui.session.events import AnyEvent, TurnEnded, TurnRetracted
from backrooms_tui.session.state import SessionState

# Rounds of which there are more than that, or with fewer turns than that, make no chapters: stretches do.
MOST_ROUNDS = 40
LEAST_TURNS = 1.5
STRETCH = 20  # turns


@dataclass(frozen=True, slots=True)
class Part:
    """Some turns that belong together, `first` to `last`; `round` is the number of the round that they are, None for a
    stretch."""

    title: str
    first: int
    last: int
    round: int | None = None

    @property
    def turns(self) -> int:
        """How many."""
        return self.last - self.first + 1


@dataclass(frozen=True, slots=True)
class Spoken:
    """A turn that stands, with the councils that were held for it."""

    turn: TurnEntry
    councils: tuple[CouncilEntry, ...] = ()


Piece = Part | Spoken | WordEntry | NoticeEntry | CouncilEntry


@dataclass(slots=True)
class Parts:
    """Hears the events of a session as `gist_of` reads them; knows its parts afterwards. `open` are the councils that
    were not over at its end, by seat."""

    labels: dict[int, str] = field(default_factory=dict)
    open: dict[int, OpenCouncil] = field(default_factory=dict)
    _round_of: list[int] = field(default_factory=list)  # of each turn that stands, in order
    _before: int = 0

    def hear(self, event: AnyEvent, state: SessionState) -> None:
        """The next event, and the state after it."""
        match event:
            case TurnEnded():
                self._round_of.append(state.round or self._before + 1)
            case TurnRetracted() if event.turn == len(self._round_of):
                self._round_of.pop()
        if state.round:
            self.labels[state.round] = state.round_label
        self._before, self.open = state.rounds, state.councils

    def parts(self, *, by_round: bool = False) -> tuple[Part, ...]:
        """All of them in order. Rounds that have labels, or that are judged (`by_round`), are parts as they are."""
        rounds = self._rounds()
        turns = len(self._round_of)
        if self.labels or by_round or (len(rounds) <= MOST_ROUNDS and turns >= LEAST_TURNS * len(rounds)):
            return rounds
        return tuple(
            Part(_turns(first, min(first + STRETCH - 1, turns)), first, min(first + STRETCH - 1, turns))
            for first in range(1, turns + 1, STRETCH)
        )

    def _rounds(self) -> tuple[Part, ...]:
        found: list[Part] = []
        first = 1
        for turn, round in enumerate(self._round_of, 1):
            if turn == len(self._round_of) or self._round_of[turn] != round:
                found.append(Part(self.labels.get(round) or f"Round {round}", first, turn, round))
                first = turn + 1
        return tuple(found)


def in_parts(record: Record) -> tuple[Gist, Parts]:
    """The first reading."""
    parts = Parts()
    return gist_of(record, parts.hear), parts


def pieces(record: Record, gist: Gist, parts: tuple[Part, ...]) -> Iterator[Piece]:
    """The second reading: each part, and then what was said in it. Words and notices stand before the turn that they
    came before, also where it is the first of a part; councils with the turn for which they were held."""
    place, between = 0, list[WordEntry | NoticeEntry]()
    councils: dict[int, list[CouncilEntry]] = {}
    for _, entries in timeline(record, gist):
        for entry in entries:
            match entry:
                case TurnEntry():
                    if entry.retracted:
                        continue
                    while place < len(parts) and parts[place].first <= entry.turn:
                        yield parts[place]
                        place += 1
                    yield from between
                    between.clear()
                    yield Spoken(entry, tuple(councils.pop(entry.agent, ())))
                case RoundEntry():
                    if entry.text != entry.label:
                        between.append(NoticeEntry(entry.text, entry.at))
                case CouncilEntry():
                    councils.setdefault(entry.agent, []).append(entry)
                case _:
                    between.append(entry)
    yield from between
    for held in councils.values():
        yield from held


def _turns(first: int, last: int) -> str:
    return f"Turn {first:,}" if first == last else f"Turns {first:,} to {last:,}"
