"""Asks for a key by having it pressed."""

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Label

from backrooms_tui.ui.actions import Action


class CaptureScreen(ModalScreen[str | None]):
    """The next key that is pressed is the result, by Textual's name; None for escape."""

    CSS_PATH = "capture.tcss"

    def __init__(self, action: Action) -> None:
        super().__init__()
        self._action = action

    def compose(self) -> ComposeResult:
        """What it is for, and the way out."""
        with Vertical(id="dialog"):
            yield Label(Content.from_markup("Press the new key for [b]$title[/b]", title=self._action.title))
            yield Label("esc leaves it as it is", id="how")

    def on_key(self, event: events.Key) -> None:
        """Whatever the key does elsewhere, here it is only a key."""
        event.stop()
        event.prevent_default()
        self.dismiss(None if event.key == "escape" else event.key)
