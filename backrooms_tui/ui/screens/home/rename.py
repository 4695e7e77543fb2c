"""Another title for a session."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Label

from backrooms_tui.session.harmless import harmless_line
from backrooms_tui.ui.widgets.line_input import LineInput


class RenameScreen(ModalScreen[str | None]):
    """Asks for a title, beginning with `title`; None where nothing is to change."""

    CSS_PATH = "rename.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Leave it", show=False)]

    def __init__(self, title: str) -> None:
        super().__init__()
        self._before = harmless_line(title)

    def compose(self) -> ComposeResult:
        """One line to write on."""
        with Vertical(id="dialog"):
            yield Label("Title", id="what")
            yield LineInput(self._before, id="title")
            yield Label("enter keeps it · esc leaves it as it was", id="how")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """An empty title is no title."""
        title = " ".join(event.value.split())
        self.dismiss(title if title and title != self._before else None)
