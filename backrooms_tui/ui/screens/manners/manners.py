"""One agent's manners: how it is described, how readily it speaks, its memory, its guard, what it is reminded of, and
its system text."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.widget import Widget
from textual.widgets import Select

from backrooms_tui.session.setup import AgentSetup, Memory, Reminder
from backrooms_tui.ui.screens.manners.typed import MEMORIES, looked_over
from backrooms_tui.ui.screens.rules.editing import EditingDialog, Looked, Typed
from backrooms_tui.ui.widgets.field_row import Row
from backrooms_tui.ui.widgets.line_input import LineInput
from backrooms_tui.ui.widgets.lines_input import LinesInput
from backrooms_tui.ui.widgets.marks import mark
from backrooms_tui.ui.widgets.tick_box import TickBox

if TYPE_CHECKING:
    from backrooms_tui.assembly.workspace import Workspace

_DESCRIBED = "one line on who it is, for whoever chooses the speaker"
_TALKS = "0 to 1: how readily it speaks where nobody was addressed"
_MEMORY = "when its context window is full; enter opens"
_GUARD = "a reply ends where it begins to speak as somebody else"
_ABSENT = "it neither speaks nor hears until it comes"
_REMINDER = "said to it alone, so that it stays what it is"
_WHEN = "every so many of its own turns, before so many messages"
_SYSTEM = "what it is told before anything else, in each of its requests"
_FROM_NOW_ON = "its system text from its next turn on; the turns before keep theirs"


class MannersScreen(EditingDialog[AgentSetup]):
    """Gives `agent` with the manners that were chosen, None where they stay as they are.

    Before the talk begins (`beginning`) it is also asked whether the agent comes later. `accept` is given the changed
    agent before the dialog goes; its OperatorError is shown, and the dialog stays.
    """

    CSS_PATH = "../rules/editing.tcss"
    AUTO_FOCUS: ClassVar[str | None] = "#description"

    def __init__(
        self,
        agent: AgentSetup,
        *,
        workspace: "Workspace",
        beginning: bool = False,
        accept: Callable[[AgentSetup], object] | None = None,
    ) -> None:
        super().__init__(workspace, f"Manners of {mark(agent.seat)} {agent.name}")
        self._agent = agent
        self._beginning = beginning
        self._accept = accept

    def rows(self) -> Sequence[Widget]:
        """For the choice of the speaker, for its memory, against speaking for others, and what it is told."""
        agent, reminder = self._agent, self._agent.reminder or Reminder("")
        memories: list[tuple[Text, Memory]] = [
            (Text(f"{name} · {what}", overflow="ellipsis", no_wrap=True), name) for name, what in MEMORIES.items()
        ]
        memory: Select[Memory] = Select(memories, allow_blank=False, value=agent.memory, id="memory", compact=True)
        guard = TickBox("cut what it says for others", agent.guard, id="guard", compact=True)
        absent = TickBox("comes later, by a cue or by you", agent.absent, id="absent", compact=True)
        when: list[tuple[str, Widget]] = [
            ("every", LineInput(str(reminder.every), id="every", placeholder="turns")),
            ("depth", LineInput(str(reminder.depth), id="depth", placeholder="messages")),
        ]
        return (
            _row("description", LineInput(agent.description, id="description"), _DESCRIBED),
            _row("talkativeness", LineInput(_number(agent.talkativeness), id="talkativeness"), _TALKS),
            _row("memory", memory, _MEMORY),
            _row("guard", guard, _GUARD),
            *([_row("absent", absent, _ABSENT)] if self._beginning else []),
            _row("reminder", LinesInput(reminder.text, id="reminder", placeholder="nothing"), _REMINDER),
            Row("every · depth", when, about=_WHEN),
            Row(
                "system text",
                [("system", LinesInput(agent.system, id="system", placeholder="nothing"))],
                about=_SYSTEM if self._beginning else _FROM_NOW_ON,
            ),
        )

    def look(self, typed: Typed) -> Looked[AgentSetup]:
        """What the agent is then, and when it is reminded, in words."""
        return looked_over(self._agent, typed)

    def accept(self, result: AgentSetup) -> None:
        """Whoever asked may refuse."""
        if self._accept is not None:
            self._accept(result)


def _number(value: float) -> str:
    short = f"{value:g}"
    return short if float(short) == value else repr(value)


def _row(name: str, field: Widget, about: str) -> Row:
    return Row(name, [(name, field)], about=about)
