"""Going on with a session from elsewhere: asked is only what its file does not say, which models are to speak here."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from backrooms_tui.session.harmless import harmless_line
from backrooms_tui.session.trouble import OperatorError, ProviderTrouble
from backrooms_tui.ui.presence import is_there
from backrooms_tui.ui.screens.stage.change_seat import asked_window
from backrooms_tui.ui.showing import shown, shown_line
from backrooms_tui.ui.widgets.field_row import Row
from backrooms_tui.ui.widgets.line_input import LineInput
from backrooms_tui.ui.widgets.marks import mark

if TYPE_CHECKING:
    from backrooms_tui.assembly.opening import Opened
    from backrooms_tui.providers.catalogue.catalogue import ResolvedModel
    from backrooms_tui.store.summaries import AgentSummary, SessionSummary
    from backrooms_tui.ui.app import BackroomsApp

_HOW = "ctrl+l picks a model · enter goes on · esc goes back"


class GoingOnScreen(ModalScreen[None]):
    """Opens `session` (an id) on the stage. Where every agent's model can be asked here, it does so at once."""

    CSS_PATH = "going_on.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Back", show=False),
        Binding("ctrl+l", "pick", "Pick model", priority=True, show=False),
        Binding("ctrl+s", "begin", "Go on", priority=True, show=False),
        Binding("up", "app.focus_previous", show=False),
        Binding("down", "app.focus_next", show=False),
    ]

    def __init__(self, session: str) -> None:
        super().__init__()
        self._session = session
        self._wanted: Sequence[AgentSummary] = ()
        self._opening = False

    def compose(self) -> ComposeResult:
        """What is asked, a line for each agent, and what is wrong."""
        with VerticalScroll(id="dialog", can_focus=False) as dialog:
            dialog.border_title = "Go on"
            yield Static("one moment …", id="what")
            yield Static(id="wrong")
            yield Static("esc goes back", id="how")

    def on_mount(self) -> None:
        """Find out what is missing."""
        self._prepare()

    @property
    def _app(self) -> "BackroomsApp":
        return cast("BackroomsApp", self.app)

    @work(group="prepare", exit_on_error=False)
    async def _prepare(self) -> None:
        try:
            summary, why = await asyncio.to_thread(self._missing)
        except OperatorError as error:
            self._complain(error)
            return
        if not self.is_mounted or not self.is_attached:
            return
        self._wanted = [agent for agent in summary.agents if agent.seat in why]
        if not self._wanted:
            self._open({})
            return
        title = shown_line(summary.title or summary.id).truncate(40, ellipsis=True)
        several = len(self._wanted) > 1
        asked = "Which models are to speak" if several else "Which model is to speak"
        above = " Left empty, a seat has the one above it." if several else ""
        self.query_one("#what", Static).update(Content.assemble(f"{asked} in “", title, f"” here?{above}"))
        self.query_one("#how", Static).update(_HOW)
        rows = [
            Row(shown_line(f"{mark(one.seat)} {one.name}"), [(f"{one.seat}", self._field(one, place))])
            for place, one in enumerate(self._wanted)
        ]
        await self.query_one("#dialog").mount_all(rows, before="#wrong")
        for one, row in zip(self._wanted, rows, strict=True):
            row.tell((), (), [why[one.seat]])
        rows[0].fields[f"{self._wanted[0].seat}"].focus()

    def _field(self, agent: "AgentSummary", place: int) -> LineInput:
        return LineInput(
            id=f"seat-{agent.seat}", placeholder="as above" if place else "provider/model, such as local or opus"
        )

    def _missing(self) -> "tuple[SessionSummary, Mapping[int, str]]":
        """The session, and for each seat that cannot speak as it is, why."""
        workspace = self._app.workspace
        summary = workspace.store.summary(self._session)
        why: dict[int, str] = {}
        for agent in summary.agents:
            found = workspace.providers.usable(agent.model)
            if not found.yes:
                model = harmless_line(agent.model)
                why[agent.seat] = f"the file says {model}: {found.why}" if model else "the file names no model"
        return summary, why

    # Choosing -------------------------------------------------------------------------------------------------------

    @work(group="pick", exclusive=True, exit_on_error=False)
    async def action_pick(self) -> None:
        """Search the catalogue for this seat."""
        from backrooms_tui.ui.widgets.model_picker import ModelPicker

        field = self.focused
        if not isinstance(field, LineInput):
            return
        seat = int((field.id or "seat-0").removeprefix("seat-"))
        name = next((agent.name for agent in self._wanted if agent.seat == seat), "")
        picked = await self.app.push_screen_wait(ModelPicker(self._app.workspace, field.value, title=name))
        if picked is not None and field.is_attached:
            field.value = picked

    @on(Input.Submitted)
    def action_begin(self) -> None:
        """Go on, where every seat has its model."""
        if self._opening:
            return
        try:
            models = self._models()
        except OperatorError as error:
            self._complain(error)
            self.app.bell()
            return
        self._open(models)

    def _models(self) -> "dict[int, ResolvedModel]":
        """What each seat is to have. Raises OperatorError for what is no model, or cannot be asked."""
        workspace = self._app.workspace
        found: dict[int, ResolvedModel] = {}
        above = ""
        for agent in self._wanted:
            above = self.query_one(f"#seat-{agent.seat}", LineInput).value.strip() or above
            if not above:
                raise OperatorError(f"{harmless_line(agent.name)} needs a model", "ctrl+l shows which there are")
            found[agent.seat] = workspace.catalogue.resolve(above)
        workspace.providers.require([model.reference for model in found.values()])
        return found

    @work(group="open", exit_on_error=False)
    async def _open(self, models: "Mapping[int, ResolvedModel]") -> None:
        from backrooms_tui.assembly.continuing import resume

        if self._opening:  # two would be in each other's way
            return
        app, self._opening = self._app, True
        self.query_one("#how", Static).update("opening …")
        try:
            windows = {seat: await asked_window(app.workspace, model) for seat, model in models.items()}
            opened = await resume(app.workspace, self._session)
        except OperatorError as error:
            self._complain(error)
            return
        except ProviderTrouble as error:
            self._complain(OperatorError(error.trouble.message, error.trouble.cure))
            return
        if not is_there(self) or not self.is_current:
            await opened.aclose()
            self._ask_again()
            return
        self._seat(opened, models, windows)
        self.dismiss(None)
        # Who could not speak has another model now.
        app.show_stage(replace(opened, warnings=()))

    def _seat(self, opened: "Opened", models: "Mapping[int, ResolvedModel]", windows: Mapping[int, int | None]) -> None:
        for seat, model in models.items():
            opened.conversation.change_seat(seat, model=model.reference, asked=model.asked, window=windows[seat])
            for notice in model.notices:
                self.app.notify(notice)

    def _ask_again(self) -> None:
        self._opening = False
        if is_there(self):
            self.query_one("#how", Static).update(_HOW if self._wanted else "esc goes back")

    def _complain(self, error: OperatorError) -> None:
        self._ask_again()
        if is_there(self):
            self.query_one("#wrong", Static).update(shown(f"✗ {error.what}; {error.cure}"))
