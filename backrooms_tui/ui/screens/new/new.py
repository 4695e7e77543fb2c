"""The form for a new conversation."""

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.css.query import NoMatches
from textual.events import DescendantFocus
from textual.screen import Screen
from textual.widgets import Checkbox, Input, Select, Static

from backrooms_tui.session.harmless import harmless_line
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.ui.actions import Place, bindings_of
from backrooms_tui.ui.screens.new.beside import Beside, fields_of
from backrooms_tui.ui.screens.new.draft import Draft
from backrooms_tui.ui.screens.new.form import draft_of, option_of, rows_of, seat_name
from backrooms_tui.ui.showing import shown_line
from backrooms_tui.ui.widgets.field_row import Row
from backrooms_tui.ui.widgets.key_line import KeyLine

if TYPE_CHECKING:
    from pathlib import Path

    from backrooms_tui.assembly.opening import Opened
    from backrooms_tui.assembly.workspace import Workspace
    from backrooms_tui.session.setup import Setup
    from backrooms_tui.templates.document import Template
    from backrooms_tui.templates.loading import TemplateSource, TemplateSummary
    from backrooms_tui.ui.app import BackroomsApp
    from backrooms_tui.ui.screens.new.examining import Examined

DEFAULT_TEMPLATE = "cli"
# A moment without a key before the form is looked over, in seconds.
_PAUSE = 0.06


