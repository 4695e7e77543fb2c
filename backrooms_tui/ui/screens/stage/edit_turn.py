"""Changing what a turn says. What it said at first is kept, and one key away."""

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static, TextArea

from backrooms_tui.session.harmless import harmless
from backrooms_tui.session.state import TurnEntry
from backrooms_tui.ui.showing import shown_line
from backrooms_tui.ui.widgets.marks import mark


class HarmlessArea(TextArea):
    """A text area that shows no control characters, whatever is pasted into it."""

    async def _on_paste(self, event: events.Paste) -> None:
        await super()._on_paste(events.Paste(harmless(event.text)))
        event.prevent_default()


class EditTurn(ModalScreen[str | None]):
    """Gives the turn's new text, None where it stays as it is."""

    CSS_PATH = "dialogs.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel", priority=True, show=False),
        Binding("ctrl+s", "save", "Save", priority=True, show=False),
        Binding("ctrl+o", "original", "Original", priority=True, show=False),
    ]

    def __init__(self, entry: TurnEntry) -> None:
        super().__init__()
        self._entry = entry
        self._before = harmless(entry.text)

    def compose(self) -> ComposeResult:
        """The text, and what the keys do."""
        entry = self._entry
        original = ", ctrl+o puts back what it said at first" if entry.original is not None else ""
        with Vertical(classes="dialog"):
            yield Static(shown_line(f"Turn {entry.turn} · {mark(entry.agent)} {entry.name}"), classes="question")
            yield HarmlessArea(self._before, compact=True, soft_wrap=True, highlight_cursor_line=False)
            yield Static(f"ctrl+s keeps it from the next request on, esc goes back{original}", classes="hint")

    def on_mount(self) -> None:
        """Write at once."""
        self.query_one(HarmlessArea).focus()

    def action_save(self) -> None:
        """Keep it."""
        text = self.query_one(HarmlessArea).text
        original = self._entry.original
        if original is not None and text == harmless(original):
            text = original
        self.dismiss(None if text == self._before else text)

    def action_original(self) -> None:
        """Put back what the turn said at first."""
        if self._entry.original is not None:
            self.query_one(HarmlessArea).text = harmless(self._entry.original)

    def action_cancel(self) -> None:
        """Leave it as it is."""
        self.dismiss(None)
