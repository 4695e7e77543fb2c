"""Sessions told by hand: events with times and figures that never change."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from backrooms_tui.session.events import (
    AnyEvent,
    Delta,
    Ended,
    Event,
    Interjected,
    Noticed,
    Paused,
    Resumed,
    SessionOpened,
    SpeakerChosen,
    TurnEdited,
    TurnEnded,
    TurnFailed,
    TurnStarted,
    Whispered,
)
from backrooms_tui.session.setup import AgentSetup, Rules, Setup
from backrooms_tui.session.trouble import Trouble
from backrooms_tui.session.usage import Timings, Usage

NOW = datetime(2026, 3, 14, 21, 30, tzinfo=UTC).timestamp()
MINUTE, DAY = 60.0, 86_400.0


@dataclass
class Tale:
    """A session in the making. `begun` is in Unix seconds; every event moves its time on."""

    id: str
    title: str
    template: str
    cast: Sequence[tuple[str, str]]  # names and models
    begun: float = NOW - 4 * MINUTE
    parent: str | None = None
    parent_turn: int | None = None
    events: list[AnyEvent] = field(default_factory=list)
    at: float = 0.0
    turn: int = 0

    def __post_init__(self) -> None:
        self.at = self.begun
        agents = tuple(AgentSetup(seat, name, model) for seat, (name, model) in enumerate(self.cast, 1))
        setup = Setup(self.title, self.template, agents, Rules())
        turn = self.parent_turn or 2 if self.parent else None
        self.add(SessionOpened, session=self.id, setup=setup, parent=self.parent, parent_turn=turn)
        self.add(Resumed, turns=None)

    def add(self, kind: type[Event], seconds: float = 0.0, **fields: Any) -> "Tale":
        """One more event, so many seconds after the one before."""
        self.at += seconds
        self.events.append(kind(seq=len(self.events) + 1, at=self.at, **fields))  # type: ignore[arg-type]
        return self

    def says(
        self, text: str, *, seconds: float = 4.0, reasoning: str = "", cost: float | None = 0.0042, **more: Any
    ) -> "Tale":
        """The next agent in seat order speaks a turn; `more` are fields of its end."""
        seat = self.turn % len(self.cast) + 1
        name, model = self.cast[seat - 1]
        self.turn += 1
        sent = 180 + 90 * self.turn
        usage = Usage(sent, len(text) // 4 + 1, sent * 3 // 4 if self.turn > 2 else 0)
        self.add(SpeakerChosen, agent=seat, reason="next in seat order")
        self.add(TurnStarted, 0.2, turn=self.turn, agent=seat, name=name, attempt=1, model=model)
        for channel, words in (("reasoning", reasoning), ("text", text)):
            pieces = words.split(" ") if words else []
            for place, piece in enumerate(pieces):
                piece = piece if place == 0 else f" {piece}"
                self.add(Delta, seconds / len(pieces), turn=self.turn, agent=seat, channel=channel, text=piece)
        return self.add(
            TurnEnded,
            turn=self.turn,
            agent=seat,
            name=name,
            attempt=1,
            text=text,
            reasoning=reasoning,
            stop_reason="end",
            usage=usage,
            cost=cost,
            timings=Timings(0.3, seconds),
            model=model,
            **more,
        )

    def fails(self, text: str, trouble: Trouble, *, again: float | None = None) -> "Tale":
        """The next agent breaks off."""
        seat = self.turn % len(self.cast) + 1
        name, model = self.cast[seat - 1]
        turn = self.turn + 1
        self.add(SpeakerChosen, agent=seat, reason="next in seat order")
        self.add(TurnStarted, 0.2, turn=turn, agent=seat, name=name, attempt=1, model=model)
        self.add(Delta, 0.5, turn=turn, agent=seat, channel="text", text=text)
        self.add(
            TurnFailed, 0.5, turn=turn, agent=seat, name=name, attempt=1, text=text, trouble=trouble, retry_in=again
        )
        return self if again is not None else self.pauses(trouble.message, trouble)

    def operator(self, text: str, *, to: int = 0) -> "Tale":
        """The operator's word, to all or to one seat."""
        return self.add(Whispered, 3.0, to=to, text=text) if to else self.add(Interjected, 3.0, text=text)

    def edited(self, turn: int, text: str) -> "Tale":
        """The operator's edit."""
        return self.add(TurnEdited, 5.0, turn=turn, text=text)

    def notice(self, text: str) -> "Tale":
        """A notice."""
        return self.add(Noticed, 0.1, level="info", text=text)

    def pauses(self, reason: str = "paused by the operator", trouble: Trouble | None = None) -> "Tale":
        """It stands still."""
        return self.add(Paused, 0.1, reason=reason, trouble=trouble)

    def ends(self) -> "Tale":
        """It is over."""
        detail = f"The limit of {self.turn} turns is reached."
        return self.add(Ended, 0.1, reason="max_turns", detail=detail)
