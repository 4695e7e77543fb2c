"""The timeline: everything that happened in a session, one line each."""

from types import MappingProxyType

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content

from backrooms_tui.session.state import SessionState
from backrooms_tui.ui.widgets.council_tail import Held
from backrooms_tui.ui.widgets.entries import EntrySource
from backrooms_tui.ui.widgets.marks import mark
from backrooms_tui.ui.widgets.screens import seats_of
from backrooms_tui.ui.widgets.speech import Speech
from backrooms_tui.ui.widgets.transcript import Transcript


class Timeline(Vertical):
    """All entries as one line each: number, mark, first words. Its `transcript` says which was chosen."""

    DEFAULT_CSS = """
    Timeline {
        border: round $panel-lighten-2;
        border-title-color: $text-muted;
        border-subtitle-color: $text-warning;
        height: 1fr;
        width: 1fr;
        &:focus-within { border: round $primary; }
    }
    """

    def __init__(self, source: EntrySource, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.transcript = Transcript(source, compact=True)
        self._speech = Speech()
        self.border_title = "timeline"

    def compose(self) -> ComposeResult:
        """The list."""
        yield self.transcript

    def update(self, state: SessionState, held: Held = MappingProxyType({})) -> None:
        """Show the session as it stands, with the councils `held`; costs next to nothing where nothing has changed."""
        flight = state.in_flight
        self.transcript.stall_at = state.setup.rules.stall_at if state.setup is not None else None
        self.transcript.seats = seats_of(state)
        self._speech.take(flight)
        if flight is not None:
            text, reasoning = self._speech.text, self._speech.reasoning
            self.transcript.stream(mark(flight.agent), flight.name, text, reasoning, turn=flight.turn)
        else:
            self.transcript.end_stream()
        self.transcript.hold(state.councils, held)
        self.transcript.refresh_entries()

    def on_transcript_follow_changed(self, message: Transcript.FollowChanged) -> None:
        """Say how much there is below."""
        below = f"↓ {message.new_below} new" if message.new_below else ""
        self.border_subtitle = Content(below)
