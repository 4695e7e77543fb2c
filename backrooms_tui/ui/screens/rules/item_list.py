"""A list of steps or cues in the dialog: entries are added, changed, taken out and moved by keys."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Click
from textual.message import Message

from backrooms_tui.ui.widgets.rows import Line, Rows

What = Literal["add", "change", "remove", "undo", "up", "down"]
TALLEST = 6  # rows; a longer list scrolls in itself
KEYS = "enter changes it · n adds one · d takes it out"


class ItemList(Rows):
    """Says what the person wants to do with the marked entry. `nothing` is shown where there is none."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "go(-1)", "Up", show=False),
        Binding("down", "go(1)", "Down", show=False),
        Binding("enter,space,e", "want('change')", "Change", show=False),
        Binding("n,a,insert", "want('add')", "Add", show=False),
        Binding("d,delete,backspace", "want('remove')", "Take out", show=False),
        Binding("u", "want('undo')", "Bring back", show=False),
        Binding("shift+up", "want('up')", "Move up", show=False),
        Binding("shift+down", "want('down')", "Move down", show=False),
    ]

    @dataclass
    class Wanted(Message):
        """`what` is to be done with entry `index` (from 0)."""

        items: "ItemList"
        what: What
        index: int

        @property
        def control(self) -> "ItemList":
            """The list it happened in."""
            return self.items

    def __init__(self, nothing: str, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._nothing = nothing
        self.entries = 0

    def fill(self, entries: int, line: Line, *, marked: int | None = None) -> None:
        """There are `entries` now, drawn by `line`."""
        self.entries = entries
        self.styles.height = min(max(1, entries), TALLEST)
        if entries:
            self.show(entries, line, marked=marked)
        else:
            self.show(1, lambda index, width: Content(self._nothing).stylize("$text-muted").truncate(width), marked=0)

    def action_go(self, by: int) -> None:
        """To the next entry, or on to the next field."""
        if 0 <= self.marked + by < self.entries:
            self.action_move(by)
        elif by < 0:
            self.screen.focus_previous()
        else:
            self.screen.focus_next()

    def action_want(self, what: What) -> None:
        """Ask for it."""
        if self.entries or what in ("add", "undo", "change"):
            self.post_message(self.Wanted(self, what if self.entries or what != "change" else "add", self.marked))

    def on_click(self, event: Click) -> None:
        """A double click on an empty list adds the first entry, on an entry it changes it."""
        if event.chain > 1:
            self.action_want("change")
