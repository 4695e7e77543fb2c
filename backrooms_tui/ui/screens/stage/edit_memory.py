"""Changing what an agent keeps of what it is no longer sent."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from backrooms_tui.session.harmless import harmless
from backrooms_tui.session.state import AgentState
from backrooms_tui.ui.screens.stage.edit_turn import HarmlessArea
from backrooms_tui.ui.showing import shown_line
from backrooms_tui.ui.widgets.marks import mark


class EditMemory(ModalScreen[str | None]):
    """Gives the new text, None where it stays as it is."""

    CSS_PATH = "dialogs.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel", priority=True, show=False),
        Binding("ctrl+s", "save", "Save", priority=True, show=False),
    ]

    def __init__(self, agent: AgentState) -> None:
        super().__init__()
        self._agent = agent
        self._before = harmless(agent.memory)

    def compose(self) -> ComposeResult:
        """The text, and what the keys do."""
        with Vertical(classes="dialog"):
            yield Static(shown_line(f"What {mark(self._agent.seat)} {self._agent.name} remembers"), classes="question")
            yield HarmlessArea(self._before, compact=True, soft_wrap=True, highlight_cursor_line=False)
            yield Static("ctrl+s keeps it from the next request on, esc goes back", classes="hint")

    def on_mount(self) -> None:
        """Write at once."""
        self.query_one(HarmlessArea).focus()

    def action_save(self) -> None:
        """Keep it."""
        text = self.query_one(HarmlessArea).text
        self.dismiss(None if text == self._before else text)

    def action_cancel(self) -> None:
        """Leave it as it is."""
        self.dismiss(None)
