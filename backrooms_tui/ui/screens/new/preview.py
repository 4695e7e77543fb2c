"""What each agent would receive: its system text and what it remembers, with every blank filled."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Label, Static

from backrooms_tui.ui.screens.manners.typed import reminding
from backrooms_tui.ui.screens.new.councils import when_told
from backrooms_tui.ui.screens.new.worlds import by_world
from backrooms_tui.ui.showing import shown, shown_line
from backrooms_tui.ui.widgets.marks import mark

if TYPE_CHECKING:
    from backrooms_tui.session.setup import AgentSetup, Setup

_DIM = "$foreground-muted"


def preview(setup: "Setup", reach: Sequence[str] = ()) -> Content:
    """All agents of `setup`, one after another, each with its council; of worlds what they may `reach`."""
    may = by_world(setup, reach)
    parts = [part for agent in setup.agents for part in _agent(agent, mark(agent.seat), may.get(agent.seat, ()))]
    return Content("\n").join(parts)


def _agent(agent: "AgentSetup", called: str, may: Sequence[str] = ()) -> Iterator[Content]:
    heading = Content.assemble(called, " ", shown_line(agent.name)).stylize("bold $primary")
    yield Content.assemble(heading, "  ", shown_line(agent.asked or agent.model).stylize(_DIM))
    if agent.kind == "world":
        yield Content("a world: it answers commands").stylize(_DIM)
        for line in may:
            yield Content.assemble("  ", shown_line(line))
    else:
        yield shown(agent.system.strip()) if agent.system.strip() else Content("(no system text)").stylize(_DIM)
    if agent.position:
        yield _said("stands for: ", agent.position)
    if agent.history:
        yield Content("")
    for message in agent.history:
        yield _said("heard: " if message.role == "user" else "said: ", message.text)
    if agent.reminder is not None:
        yield _said(f"reminded {reminding(agent.reminder)}: ", agent.reminder.text)
    if agent.absent:
        yield Content("comes later").stylize(f"bold {_DIM}")
    yield Content("")
    council = agent.council
    if council is None:
        return
    yield Content.assemble(
        (f"{called} council of ", "bold"),
        shown_line(agent.name).stylize("bold"),
        shown_line(f", {when_told(council)}").stylize(_DIM),
    )
    if council.opening:
        yield _said("heard: ", council.opening)
    yield Content("")
    for member in council.agents:
        yield from _agent(member, f"{called}·{member.seat}")


def _said(what: str, text: str) -> Content:
    return Content.assemble((what, f"bold {_DIM}"), shown(text.strip()).stylize(_DIM))


class PreviewScreen(ModalScreen[None]):
    """Shows what the agents of `setup` would receive, and what worlds may `reach`, until a key closes it."""

    CSS_PATH = "preview.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,enter,q,ctrl+o", "dismiss(None)", "Close", show=False)]

    def __init__(self, setup: "Setup", reach: Sequence[str] = ()) -> None:
        super().__init__()
        self._setup = setup
        self._reach = reach

    def compose(self) -> ComposeResult:
        """A page to scroll."""
        with VerticalScroll(id="dialog"):
            yield Label("What each agent would receive", id="what")
            yield Static(preview(self._setup, self._reach), id="text")
            yield Label("esc goes back", id="how")
