"""A session as the formats that go out read it: twice through its events, never the whole of it in memory.

The first time tells what stands at the top of a page and which turns were taken back or edited later on; the second
time gives the timeline.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from backrooms_tui.session import rounds
from backrooms_tui.session.entries import Entry, TurnEntry, TurnInFlight
from backrooms_tui.session.events import (
    AnyEvent,
    Delta,
    Ended,
    RequestMade,
    RequestUndone,
    TurnEdited,
    TurnEnded,
    TurnRetracted,
)
from backrooms_tui.session.judgement import Judgement
from backrooms_tui.session.mark import Mark
from backrooms_tui.session.setup import Rules, Setup
from backrooms_tui.session.state import SessionState, apply
from backrooms_tui.session.usage import Usage

_UNMARKED = Mark()


class Events(Protocol):
    """Gives a session's events in order, from `from_seq` on, as often as it is asked."""

    def __call__(self, *, from_seq: int = 0, deltas: bool = True) -> Iterator[AnyEvent]:
        """The events; without `deltas` those are left out."""
        ...


def _no_council(session: str) -> "Record | None":
    return None


@dataclass(frozen=True, slots=True)
class Record:
    """A session to be written somewhere: its id, the title it has now, its events, and what the person has marked, by
    turn; the session's own mark is that of turn 0.

    `council` gives the record of a council by its id, None for one that is not there. `judgements` are what judges have
    said of the session, the newest first.
    """

    id: str
    title: str
    events: Events
    marks: Mapping[int, Mark] = field(default_factory=dict)
    council: "Callable[[str], Record | None]" = _no_council
    judgements: Sequence[Judgement] = ()

    def mark_of(self, turn: int) -> Mark:
        """What the turn was marked with; with 0 the session itself."""
        return self.marks.get(turn, _UNMARKED)


@dataclass(slots=True)
class Gist:
    """What a session adds up to. `setup` knows everybody who ever took part; `models` are the full references that each
    seat has had, in order; `cost` is in USD and `unpriced` the number of turns without a known price; times are Unix
    seconds. `unfinished` is a turn that was cut short at the end."""

    setup: Setup = field(default_factory=lambda: Setup("", "", (), Rules()))
    models: dict[int, list[str]] = field(default_factory=dict)
    turns: int = 0
    cost: float = 0.0
    unpriced: int = 0
    usage: Usage = field(default_factory=Usage)
    started: float = 0.0
    last: float = 0.0
    parent: str | None = None
    parent_turn: int | None = None
    ended: Ended | None = None
    last_speaker: str = ""
    unfinished: TurnInFlight | None = None
    # By the number of the event that ended the turn: which do not stand, and what others were made to say. With them
    # stands or falls what was asked for in them, by the numbers of its own events.
    taken_back: set[int] = field(default_factory=set)
    edited: dict[int, str] = field(default_factory=dict)


def gist_of(record: Record, hear: Callable[[AnyEvent, SessionState], object] | None = None) -> Gist:
    """Read the session once, without its deltas. `hear` is called with each event and the state after it, in which
    there is nothing of what was said."""
    gist, state = Gist(), SessionState()
    stands: dict[int, int] = {}  # by turn, the event that ended it
    asked: dict[str, RequestMade] = {}  # by its id
    began = 0
    for event in record.events(deltas=False):
        flying = state.in_flight
        apply(state, event)
        if state.in_flight is not flying and state.in_flight is not None:
            began = event.seq
        match event:
            case TurnEnded():
                stands[event.turn] = event.seq
                gist.unpriced += event.cost is None
                gist.last_speaker = event.name
            case TurnRetracted() if event.turn in stands:
                seq = stands.pop(event.turn)
                gist.taken_back.add(seq)
                for made in [made for made in asked.values() if made.turn == event.turn]:
                    gist.taken_back.update(_doings(asked.pop(made.id)))
                gist.edited.pop(seq, None)
                rounds.took_back(state, event.agent)  # the fold does so only for a turn that it still knows
            case RequestMade():
                asked[event.id] = event
            case RequestUndone() if event.request in asked and asked[event.request].name in ("whisper", "note"):
                gist.taken_back.update(_doings(asked.pop(event.request)))
            case TurnEdited() if event.turn in stands:
                gist.edited[stands[event.turn]] = event.text
        _note_models(gist, state)
        _forget(state)
        if hear is not None:
            hear(event, state)
    gist.setup = state.setup or gist.setup
    gist.turns, gist.cost, gist.usage = len(stands), state.cost, state.usage
    gist.started, gist.last, gist.ended = state.started, state.last, state.ended
    gist.parent, gist.parent_turn = state.parent, state.parent_turn
    if state.in_flight is not None:
        for event in record.events(from_seq=began):
            if isinstance(event, Delta):
                apply(state, event)
        gist.unfinished = state.in_flight
    return gist


def timeline(record: Record, gist: Gist, *, deltas: bool = False) -> Iterator[tuple[AnyEvent, Sequence[Entry]]]:
    """Each event with what it adds to the timeline, which says what it says in the end: edited turns their new text.

    A turn that was taken back is marked `retracted`; what its agent asked for in it is left out.
    """
    state = SessionState()
    for event in record.events(deltas=deltas):
        apply(state, event)
        entries = list(state.entries)
        if event.seq in gist.taken_back and not isinstance(event, TurnEnded):
            entries.clear()
        for entry in entries:
            if isinstance(entry, TurnEntry):
                entry.retracted = event.seq in gist.taken_back
                if event.seq in gist.edited:
                    entry.original, entry.text = entry.text, gist.edited[event.seq]
        yield event, entries
        _forget(state)


def _doings(made: RequestMade) -> range:
    """The events of a request: itself, and what it did."""
    return range(made.seq, made.seq + made.effects + 1)


def _note_models(gist: Gist, state: SessionState) -> None:
    for seat, agent in state.agents.items():
        models = gist.models.setdefault(seat, [])
        if not models or models[-1] != agent.model:
            models.append(agent.model)


def _forget(state: SessionState) -> None:
    """What was said is told; only who is there and what it cost goes on being added up."""
    state.entries.clear()
    state.turns.clear()
    state.attempts = []
