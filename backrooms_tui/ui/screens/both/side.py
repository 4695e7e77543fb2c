"""One of the two ways: how much it stalls, what is said on it, and what goes on there."""

from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.widget import Widget

from backrooms_tui.assembly.branching.both_ways import BothWays, Way
from backrooms_tui.session.harmless import harmless_line
from backrooms_tui.session.state import TurnEntry
from backrooms_tui.ui.widgets.drawing import STALLS
from backrooms_tui.ui.widgets.entries import LiveEntries
from backrooms_tui.ui.widgets.marks import mark
from backrooms_tui.ui.widgets.screens import seats_of
from backrooms_tui.ui.widgets.speech import Speech
from backrooms_tui.ui.widgets.status import Row, StatusLine
from backrooms_tui.ui.widgets.transcript import Transcript

_BARS = "▁▂▃▄▅▆▇█"
_SIGNS = {"ready": "‖", "whole": "✓", "over": "■", "trouble": "!", "stopped": "‖"}


@dataclass(frozen=True, slots=True)
class Curve:
    """What the line over a way says: a sign for how it stands, its name, and how much it stalled after each turn."""

    sign: str
    name: str
    stalls: tuple[float, ...]
    limit: float

    def drawn(self, width: int, *, chosen: bool) -> Content:
        """On one line: as many of the latest turns as there is room for."""
        name = f"{self.sign} {self.name} the ladder"
        stalled = sum(stall >= self.limit for stall in self.stalls)
        figures = f"{stalled} of {len(self.stalls)} stalled" if self.stalls else "nothing said yet"
        high = bool(self.stalls) and self.stalls[-1] >= self.limit
        # Between the parts stands " · ", and a sign behind where it stalls.
        room = width - len(name) - len(figures) - 2 * 3 - (1 + len(STALLS)) * high
        bars = "".join(_bar(stall) for stall in self.stalls[-room:]) if room > 0 else ""
        style = "bold $text-warning" if high else "$text-muted"
        parts = [
            Content.styled(name, "bold" if chosen else ""),
            Content.styled(bars, style),
            Content.styled(f"{figures} {STALLS}" if high and room > 1 else figures, style),
        ]
        return Content(" · ").join(part for part in parts if part.plain)


class Head(Widget):
    """Draws a `Curve`. A click chooses its side."""

    DEFAULT_CSS = """
    Head { height: 1; width: 1fr; padding: 0 1; background: $panel; color: $foreground; }
    """

    class Chosen(Message):
        """The reader wants this one."""

    def __init__(self) -> None:
        super().__init__()
        self._curve: tuple[Curve, bool] | None = None

    def show(self, curve: Curve, *, chosen: bool) -> None:
        """Say this from now on."""
        if self._curve != (curve, chosen):
            self._curve = (curve, chosen)
            self.refresh()

    def render(self) -> Content:
        """As much as there is room for."""
        if self._curve is None:
            return Content("")
        curve, chosen = self._curve
        width = self.content_size.width
        return curve.drawn(width, chosen=chosen).truncate(width, ellipsis=True)

    def on_click(self, event: Click) -> None:
        """This one."""
        self.post_message(self.Chosen())


class Side(Vertical):
    """`way`, of the two. Call `update` once a tick. `folded` leaves only the line on top."""

    DEFAULT_CSS = """
    Side {
        width: 1fr;
        height: 1fr;
        border: round $panel-lighten-2;
        border-subtitle-color: $text-warning;
        &:focus-within { border: round $primary; }
        &.-folded { height: 1; }
        &.-folded Transcript, &.-folded StatusLine { display: none; }
    }
    """

    def __init__(self, ways: BothWays, way: Way, *, id: str) -> None:
        super().__init__(id=id)
        self.ways = ways
        self.way = way
        self.transcript = Transcript(LiveEntries(way.state))
        self._head = Head()
        self._status = StatusLine()
        self._speech = Speech()

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        yield self._head
        yield self.transcript
        yield self._status

    @property
    def turn_looked_at(self) -> int:
        """The chosen turn, the one that is being spoken, or the last one."""
        selected, source = self.transcript.selected, self.transcript.source
        entry = source.entry(selected) if selected is not None and selected < len(source) else None
        if isinstance(entry, TurnEntry):
            return entry.turn
        flight = self.way.state.in_flight
        return flight.turn if flight is not None else self.way.state.turn

    def update(self, *, chosen: bool) -> None:
        """Show how it stands; costs next to nothing where nothing has changed."""
        way, state = self.way, self.way.state
        outcome = way.outcome()
        stalls = tuple(one.stall for one in outcome.turns)
        self._head.show(Curve(self._sign(), way.name, stalls, outcome.stall_at), chosen=chosen)
        self.transcript.stall_at = outcome.stall_at
        self.transcript.seats = seats_of(state)
        flight = state.in_flight
        self._speech.take(flight)
        if flight is not None:
            said = self._speech
            self.transcript.stream(
                mark(flight.agent), flight.name, said.text, said.reasoning, turn=flight.turn, attempts=state.attempts
            )
        else:
            self.transcript.end_stream()
        self.transcript.refresh_entries()
        self._status.say(Row(*self._doing(), figures=(_steps(len(outcome.remedies)),) if outcome.remedies else ()))

    def on_transcript_follow_changed(self, message: Transcript.FollowChanged) -> None:
        """Say how much there is below."""
        new = f"{message.new_below} new · " if message.new_below else ""
        self.border_subtitle = "" if message.follow else Content(f"↓ {new}end follows")

    def _sign(self) -> str:
        if self.way.running:
            return "…" if self.way.waiting else "▶"
        return _SIGNS[self.way.how]

    def _doing(self) -> tuple[str, str]:
        way, state = self.way, self.way.state
        if way.running:
            if way.waiting:
                return "waits for the other way", ""
            flight = state.in_flight
            if flight is None:
                return "finds out who speaks", "$text-accent"
            return f"{mark(flight.agent)} {harmless_line(flight.name)} speaks", "$text-success"
        match way.how:
            case "whole":
                return f"all {_turns(self.ways.turns)} are spoken", ""
            case "over":
                return harmless_line(way.why), ""
            case "trouble":
                return f"✗ {harmless_line(way.why)}", "$text-error"
            case _:
                return f"paused after {_turns(way.spoken)}", ""


def _bar(stall: float) -> str:
    return _BARS[max(0, min(len(_BARS) - 1, int(stall * len(_BARS))))]


def _turns(number: int) -> str:
    return "1 turn" if number == 1 else f"{number} turns"


def _steps(number: int) -> str:
    return "1 step of the ladder" if number == 1 else f"{number} steps of the ladder"
