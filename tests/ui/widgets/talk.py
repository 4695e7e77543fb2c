"""Sessions as a screen sees them: events applied to a state, and an application that shows one widget."""

from typing import Any

from textual.app import App, ComposeResult
from textual.widget import Widget

from backrooms_tui.session.events import (
    AnyEvent,
    Delta,
    Resumed,
    SessionOpened,
    SpeakerChosen,
    TurnEnded,
    TurnStarted,
)
from backrooms_tui.session.setup import AgentSetup, Setup
from backrooms_tui.session.state import SessionState, apply
from backrooms_tui.session.usage import Timings, Usage
from backrooms_tui.ui.widgets.transcript import Transcript

NAMES = ("Explorer", "Simulator", "Third")


class Talk:
    """A session to which things happen. `state` is what the screen reads, `events` is what is recorded."""

    def __init__(self, agents: int = 2, names: tuple[str, ...] = NAMES) -> None:
        self.state = SessionState()
        self.events: list[AnyEvent] = []
        self.names = names
        seats = tuple(AgentSetup(seat, names[seat - 1], f"scripted/{seat}") for seat in range(1, agents + 1))
        self.happens(SessionOpened, session="0talk000", setup=Setup("A talk", "none", seats))
        self.happens(Resumed)

    def happens(self, kind: Any, **values: Any) -> None:
        """An event, with the next number."""
        event = kind(seq=self.state.seq + 1, at=1_795_000_000.0 + self.state.seq, **values)
        self.events.append(event)
        apply(self.state, event)

    def starts(self, agent: int = 1, attempt: int = 1) -> None:
        """An agent begins the next turn."""
        self.happens(SpeakerChosen, agent=agent, reason="next in seat order")
        self.happens(TurnStarted, **self._named(agent, self.state.turn + 1), attempt=attempt, model="scripted/1")

    def says(self, text: str, channel: str = "text") -> None:
        """The one who speaks says something more."""
        flight = self.state.in_flight
        assert flight is not None
        self.happens(Delta, turn=flight.turn, agent=flight.agent, channel=channel, text=text)

    def ends(self, **values: Any) -> None:
        """The turn is whole."""
        flight = self.state.in_flight
        assert flight is not None
        whole = {"text": "".join(flight.text), "reasoning": "".join(flight.reasoning), "stop_reason": "end"}
        used = {"usage": Usage(1000, 200, 900), "cost": 0.01, "timings": Timings(0.1, 1.0)}
        self.happens(
            TurnEnded,
            **{**self._named(flight.agent, flight.turn), "attempt": flight.attempt, **whole, **used, **values},
        )

    def turn(self, text: str, agent: int | None = None, **values: Any) -> None:
        """A whole turn, by the agent whose turn it is if none is named."""
        self.starts(agent or self.state.turn % len(self.state.agents) + 1)
        self.says(text)
        self.ends(**values)

    def _named(self, agent: int, turn: int) -> dict[str, Any]:
        return {"turn": turn, "agent": agent, "name": self.names[agent - 1]}


class Showing(App[None]):
    """An application with one widget, which remembers what its transcripts said."""

    def __init__(self, widget: Widget) -> None:
        super().__init__()
        self.widget = widget
        self.selected: list[int] = []
        self.followed: list[tuple[bool, int]] = []

    def compose(self) -> ComposeResult:
        """The widget."""
        yield self.widget

    def on_transcript_selected(self, message: Transcript.Selected) -> None:
        """Remember what was chosen."""
        self.selected.append(message.index)

    def on_transcript_follow_changed(self, message: Transcript.FollowChanged) -> None:
        """Remember it."""
        self.followed.append((message.follow, message.new_below))
