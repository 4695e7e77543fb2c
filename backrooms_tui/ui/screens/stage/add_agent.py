"""Somebody new joins: its name, its model, and one line on who it is."""

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from backrooms_tui.session.setup import AgentSetup
from backrooms_tui.session.trouble import OperatorError, ProviderTrouble
from backrooms_tui.session.world import WORLD, WorldSetup
from backrooms_tui.ui.screens.stage.change_seat import asked_window
from backrooms_tui.ui.showing import shown
from backrooms_tui.ui.widgets.line_input import LineInput
from backrooms_tui.ui.widgets.model_picker import ModelPicker

if TYPE_CHECKING:
    from backrooms_tui.assembly.workspace import Workspace
    from backrooms_tui.providers.catalogue.catalogue import ResolvedModel

_NEW = 0  # the conversation gives the next free seat


class AddAgent(ModalScreen[AgentSetup | None]):
    """Gives who is to join, None for nobody. `model` is offered first. The seat is left to the conversation."""

    CSS_PATH = "dialogs.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel", show=False),
        Binding("ctrl+s", "save", "Add", priority=True, show=False),
        Binding("ctrl+l", "pick_model", "Pick model", priority=True, show=False),
        Binding("up", "app.focus_previous", show=False),
        Binding("down", "app.focus_next", show=False),
    ]

    def __init__(self, workspace: "Workspace", model: str) -> None:
        super().__init__()
        self._workspace = workspace
        self._model = model
        self._saving = False

    def compose(self) -> ComposeResult:
        """Three lines, and what is wrong with them."""
        with Vertical(classes="dialog"):
            yield Static("Somebody new joins", classes="question")
            for label, field in (
                ("name", LineInput(id="agent-name")),
                ("model", LineInput(self._model, id="agent-model", placeholder="provider/model; cli is a world")),
                ("system", LineInput(id="agent-system", placeholder="who it is, in one line; may be empty")),
            ):
                with Horizontal(classes="field"):
                    yield Static(label, classes="label")
                    yield field
            yield Static("", classes="wrong")
            yield Static("enter adds it, ctrl+l picks a model, tab goes on, esc goes back", classes="hint")

    def on_mount(self) -> None:
        """The name first."""
        self.query_one("#agent-name").focus()

    def action_pick_model(self) -> None:
        """Search the catalogue."""

        def picked(model: str | None) -> None:
            if model is not None:
                self.query_one("#agent-model", LineInput).value = model

        self.app.push_screen(ModelPicker(self._workspace, self._text("model"), title="Model of who joins"), picked)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Add it."""
        self.action_save()

    def action_save(self) -> None:
        """Add it, where nothing is wrong."""
        if not self._saving:
            self._saving = True
            self.run_worker(self._save(), group="adding", exit_on_error=False)

    def action_cancel(self) -> None:
        """Nobody."""
        self.dismiss(None)

    async def _save(self) -> None:
        try:
            self.dismiss(await self._setup())
        except OperatorError as error:
            self._say(f"{error.what}; {error.cure}")
        except ProviderTrouble as error:
            self._say(f"{error.trouble.message}; {error.trouble.cure}")
        finally:
            self._saving = False

    async def _setup(self) -> AgentSetup:
        name = " ".join(self._text("name").split())
        if not name:
            raise OperatorError("an agent needs a name", "give it one")
        workspace = self._workspace
        resolved = workspace.catalogue.resolve(self._text("model"))
        if resolved.provider == WORLD:
            return _world(workspace, name, resolved)
        await asyncio.to_thread(workspace.providers.require, [resolved.reference])
        self._say("asking for its context window …")
        window = await asked_window(workspace, resolved)
        return AgentSetup(
            _NEW,
            name,
            resolved.reference,
            system=self._text("system"),
            asked=resolved.asked,
            company=resolved.company,
            window=window,
        )

    def _text(self, field: str) -> str:
        return self.query_one(f"#agent-{field}", LineInput).text.strip()

    def _say(self, wrong: str) -> None:
        if self.is_attached:
            self.query_one(".wrong", Static).update(shown(wrong))


def _world(workspace: "Workspace", name: str, resolved: "ResolvedModel") -> AgentSetup:
    """A seat that answers commands, as the person's configuration has it."""
    from backrooms_tui.assembly.worlds.worlds import configured_worlds
    from backrooms_tui.conversation.casting import Choices, world_setup

    configured = configured_worlds(workspace.configuration).get(resolved.model)
    return AgentSetup(
        _NEW,
        name,
        resolved.reference,
        kind="world",
        asked=resolved.asked,
        company=resolved.company,
        guard=False,
        world=world_setup(WorldSetup(resolved.model), configured, resolved.model, Choices()),
    )
