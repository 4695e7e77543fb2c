"""Who takes part: one list, from which the operator says who speaks next, mutes, sends away, brings back, adds and
changes manners."""

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from backrooms_tui.conversation.conversation import Conversation
from backrooms_tui.session.setup import AgentSetup
from backrooms_tui.session.state import AgentState
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.ui.presence import is_there
from backrooms_tui.ui.screens.manners.manners import MannersScreen
from backrooms_tui.ui.screens.stage.add_agent import AddAgent
from backrooms_tui.ui.screens.stage.edit_memory import EditMemory
from backrooms_tui.ui.showing import shown_line
from backrooms_tui.ui.widgets.columns import Column, line
from backrooms_tui.ui.widgets.marks import mark
from backrooms_tui.ui.widgets.presence import presence
from backrooms_tui.ui.widgets.rows import Rows

if TYPE_CHECKING:
    from backrooms_tui.assembly.workspace import Workspace

_DIM = "$foreground-muted"
_KEYS = "enter speaks next · m mutes or lets speak · a away or back · n adds one · e memory · g manners · esc leaves"
_LATER = "It comes when the turn that is being spoken is over."
_NAME, _DOES = 18, 22


class Agents(ModalScreen[None]):
    """The agents of `conversation`, `chosen` (a seat) marked. `picked` is called when one is to speak next, `changed`
    after every other command. Call `refresh_agents` when something has happened."""

    CSS_PATH = "dialogs.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", show=False),
        Binding("enter,space", "next_speaker", "Speaks next", show=False),
        Binding("m", "mute", "Mute", show=False),
        Binding("a", "away", "Send away", show=False),
        Binding("n", "add", "Add an agent", show=False),
        Binding("e", "memory", "Memory", show=False),
        Binding("g", "manners", "Manners", show=False),
    ]

    def __init__(
        self,
        workspace: "Workspace",
        conversation: Conversation,
        *,
        chosen: int,
        picked: Callable[[], object],
        changed: Callable[[], object],
    ) -> None:
        super().__init__()
        self._workspace = workspace
        self._conversation = conversation
        self._chosen = chosen
        self._picked, self._changed = picked, changed
        self._seats: list[int] = []
        self._coming: dict[int, AgentSetup] = {}

    def compose(self) -> ComposeResult:
        """The list, what was said to the last command, and the keys."""
        with Vertical(classes="dialog"):
            yield Static("Agents", classes="question")
            yield Rows(id="agents-list")
            yield Static("", classes="wrong")
            yield Static(_KEYS, classes="hint")

    def on_mount(self) -> None:
        """Mark what is likely meant."""
        self._show()
        rows = self.query_one(Rows)
        rows.marked = self._seats.index(self._chosen) if self._chosen in self._seats else 0
        rows.focus()

    def refresh_agents(self) -> None:
        """Show them as they are now. The stage may ask before this dialog is composed: there is nothing to do yet."""
        if is_there(self):
            self._show()

    def _show(self) -> None:
        seats = sorted(self._conversation.state.agents)
        rows = self.query_one(Rows)
        if seats != self._seats:
            self._seats = seats
            rows.styles.height = min(len(seats), 12)
            rows.show(len(seats), self._line)
        else:
            rows.redraw()

    # What can be done --------------------------------------------------------------

    def action_next_speaker(self) -> None:
        """The next turn is this one's."""
        if self._do(lambda: self._conversation.choose_speaker(self._agent.seat), tell=False):
            self.dismiss()
            self._picked()

    def action_mute(self) -> None:
        """It only listens, or speaks again."""
        agent = self._agent
        self._do(lambda: self._conversation.mute(agent.seat, not agent.muted))

    def action_away(self) -> None:
        """It leaves, or comes back."""
        agent = self._agent
        if agent.absent:
            self._do(lambda: self._conversation.bring_back(agent.seat))
        else:
            self._do(lambda: self._conversation.send_away(agent.seat))

    def action_add(self) -> None:
        """Somebody new."""

        def added(setup: AgentSetup | None) -> None:
            if setup is not None:
                self._do(lambda: self._conversation.add_agent(setup))

        self.app.push_screen(AddAgent(self._workspace, self._agent.model), added)

    def action_memory(self) -> None:
        """What it remembers may be rewritten."""
        agent = self._agent
        setup = self._conversation.state.setup
        if not agent.memory and (setup is None or setup.agent(agent.seat).memory == "drop"):
            self._say(f"{agent.name} keeps no memory: what no longer fits is dropped")
            return

        def rewritten(text: str | None) -> None:
            if text is not None:
                self._do(lambda: self._conversation.change_memory(agent.seat, text), tell=False)

        self.app.push_screen(EditMemory(agent), rewritten)

    def action_manners(self) -> None:
        """How it is described, how readily it speaks, what it is reminded of, its memory, its guard."""
        setup = self._conversation.state.setup
        if setup is None:
            return

        agent = setup.agent(self._agent.seat)
        # What comes when the turn is over is gone on from, not undone.
        agent = self._coming.get(agent.seat, agent) if self._conversation.speaking else agent

        def chosen(manners: AgentSetup | None) -> None:
            if manners is not None:
                self._coming[manners.seat] = manners
                self._done()

        accept = self._conversation.change_agent
        self.app.push_screen(MannersScreen(agent, workspace=self._workspace, accept=accept), chosen)

    def action_leave(self) -> None:
        """Back to the stage."""
        self.dismiss()

    def on_rows_chosen(self, message: Rows.Chosen) -> None:
        """A double click."""
        message.stop()
        self.action_next_speaker()

    # Showing --------------------------------------------------------------

    @property
    def _agent(self) -> AgentState:
        return self._conversation.state.agents[self._seats[self.query_one(Rows).marked]]

    def _do(self, command: Callable[[], object], *, tell: bool = True) -> bool:
        try:
            command()
        except OperatorError as error:
            self._say(f"{error.what}; {error.cure}")
            return False
        self._done(tell=tell)
        return True

    def _done(self, *, tell: bool = True) -> None:
        self._say(_LATER if tell and self._conversation.speaking else "")
        self.refresh_agents()
        self._changed()

    def _say(self, text: str) -> None:
        self.query_one(".wrong", Static).update(shown_line(text))

    def _line(self, index: int, width: int) -> Content:
        agent = self._conversation.state.agents[self._seats[index]]
        who, does = f"{mark(agent.seat)} {agent.name}", self._does(agent)
        if width < _NAME + _DOES + 12:
            return line((Column("agent"), Column("does", _DOES)), (who, does), width)
        columns = (Column("agent", _NAME), Column("does", _DOES), Column("model", style=_DIM))
        return line(columns, (who, does, agent.model), width)

    def _does(self, agent: AgentState) -> str:
        flight = self._conversation.state.in_flight
        if flight is not None and flight.agent == agent.seat:
            return "▶ speaks"
        if agent.seat in self._conversation.state.councils:
            return "◇ in council"
        if self._conversation.picked == agent.seat:
            return "→ speaks next"
        absence = presence(self._conversation.state, agent)
        sign = "∅" if agent.absent else "×"
        return f"{sign} {absence}" if absence else "takes part"
