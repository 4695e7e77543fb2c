"""Giving an agent another model, other parameters or another window, between its turns."""

import asyncio
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from backrooms_tui.session.harmless import harmless_line
from backrooms_tui.session.parameters import checked
from backrooms_tui.session.setup import ParamValue
from backrooms_tui.session.state import AgentState
from backrooms_tui.session.trouble import OperatorError, ProviderTrouble
from backrooms_tui.session.world import WORLD
from backrooms_tui.ui.showing import shown, shown_line
from backrooms_tui.ui.widgets.marks import mark

if TYPE_CHECKING:
    from backrooms_tui.assembly.workspace import Workspace
    from backrooms_tui.providers.catalogue.catalogue import ResolvedModel

_ASKING = 5.0  # seconds that a provider has to tell its model's window


@dataclass(frozen=True, slots=True)
class SeatChange:
    """What `Conversation.change_seat` takes. `model` is None where it stays; `notices` are what the person should
    know."""

    seat: int
    model: str | None
    asked: str
    window: int | None
    params: Mapping[str, ParamValue]
    notices: tuple[str, ...] = ()


def written_params(params: Mapping[str, ParamValue]) -> str:
    """Parameters as a person writes them: `temperature=0.7 max_tokens=200`."""
    return " ".join(f"{name}={_written(value)}" for name, value in params.items())


def read_params(text: str) -> dict[str, ParamValue]:
    """What a person wrote. Raises OperatorError that names what is wrong."""
    found: dict[str, ParamValue] = {}
    try:
        words = shlex.split(text.replace(",", " "))
    except ValueError:
        raise OperatorError("a quotation mark is missing", "write temperature=0.7 max_tokens=200") from None
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or not value:
            raise OperatorError(f"{word!r} is no parameter", "write NAME=VALUE, such as temperature=0.7")
        found[name] = checked(name, value)
    return found


class ChangeSeat(ModalScreen[SeatChange | None]):
    """Asks what the agent goes on with. What is wrong is said as it is typed; keys and windows are looked for at the
    end."""

    CSS_PATH = "dialogs.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel", show=False),
        Binding("ctrl+s", "save", "Save", priority=True, show=False),
        Binding("up", "app.focus_previous", show=False),
        Binding("down", "app.focus_next", show=False),
    ]

    def __init__(self, workspace: "Workspace", agent: AgentState) -> None:
        super().__init__()
        self._workspace = workspace
        self._agent = agent
        self._kept = {name: value for name, value in agent.params.items() if isinstance(value, tuple)}
        self._saving = False

    def compose(self) -> ComposeResult:
        """Model, parameters, window."""
        agent = self._agent
        params = {name: value for name, value in agent.params.items() if name not in self._kept}
        with Vertical(classes="dialog"):
            yield Static(shown_line(f"{mark(agent.seat)} {agent.name} goes on with"), classes="question")
            with Horizontal(classes="field"):
                yield Static("model", classes="label")
                yield Input(harmless_line(agent.model), id="seat-model", compact=True)
            yield Static("", id="seat-means")
            with Horizontal(classes="field"):
                yield Static("parameters", classes="label")
                yield Input(
                    written_params(params), id="seat-params", compact=True, placeholder="temperature=0.7 max_tokens=200"
                )
            with Horizontal(classes="field"):
                yield Static("window", classes="label")
                yield Input(
                    "" if agent.window is None else str(agent.window),
                    id="seat-window",
                    compact=True,
                    placeholder="in tokens; left empty, as the model has it",
                )
            yield Static("", classes="wrong")
            yield Static("enter keeps it, tab goes to the next field, esc goes back", classes="hint")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Say what it means, and what is wrong."""
        if event.input.id == "seat-model" and self._model_changed():
            # Another model has another window.
            self.query_one("#seat-window", Input).value = ""
        self._look()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Keep it."""
        self.action_save()

    def action_save(self) -> None:
        """Keep it, where nothing is wrong."""
        if not self._saving and self._look():
            self._saving = True
            self.run_worker(self._save(), group="seat", exit_on_error=False)

    def action_cancel(self) -> None:
        """Leave the seat as it is."""
        self.dismiss(None)

    def _look(self) -> bool:
        """Show what the model means and what is wrong. Whether all is right."""
        wrong: list[str] = []
        means = ""
        try:
            means = self._spoken(self._model())
        except OperatorError as error:
            wrong.append(_both(error))
        for read in (lambda: read_params(self._text("params")), self._window):
            try:
                read()
            except OperatorError as error:
                wrong.append(_both(error))
        self.query_one("#seat-means", Static).update(shown(means))
        self._say("\n".join(wrong))
        return not wrong

    async def _save(self) -> None:
        try:
            self.dismiss(await self._change())
        except OperatorError as error:
            self._say(_both(error))
        except ProviderTrouble as error:
            self._say(f"{error.trouble.message}; {error.trouble.cure}")
        finally:
            self._saving = False

    async def _change(self) -> SeatChange:
        agent = self._agent
        resolved = self._model()
        params = {**self._kept, **read_params(self._text("params"))}
        window = self._window()
        if resolved.reference == agent.model and window == agent.window:
            return SeatChange(agent.seat, None, "", agent.window, params)
        self._workspace.providers.require([resolved.reference])
        if window is None:
            self._say("asking for its context window …")
            window = await asked_window(self._workspace, resolved)
        return SeatChange(agent.seat, resolved.reference, resolved.asked, window, params, resolved.notices)

    def _model(self) -> "ResolvedModel":
        """What the seat goes on with. Raises OperatorError for what means nothing, and for a world."""
        resolved = self._workspace.catalogue.resolve(self._text("model"))
        if resolved.provider == WORLD:
            raise OperatorError(f"{resolved.asked} is a world, and an agent sits here", "a, then n adds it")
        return resolved

    def _window(self) -> int | None:
        text = self._text("window").replace(",", "").replace("_", "")
        if not text:
            return None
        if not text.isdecimal() or int(text) < 256:
            raise OperatorError(f"a window of {text!r} is not possible", "write a number of tokens, at least 256")
        return int(text)

    def _model_changed(self) -> bool:
        return self._text("model") != harmless_line(self._agent.model)

    def _spoken(self, resolved: "ResolvedModel") -> str:
        window = f", {resolved.window:,} tokens of context" if resolved.window else ""
        return "\n".join([f"{resolved.reference}{window}", *resolved.notices])

    def _text(self, field: str) -> str:
        return self.query_one(f"#seat-{field}", Input).value.strip()

    def _say(self, wrong: str) -> None:
        if self.is_attached:
            self.query_one(".wrong", Static).update(shown(wrong))


async def asked_window(workspace: "Workspace", resolved: "ResolvedModel") -> int | None:
    """The model's context window in tokens as its provider tells it, or as the catalogue does; None: nobody knows."""
    provider, model = workspace.providers.for_reference(resolved.reference)
    try:
        async with asyncio.timeout(_ASKING):
            return await provider.window(model) or resolved.window
    except (ProviderTrouble, TimeoutError):
        # It will say so itself when it is to speak.
        return resolved.window


def _both(error: OperatorError) -> str:
    return f"{error.what}; {error.cure}" if error.cure else error.what


def _written(value: ParamValue) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return shlex.quote(str(value)) if isinstance(value, str) else f"{value}"
