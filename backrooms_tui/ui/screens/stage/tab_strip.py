"""The agents on one line, for a screen that is too narrow to show them side by side."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from backrooms_tui.session.state import Phase
from backrooms_tui.ui.showing import shown_line
from backrooms_tui.ui.widgets.marks import mark

# What the agent does, told by a sign: nothing while it waits.
SIGNS: dict[Phase, str] = {"waiting": "", "thinking": " …", "speaking": " ●", "failed": " !"}
AWAY, MUTED, IN_COUNCIL = " ∅", " ×", " ◇"


@dataclass(frozen=True, slots=True)
class Tab:
    """One agent: its seat, its name, what it does, and whether it is away, only listens, or its council is held."""

    seat: int
    name: str
    phase: Phase
    absent: bool = False
    muted: bool = False
    in_council: bool = False

    @property
    def sign(self) -> str:
        """What it does, as a sign."""
        return SIGNS[self.phase] or (
            IN_COUNCIL if self.in_council else AWAY if self.absent else MUTED if self.muted else ""
        )


class TabStrip(Widget):
    """Marks and names; the active one stands in brackets. A click chooses."""

    DEFAULT_CSS = """
    TabStrip {
        height: 1;
        width: 1fr;
    }
    """

    @dataclass
    class Chosen(Message):
        """A tab was clicked."""

        seat: int

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._tabs: Sequence[Tab] = ()
        self._active = 0
        self._places: list[tuple[int, int, int]] = []

    def show(self, tabs: Sequence[Tab], active: int) -> None:
        """These agents, with the one on seat `active` marked."""
        if (list(tabs), active) != (list(self._tabs), self._active):
            self._tabs, self._active = tuple(tabs), active
            self.refresh()

    def render(self) -> Content:
        """The strip. Where there is no room for all names, only the active one keeps its own."""
        labels = [self._label(tab, named=True) for tab in self._tabs]
        if sum(label.cell_length for label in labels) > self.size.width:
            labels = [self._label(tab, named=tab.seat == self._active) for tab in self._tabs]
        self._places, left = [], 0
        for tab, label in zip(self._tabs, labels, strict=True):
            self._places.append((left, left + label.cell_length, tab.seat))
            left += label.cell_length
        return Content.assemble(*labels).truncate(self.size.width, ellipsis=True)

    def on_click(self, event: events.Click) -> None:
        """Choose the agent that was clicked on."""
        for left, right, seat in self._places:
            if left <= event.x < right:
                self.post_message(self.Chosen(seat))

    def _label(self, tab: Tab, *, named: bool) -> Content:
        name = shown_line(f" {tab.name}") if named else ""
        inside = Content.assemble(mark(tab.seat), name, tab.sign)
        if tab.seat == self._active:
            return Content.assemble("[", inside.stylize("bold"), "]")
        return Content.assemble(" ", inside.stylize("$text-muted"), " ")
