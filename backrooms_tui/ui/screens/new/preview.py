"""What each agent would receive: its system text and what it remembers, with every blank filled."""

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Label, Static

from backrooms_tui.ui.screens.manners.typed import reminding
from backrooms_tui.ui.showing import shown, shown_line
from backrooms_tui.ui.widgets.marks import mark

if TYPE_CHECKING:
    from backrooms_tui.session.setup import Setup

_DIM = "$foreground-muted"


def preview(setup: "Setup") -> Content:
    """All agents of `setup`, one after another."""
    parts: list[Content] = []
    for agent in setup.agents:
        heading = Content.assemble(mark(agent.seat), " ", shown_line(agent.name)).stylize("bold $primary")
        parts.append(Content.assemble(heading, "  ", shown_line(agent.asked or agent.model).stylize(_DIM)))
        parts.append(shown(agent.system.strip()) if agent.system.strip() else Content("(no system text)").stylize(_DIM))
        if agent.history:
            parts.append(Content(""))
        for message in agent.history:
            who = "heard" if message.role == "user" else "said"
            parts.append(Content.assemble((f"{who}: ", f"bold {_DIM}"), shown(message.text.strip()).stylize(_DIM)))
        if agent.reminder is not None:
            again = f"reminded {reminding(agent.reminder)}: "
            parts.append(Content.assemble((again, f"bold {_DIM}"), shown(agent.reminder.text.strip()).stylize(_DIM)))
        if agent.absent:
            parts.append(Content("comes later").stylize(f"bold {_DIM}"))
        parts.append(Content(""))
    return Content("\n").join(parts)


class PreviewScreen(ModalScreen[None]):
    """Shows what the agents of `setup` would receive, until a key closes it."""

    CSS_PATH = "preview.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,enter,q,ctrl+o", "dismiss(None)", "Close", show=False)]

    def __init__(self, setup: "Setup") -> None:
        super().__init__()
        self._setup = setup

    def compose(self) -> ComposeResult:
        """A page to scroll."""
        with VerticalScroll(id="dialog"):
            yield Label("What each agent would receive", id="what")
            yield Static(preview(self._setup), id="text")
            yield Label("esc goes back", id="how")