class NewScreen(Screen[None]):
    """Asks who talks with whom about what, and starts it. `template` (a name or a path) is chosen at first."""

    PLACE: Place = "new"
    BINDINGS = bindings_of(PLACE)
    CSS_PATH = "new.tcss"
    AUTO_FOCUS = ""

    def __init__(self, template: str | None = None) -> None:
        super().__init__()
        self._wanted = template or DEFAULT_TEMPLATE
        self._summaries: dict[str, TemplateSummary] = {}
        self._template: Template | None = None
        self._source: TemplateSource | None = None
        # What is asked of the form while its fields are on their way is done when they are there.
        self._loaded = asyncio.Event()
        self.examined: Examined | None = None
        # What the dialogs gave, which have more to choose than the form has fields for.
        self._beside = Beside()

    def compose(self) -> ComposeResult:
        """The form, at its side what it comes to where there is room, and two lines on what is asked and its price."""
        yield Static(Content.assemble(("New conversation", "bold $primary")), id="head")
        with Horizontal(id="middle"):
            with VerticalScroll(id="form", can_focus=False):
                yield Static("reading the templates …", id="waiting")
            with VerticalScroll(id="side", can_focus=False):
                yield Static(id="preview")
        yield Static(id="about")
        yield Static(id="estimate")
        yield KeyLine()

    # The template -----------------------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        """Find the templates once the screen is there."""
        self._read_templates()

    @work(group="templates", exclusive=True, exit_on_error=False)
    async def _read_templates(self) -> None:
        try:
            await asyncio.to_thread(self._find_templates)
        except OperatorError as error:
            self._complain(error)
            return
        options = [(option_of(name, one), name) for name, one in self._summaries.items()]
        select: Select[str] = Select(options, allow_blank=False, value=self._wanted, id="template", compact=True)
        form = self.query_one("#form", VerticalScroll)
        await form.query("#waiting").remove()
        await form.mount(Row("template", [("template", select)], about="what is played: type to search, enter opens"))
        await form.mount(VerticalScroll(id="fields", can_focus=False))
        select.focus()

    def _find_templates(self) -> None:
        from backrooms_tui.settings import folders
        from backrooms_tui.templates.loading import TemplateSummary, find_template, list_templates

        found = [one for one in list_templates(folders.templates_dir()) if not one.hidden]
        self._summaries = {one.source.name: one for one in found}
        if self._wanted not in self._summaries:
            # A path, or a name that is not there: that is said in place of its fields.
            source = find_template(self._wanted, folders.templates_dir())
            self._summaries = {self._wanted: TemplateSummary(source, source.name), **self._summaries}

    @on(Select.Changed, "#template")
    def _template_chosen(self, event: Select.Changed) -> None:
        self._load(str(event.value))

    @work(group="load", exclusive=True, exit_on_error=False)
    async def _load(self, name: str) -> None:
        from backrooms_tui.templates.loading import load_template

        source = self._summaries[name].source
        self._loaded.clear()
        self._template, self._source, self.examined, self._beside = None, source, None, Beside()
        fields = self.query_one("#fields", VerticalScroll)
        try:
            template = await asyncio.to_thread(load_template, source)
            rows = rows_of(template, self._workspace.configuration.defaults)
        except OperatorError as error:
            await fields.remove_children()
            self._complain(error)
            return
        with self.app.batch_update():
            await fields.remove_children()
            await fields.mount_all(rows)
        self._template = template
        self._loaded.set()
        self._row_of("template").tell([], [], [template.description] if template.description else [])
        self._examine()

    # What is typed ----------------------------------------------------------------------------------------------------

    @property
    def draft(self) -> Draft:
        """What stands in the form now."""
        return draft_of(self.query(Row), self._beside)

    @on(Select.Changed, "#order")
    def _order_chosen(self, event: Select.Changed) -> None:
        self._row_of("manager").display = event.value == "manager"

    @on(Input.Changed)
    @on(Select.Changed)
    @on(Checkbox.Changed)
    def _typed(self) -> None:
        if self._template is not None:
            self._examine()

    @work(group="examine", exclusive=True, exit_on_error=False)
    async def _examine(self) -> None:
        await asyncio.sleep(_PAUSE)
        await self._looked_over()

    async def _looked_over(self) -> "Examined | None":
        """The form as it stands, looked over and shown so."""
        from backrooms_tui.ui.screens.new.examining import examine

        await self._loaded.wait()
        template, source, draft = self._template, self._source, self.draft
        if template is None or source is None:
            return None
        found = await asyncio.to_thread(examine, self._workspace, template, source.name, draft)
        if template is self._template and draft == self.draft:
            self.examined = found
            self._show(found)
        return found

    def _show(self, found: "Examined") -> None:
        from backrooms_tui.ui.screens.new.councils import council_told
        from backrooms_tui.ui.screens.new.estimate import estimate_text
        from backrooms_tui.ui.screens.new.preview import preview
        from backrooms_tui.ui.screens.new.worlds import has_built_in, notebook_told

        beside = self._row_of("rules")
        beside.display = bool(found.notes.get("rules"))
        beside.query_one("#rules", Static).update(shown_line(found.notes.get("rules", "")))
        for row in self.query(Row):
            keys = [key for key in row.fields if key not in ("template", "rules")]
            if not keys:
                continue
            for key in keys:
                row.fields[key].set_class(key in found.wrong, "-invalid")
            row.tell(
                *([said[key] for key in keys if key in said] for said in (found.wrong, found.warnings, found.notes))
            )
        estimate = self.query_one("#estimate", Static)
        estimate.set_class(bool(found.problem or found.wrong), "-wrong")
        if found.wrong:
            number = len(found.wrong)
            estimate.update(f"{number} field{'s' if number > 1 else ''} to put right before it can start")
        elif found.estimate is None:
            estimate.update(shown_line(found.problem))
        else:
            estimate.update(estimate_text(found.estimate))
        if found.setup is not None:
            self.query_one("#preview", Static).update(preview(found.setup, found.reach))
            self._row_of("web").display = has_built_in(found.setup)
            if not self.draft.notebook:
                self.query_one("#notebook", Input).placeholder = notebook_told(found.setup)
            for agent in found.setup.agents:
                self._row_of(f"model:{agent.seat}").call(seat_name(agent.seat, agent.name))
                if agent.council is not None:
                    self.query_one(f"#council-{agent.seat}", Static).update(shown_line(council_told(agent)))
        self.refresh_bindings()

    def _complain(self, error: OperatorError) -> None:
        self._loaded.set()
        what = f"{error.what} — {error.cure}" if error.cure else error.what
        if self.query("#template"):
            self._row_of("template").tell([what], [], [])
        else:
            self.query_one("#waiting", Static).update(shown_line(what))
        self.query_one("#estimate", Static).update("")
        self.query_one("#preview", Static).update("")
        self.refresh_bindings()

    def _row_of(self, key: str) -> Row:
        return next(row for row in self.query(Row) if key in row.fields)

    @on(DescendantFocus)
    def _say_what_is_asked(self, event: DescendantFocus) -> None:
        from backrooms_tui.ui.screens.new.worlds import ABOUT

        about = ""
        for widget in event.widget.ancestors_with_self:
            if isinstance(widget, Row):
                about = about or widget.about
            about = about or ABOUT.get(widget.id or "", "")
        if (event.widget.id or "").startswith("model-") and not self._is_world(self._seat):
            about = "the model of this seat: type a name, or press enter to search the catalogue"
        self.query_one("#about", Static).update(shown_line(about))

    @on(Input.Submitted)
    def _next(self, event: Input.Submitted) -> None:
        if (event.input.id or "").startswith(("model-", "manager")):
            self.action_pick_model()
        else:
            self.focus_next()

    # What can be done -------------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Without a template there is nothing to do."""
        if action in ("start", "save_template", "preview", "pick_model", "manners", "rules"):
            return None if self._template is None and self._loaded.is_set() else True
        return True

    @work(group="start", exclusive=True, exit_on_error=False)
    async def action_start(self) -> None:
        """Begin the conversation, or go to the first field that is wrong."""
        found = await self._looked_over()
        if found is None or self._source is None or not self._go_to_mistake(found):
            return
        from backrooms_tui.ui.screens.new.getting_ready import GettingReadyScreen

        assert found.choices is not None
        source = self._source
        name = str(source.path) if source.origin == "file" else source.name
        self.app.push_screen(GettingReadyScreen(name, found.choices), self._started)

    def _started(self, opened: "Opened | None") -> None:
        if opened is None:
            return
        # The form has done its work: from the stage one goes back home.
        self.app.pop_screen()
        self._app.show_stage(opened, run=True)

    def _go_to_mistake(self, found: "Examined") -> bool:
        """Go to the first field that is wrong; whether there is none."""
        for row in self.query(Row):
            for key, field in row.fields.items():
                if key in found.wrong:
                    field.focus()
                    return False
        if found.setup is None:
            self.notify(found.problem, severity="error", markup=False)
            return False
        return True

    @work(group="save", exclusive=True, exit_on_error=False)
    async def action_save_template(self) -> None:
        """Write this form as a template of the person's own."""
        from backrooms_tui.ui.screens.new.as_template import template_of
        from backrooms_tui.ui.screens.new.saving import SaveTemplateScreen

        found = await self._looked_over()
        if found is None or self._template is None or not self._go_to_mistake(found):
            return
        made = template_of(self._template, self.draft, await self._own())
        path: Path | None = await self.app.push_screen_wait(SaveTemplateScreen(made))
        if path is not None:
            self.notify(f"Saved as {harmless_line(path.stem)}: {harmless_line(str(path))}", markup=False)

    @work(group="preview", exclusive=True, exit_on_error=False)
    async def action_preview(self) -> None:
        """What each agent would receive."""
        from backrooms_tui.ui.screens.new.preview import PreviewScreen

        found = await self._looked_over()
        if found is not None and self._go_to_mistake(found) and found.setup is not None:
            self.app.push_screen(PreviewScreen(found.setup, found.reach))

    @work(group="pick", exclusive=True, exit_on_error=False)
    async def action_pick_model(self) -> None:
        """Search the catalogue for the manager or the seat that is being filled, the first seat otherwise."""
        from backrooms_tui.ui.widgets.model_picker import ModelPicker

        await self._loaded.wait()
        focused = (self.focused.id or "") if self.focused is not None else ""
        seat = self._seat
        try:
            field = self.query_one("#manager" if focused == "manager" else f"#model-{seat}", Input)
        except NoMatches:
            return
        setup = self.examined.setup if self.examined is not None else None
        who = seat_name(seat, setup.agent(seat).name if setup is not None else "").plain
        worlds = focused != "manager" and self._is_world(seat)
        title = f"{'World' if worlds else 'Model'} for {who}"
        title = "Model that picks who speaks" if focused == "manager" else title
        picker = ModelPicker(self._workspace, field.value, title=title, worlds=worlds)
        chosen = await self.app.push_screen_wait(picker)
        if chosen is not None:
            field.value = chosen
        field.focus()

    @work(group="manners", exclusive=True, exit_on_error=False)
    async def action_manners(self) -> None:
        """How the agent of the seat that is being filled behaves, the first seat otherwise."""
        from backrooms_tui.ui.screens.manners.manners import MannersScreen

        found = await self._looked_over()
        if found is None or (found.setup is None and not self._go_to_mistake(found)):
            return
        assert found.setup is not None
        agent = found.setup.agent(self._seat)
        dialog = MannersScreen(agent, workspace=self._workspace, beginning=True)
        chosen = await self.app.push_screen_wait(dialog)
        if chosen is not None:
            own = (await self._own()).agent(chosen.seat)
            self._beside = self._beside.mannered(own, chosen)
            self._examine()

    @work(group="rules", exclusive=True, exit_on_error=False)
    async def action_rules(self) -> None:
        """All rules, those too for which the form has no field."""
        from backrooms_tui.ui.screens.rules.rules import RulesScreen

        found = await self._looked_over()
        if found is None or (found.setup is None and not self._go_to_mistake(found)):
            return
        assert found.setup is not None
        setup, own = found.setup, (await self._own()).rules
        steps = self._beside.rules.get("ladder", own.ladder)
        dialog = RulesScreen(setup.rules, setup.agents, workspace=self._workspace, ladder=steps)
        chosen = await self.app.push_screen_wait(dialog)
        if chosen is not None:
            self._beside = self._beside.ruled(own, chosen)
            self._put(fields_of(setup.rules, chosen, self._first_manager(setup)))
            self._examine()

    def _put(self, values: Mapping[str, str | bool]) -> None:
        """Type into the fields, by key."""
        for key, value in values.items():
            field = self._row_of(key).fields[key]
            if isinstance(field, Input | Select | Checkbox):
                field.value = value

    def _first_manager(self, setup: "Setup") -> str:
        """What the manager's field says where the first agent's model is to pick, whatever the template has."""
        has_own = self._template is not None and self._template.rules.manager
        return (setup.agents[0].asked or setup.agents[0].model) if has_own else ""

    async def _own(self) -> "Setup":
        """What the form comes to without what its dialogs gave. Only where it comes to something."""
        from backrooms_tui.ui.screens.new.examining import own_setup

        assert self._template is not None
        assert self._source is not None
        return await asyncio.to_thread(own_setup, self._workspace, self._template, self._source.name, self.draft)

    @property
    def _seat(self) -> int:
        """The seat that is being filled, the first one where none is."""
        focused = (self.focused.id or "") if self.focused is not None else ""
        return int(focused.partition("-")[2]) if focused.startswith(("model-", "params-")) else 1

    def _is_world(self, seat: int) -> bool:
        """Whether the template has a world there."""
        return self._template is not None and bool(self._template.agents[seat - 1].world)

    @property
    def _workspace(self) -> "Workspace":
        return self._app.workspace

    @property
    def _app(self) -> "BackroomsApp":
        app: BackroomsApp = self.app  # type: ignore[assignment]
        return app
