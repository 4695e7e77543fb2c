"""What the tables must say about a session, counted from its events alone: the check on what was written turn by turn.

The rules are those of `writing`, stated a second time on purpose: a mistake there is found here.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import singledispatchmethod
from typing import Any

from backrooms_tui.session.events import (
    AgentJoined,
    AnyEvent,
    CouncilEnded,
    Delta,
    Ended,
    InnerCalled,
    Interjected,
    Resumed,
    SeatChanged,
    SessionOpened,
    TurnEdited,
    TurnEnded,
    TurnFailed,
    TurnRetracted,
    TurnStarted,
    Whispered,
)
from backrooms_tui.session.usage import Usage

_NEVER_ENDED = ("in_flight", "failed")


@dataclass(slots=True)
class _Attempt:
    turn: int
    attempt: int
    agent: int
    states: tuple[str, ...] = _NEVER_ENDED
    ended_seq: int | None = None
    edited: int | None = None  # of the text, only what tells it from another


@dataclass(slots=True)
class Tally:
    """`count` each event in order, then ask what is wrong with the rows that were kept."""

    events: int = 0
    turns: int = 0
    unpriced: int = 0
    cost: float = 0.0
    usage: Usage = field(default_factory=Usage)
    # Who sits where, with which model; and the events that are words between the turns.
    models: dict[int, str] = field(default_factory=dict)
    words: set[int] = field(default_factory=set)
    _first: SessionOpened | None = None
    _last: tuple[int, float] = (0, 0.0)
    _status: tuple[str, str] = ("open", "")
    _attempts: dict[int, _Attempt] = field(default_factory=dict)
    _standing: dict[int, list[_Attempt]] = field(default_factory=dict)
    _open: _Attempt | None = None

    @property
    def last_seq(self) -> int:
        """The number of the last event that was counted; 0 for none."""
        return self._last[0]

    def count(self, event: AnyEvent) -> None:
        """One more event."""
        self._last = (event.seq, event.at)
        if not isinstance(event, Delta):
            self.events += 1
            self._count(event)

    @singledispatchmethod
    def _count(self, event: AnyEvent) -> None:
        """Most events are nothing to the tables."""

    @_count.register
    def _(self, event: SessionOpened) -> None:
        self._first = event
        self.models = {agent.seat: agent.model for agent in event.setup.agents}

    @_count.register
    def _(self, event: AgentJoined) -> None:
        self.models[event.setup.seat] = event.setup.model

    @_count.register
    def _(self, event: SeatChanged) -> None:
        self.models[event.agent] = event.model

    @_count.register
    def _(self, event: InnerCalled | CouncilEnded) -> None:
        self._spend(event.cost, event.usage)

    @_count.register
    def _(self, event: TurnStarted) -> None:
        self._open = self._attempts[event.seq] = _Attempt(event.turn, event.attempt, event.agent)

    @_count.register
    def _(self, event: TurnEnded) -> None:
        attempt = self._over(event, "ended")
        self._standing.setdefault(event.turn, []).append(attempt)
        self.turns += 1
        self.unpriced += event.cost is None

    @_count.register
    def _(self, event: TurnFailed) -> None:
        self._over(event, "failed")

    @_count.register
    def _(self, event: TurnRetracted) -> None:
        if self._open is not None and self._open.turn == event.turn:
            self._open = None
        if standing := self._standing.get(event.turn):
            standing.pop().states = ("retracted",)
            self.turns -= 1

    @_count.register
    def _(self, event: TurnEdited) -> None:
        if standing := self._standing.get(event.turn):
            standing[-1].edited = hash(event.text)

    @_count.register
    def _(self, event: Interjected) -> None:
        self.words.add(event.seq)

    @_count.register
    def _(self, event: Whispered) -> None:
        self.words.add(event.seq)

    @_count.register
    def _(self, event: Ended) -> None:
        self._status = ("ended", event.reason)

    @_count.register
    def _(self, event: Resumed) -> None:
        self._status = ("open", "")

    def _over(self, event: TurnEnded | TurnFailed, state: str) -> _Attempt:
        attempt = self._open
        if attempt is None or (attempt.turn, attempt.agent) != (event.turn, event.agent):
            attempt = self._attempts[event.seq] = _Attempt(event.turn, event.attempt, event.agent)
        else:
            self._open = None
        attempt.states, attempt.ended_seq = (state,), event.seq
        self._spend(event.cost, event.usage)
        return attempt

    def _spend(self, cost: float | None, usage: Usage) -> None:
        self.cost += cost or 0.0
        self.usage = self.usage + usage

    # What is wrong ---------------------------------------------------------------------------------------------------

    def against_session(self, row: Any) -> Iterator[str]:
        """What is wrong with the session's row, one piece each."""
        first = self._first
        seq, at = self._last
        wanted: dict[str, object] = {"turns": self.turns, "unpriced": self.unpriced, "last_seq": seq, "last_at": at}
        wanted |= {"input_tokens": self.usage.input_tokens, "output_tokens": self.usage.output_tokens}
        wanted |= {"cached_tokens": self.usage.cache_read_tokens}
        wanted |= dict(zip(("status", "end_reason"), self._status, strict=True))
        if first is not None:
            wanted |= {"started": first.at, "parent": first.parent, "parent_turn": first.parent_turn}
        for name, value in wanted.items():
            if (here := row._mapping[name]) != value:
                yield f"{name} is {here!r}, but the events make {value!r}"
        # Sums of the same amounts in another order may differ in their last digit.
        if not math.isclose(row.cost, self.cost, rel_tol=1e-9, abs_tol=1e-9):
            yield f"cost is {row.cost!r}, but the events make {self.cost!r}"

    def against_turn(self, row: Any) -> Iterator[str]:
        """What is wrong with the row of one attempt. `left` are the attempts that no row was asked about."""
        attempt = self._attempts.pop(row.seq, None)
        if attempt is None:
            yield f"event {row.seq} began no turn, but a turn is kept for it"
            return
        if row.ended_seq is None and attempt.states == ("failed",):
            # A killed program left it. Who took the session up says in a row of its own that it failed.
            self._attempts[attempt.ended_seq or 0] = replace(attempt)
            attempt.states, attempt.ended_seq = _NEVER_ENDED, None
        for name in ("turn", "attempt", "agent", "ended_seq"):
            if (here := row._mapping[name]) != (value := getattr(attempt, name)):
                yield f"{name} is {here!r}, but the events make {value!r}"
        if row.state not in attempt.states:
            yield f"it is {row.state}, but the events make it {attempt.states[-1]}"
        if (None if row.edited is None else hash(row.edited)) != attempt.edited:
            yield "its edited text is not the one of the last edit"

    def left(self) -> Iterator[tuple[int, int]]:
        """The attempts without a row: number of the turn, and of the event that began it."""
        for seq, attempt in self._attempts.items():
            yield attempt.turn, seq
