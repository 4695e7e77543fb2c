"""One agent's place on the screen: who it is, what it has said and is saying, and what it does."""

from types import MappingProxyType

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.reactive import reactive

from backrooms_tui.session.harmless import harmless_line
from backrooms_tui.session.state import SessionState, TurnInFlight
from backrooms_tui.session.world import WORLD
from backrooms_tui.ui.widgets.council_tail import Held
from backrooms_tui.ui.widgets.entries import EntrySource
from backrooms_tui.ui.widgets.marks import mark, seat_class
from backrooms_tui.ui.widgets.screens import seats_of
from backrooms_tui.ui.widgets.speech import Speech
from backrooms_tui.ui.widgets.status import AgentStatus, StatusLine
from backrooms_tui.ui.widgets.transcript import Transcript


class Pane(Vertical):
    """The agent on `seat` and its entries. Call `update` once a tick with the session as it stands."""

    DEFAULT_CSS = """
    Pane {
        border: round $panel-lighten-2;
        border-title-color: $foreground;
        border-subtitle-color: $text-warning;
        height: 1fr;
        width: 1fr;
        &:focus-within { border: round $primary; }
        &.-speaking { border-title-style: bold; }
        &.-world { border: heavy $panel-lighten-2; }
        &.-world:focus-within { border: heavy $primary; }
    }
    """

    zoomed: reactive[bool] = reactive(False, toggle_class="-zoomed")

    def __init__(self, seat: int, source: EntrySource, *, id: str | None = None) -> None:
        super().__init__(id=id, classes=seat_class(seat))
        self.seat = seat
        self.transcript = Transcript(source, marks=False)
        self._status_line = StatusLine()
        self._status = AgentStatus(seat)
        self._speech = Speech()
        self._titled: tuple[object, ...] = ()

    def compose(self) -> ComposeResult:
        """What was said, and what is done."""
        yield self.transcript
        yield self._status_line

    def update(self, state: SessionState, held: Held = MappingProxyType({})) -> None:
        """Show the session as it stands, and of the councils `held` this agent's; costs next to nothing where nothing
        concerns this agent."""
        agent = state.agents.get(self.seat)
        if agent is None:
            return
        self._title(agent.name, world_told(agent.model) if agent.is_world else agent.model)
        self.set_class(agent.is_world, "-world")
        self.transcript.seats = seats_of(state)
        flight = state.in_flight if state.in_flight is not None and state.in_flight.agent == self.seat else None
        self._tell(state, flight)
        council = state.councils.get(self.seat)
        self.transcript.hold({self.seat: council} if council is not None else {}, held)
        self.transcript.stall_at = state.setup.rules.stall_at if state.setup is not None else None
        self.transcript.refresh_entries()
        self.set_class(flight is not None or council is not None, "-speaking")
        letters = len(self._speech.text) + len(self._speech.reasoning)
        self._status_line.say(self._status.row(state, letters, held))

    def on_transcript_follow_changed(self, message: Transcript.FollowChanged) -> None:
        """Say how much there is below."""
        if message.follow:
            self.border_subtitle = ""
        else:
            new = f"↓ {message.new_below} new" if message.new_below else "↓"
            self.border_subtitle = Content(f"{new} · end follows")

    def _tell(self, state: SessionState, flight: TurnInFlight | None) -> None:
        speaker = flight.agent if flight is not None else state.next_agent
        attempts = state.attempts if speaker == self.seat else []
        self._speech.take(flight)
        agent = state.agents[self.seat]
        if flight is not None:
            text, reasoning = self._speech.text, self._speech.reasoning
            self.transcript.stream(mark(self.seat), flight.name, text, reasoning, turn=flight.turn, attempts=attempts)
        elif any(attempt.trouble is not None for attempt in attempts[-1:]):
            turn = state.turn + 1
            self.transcript.stream(mark(self.seat), agent.name, "", "", turn=turn, attempts=attempts, speaking=False)
        else:
            self.transcript.end_stream()

    def _title(self, name: str, model: str) -> None:
        if (name, model) == self._titled:
            return
        self._titled = (name, model)
        title = Content.assemble(
            (f"{mark(self.seat)} {harmless_line(name)}", "bold"), (f" · {harmless_line(model)}", "$text-muted")
        )
        self.border_title = title


def world_told(model: str) -> str:
    """A world's reference, `world/exos`, for people: `world exos`."""
    provider, _, name = model.partition("/")
    return f"{WORLD} {name}" if provider == WORLD and name else model
