"""The transport of a replay: whether it plays, how fast, where it is; and a bar to go elsewhere."""

from dataclasses import dataclass

from textual import events
from textual.app import ComposeResult
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

_MARKED = 3  # cells that a turn must have for its mark to be told from the next one's


class SeekBar(Widget, can_focus=True):
    """A line as long as the session, with its turns marked where there is room. A click or a drag goes to a turn."""

    DEFAULT_CSS = """
    SeekBar {
        height: 1;
        width: 1fr;
        color: $text-muted;
        &:focus { background: $boost; }
    }
    """

    @dataclass
    class Sought(Message):
        """The person wants to be at the end of this turn; 0 is the beginning."""

        turn: int

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._turn, self._turns = 0.0, 0
        self._dragged = False

    def show(self, turn: float, turns: int) -> None:
        """Stand at `turn` of `turns`; halfway into a turn is half a turn more. Not while it is dragged elsewhere."""
        if not self._dragged:
            self._show(turn, turns)

    def _show(self, turn: float, turns: int) -> None:
        if (turn, turns) != (self._turn, self._turns):
            self._turn, self._turns = turn, turns
            self.refresh()

    def render(self) -> Content:
        """The line up to here, the place, the line from here on."""
        width = self.size.width
        if width < 3 or not self._turns:
            return Content("─" * width)
        here = self._cell(self._turn)
        cells = ["━" if cell < here else "─" for cell in range(width)]
        if self._turns * _MARKED < width:
            for turn in range(self._turns + 1):
                cell = self._cell(turn)
                cells[cell] = "╋" if cell < here else "┼"
        before, after = "".join(cells[:here]), "".join(cells[here + 1 :])
        return Content.assemble((before, "$text-primary"), ("●", "bold $text-primary"), after)

    def turn_at(self, x: int) -> int:
        """The turn whose end is nearest to cell `x`."""
        last = max(1, self.size.width - 1)
        return round(max(0, min(x, last)) * self._turns / last)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Begin to drag."""
        self._dragged = True
        self.capture_mouse()
        self._show(self.turn_at(event.x), self._turns)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Drag."""
        if self._dragged:
            self._show(self.turn_at(event.x), self._turns)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Here it is to be."""
        if self._dragged:
            self._dragged = False
            self.release_mouse()
            turn = self.turn_at(event.x)
            self._show(turn, self._turns)
            self.post_message(self.Sought(turn))

    def _cell(self, turn: float) -> int:
        return round(turn * (self.size.width - 1) / max(1, self._turns))


class Transport(Widget):
    """One line: what it does, the bar, where it is."""

    DEFAULT_CSS = """
    Transport {
        layout: horizontal;
        height: 1;
        padding: 0 1;
        #transport-state { width: 14; height: 1; text-style: bold; }
        #transport-place { height: 1; text-align: right; }
    }
    """

    def compose(self) -> ComposeResult:
        """From left to right."""
        yield Static("", id="transport-state", markup=False)
        yield SeekBar(id="transport-bar")
        yield Static("", id="transport-place", markup=False)

    def on_mount(self) -> None:
        """Nothing is shown yet."""
        self._said = ("", "")

    @property
    def bar(self) -> SeekBar:
        """The bar."""
        return self.query_one(SeekBar)

    @property
    def said(self) -> tuple[str, str]:
        """What stands left and right of the bar."""
        return self._said

    def show(self, state: str, place: str, turn: float, turns: int, *, room: int) -> None:
        """Show this; draws only what has changed. `room` is what the longest place takes, in cells: a bar that became
        longer and shorter would have the whole screen laid out again."""
        before, self._said = self._said, (state, place)
        if state != before[0]:
            self.query_one("#transport-state", Static).update(Content(state), layout=False)
        if place != before[1]:
            widget = self.query_one("#transport-place", Static)
            widget.styles.width = room + 2
            widget.update(Content(place), layout=False)
        self.bar.show(turn, turns)
