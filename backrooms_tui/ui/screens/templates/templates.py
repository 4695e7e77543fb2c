"""The templates: the person's own and the built-in ones, as each agent would receive them."""

import asyncio
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Label, Static

from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.settings import folders
from backrooms_tui.templates.loading import TemplateSummary, list_templates
from backrooms_tui.templates.reading import read_text
from backrooms_tui.templates.scaffold import starting_file
from backrooms_tui.ui.actions import Place, bindings_of
from backrooms_tui.ui.screens.question.question import Answer, QuestionScreen
from backrooms_tui.ui.screens.templates.editor import EditorScreen
from backrooms_tui.ui.screens.templates.naming import NamingScreen, free_name, write_template
from backrooms_tui.ui.screens.templates.preview import preview
from backrooms_tui.ui.showing import shown_line
from backrooms_tui.ui.widgets.columns import Column, line
from backrooms_tui.ui.widgets.key_line import KeyLine
from backrooms_tui.ui.widgets.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from backrooms_tui.ui.app import BackroomsApp

_COLUMNS = (Column("name"), Column("seats", 2, side="right"), Column("whose", 8, style="$text-muted"))


class TemplatesScreen(Screen[None]):
    """The list on the left; on the right the marked one with its blanks filled."""

    PLACE: ClassVar[Place] = "templates"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of(PLACE)]
    CSS_PATH = "templates.tcss"

    def __init__(self) -> None:
        super().__init__()
        self._templates: list[TemplateSummary] = []
        self._wanted = ""

    @property
    def _backrooms(self) -> "BackroomsApp":
        return cast("BackroomsApp", self.app)

    def compose(self) -> ComposeResult:
        """List and preview."""
        where = shown_line(f"  yours are in {folders.templates_dir()}").stylize("$text-muted")
        yield Label(Content.assemble(("Templates", "bold"), where), id="title")
        with Horizontal():
            yield Rows(id="list")
            with VerticalScroll(id="side"):
                yield Static(id="preview")
        yield KeyLine()

    def on_mount(self) -> None:
        """Begin in the list."""
        self.query_one(Rows).focus()

    def on_screen_resume(self) -> None:
        """What was edited, here or elsewhere, is read again."""
        self.reload()

    def reload(self, name: str = "") -> None:
        """Read the list anew, and mark the template called `name`, or what was marked before."""
        self._wanted = name or self._wanted
        self._load()

    @work(group="list", exclusive=True, exit_on_error=False)
    async def _load(self) -> None:
        try:
            found = await asyncio.to_thread(list_templates, folders.templates_dir())
        except OperatorError as error:
            self.notify(f"{error.what}\n{error.cure}", severity="error", markup=False)
            found = await asyncio.to_thread(list_templates, None)
        self._templates = [one for one in found if not one.hidden]
        names = [one.source.name for one in self._templates]
        marked = names.index(self._wanted) if self._wanted in names else None
        self.query_one(Rows).show(len(names), self._line, marked=marked)
        self._show_preview()
        self.refresh_bindings()

    def _line(self, index: int, width: int) -> Content:
        one = self._templates[index]
        whose = "✗ broken" if one.problem else {"personal": "yours", "built-in": "built in"}.get(one.source.origin, "")
        style = "" if self.query_one(Rows).marked == index else ("$text-error" if one.problem else None)
        return line(_COLUMNS, (one.source.name, str(one.seats or ""), whose), width, style=style)

    @property
    def marked(self) -> TemplateSummary | None:
        """The template that actions are about."""
        index = self.query_one(Rows).marked
        return self._templates[index] if 0 <= index < len(self._templates) else None

    @on(Rows.Moved, "#list")
    def other_template(self) -> None:
        """Another one is marked."""
        if self.marked is not None:
            self._wanted = self.marked.source.name
        self._show_preview()
        self.refresh_bindings()

    @on(Rows.Chosen, "#list")
    def chosen(self) -> None:
        """A double click plays it."""
        self.action_play()

    def _show_preview(self) -> None:
        self._fill_preview()

    @work(group="preview", exclusive=True, exit_on_error=False)
    async def _fill_preview(self) -> None:
        one = self.marked
        if one is None:
            return
        workspace = self._backrooms.workspace
        model = workspace.configuration.defaults.model
        content = await asyncio.to_thread(preview, one.source, workspace.catalogue, model)
        if one is self.marked:
            self.query_one("#preview", Static).update(content)
            self.query_one("#side", VerticalScroll).scroll_home(animate=False)

    # Actions ----------------------------------------------------------------------------------------------------------

    def action_play(self) -> None:
        """To the form, with this template chosen."""
        if self.marked is None:
            return
        if self.marked.problem:
            self.notify(self.marked.problem, title="It cannot be played", severity="error", markup=False)
            return
        self._backrooms.show_new(self.marked.source.name)

    def action_edit(self) -> None:
        """One's own; of a built-in one, a copy."""
        if self.marked is None:
            return
        if self.marked.source.origin == "personal":
            self.app.push_screen(EditorScreen(self.marked.source.path))
            return
        answers = (Answer("copy", "c", "Edit a copy"), Answer("stay", "escape", "Stay"))
        question = Content.assemble(shown_line(self.marked.source.name), " is built in, and stays as it is.")
        self.app.push_screen(
            QuestionScreen(question, answers),
            lambda answer: self._copy(then_edit=True) if answer == "copy" else None,
        )

    def action_duplicate(self) -> None:
        """A copy of one's own."""
        self._copy(then_edit=False)

    def _copy(self, *, then_edit: bool) -> None:
        one = self.marked
        if one is None:
            return

        def take(path: "Path | None") -> None:
            if path is not None:
                self._make(path, lambda: read_text(one.source.path), then_edit=then_edit)

        self.app.push_screen(NamingScreen(f"A copy of {one.source.name}, called", free_name(one.source.name)), take)

    def action_new(self) -> None:
        """A starting file that explains itself."""

        def take(path: "Path | None") -> None:
            if path is not None:
                title = path.stem.replace("-", " ").replace("_", " ").capitalize()
                self._make(path, lambda: starting_file(title), then_edit=True)

        self.app.push_screen(NamingScreen("A new template, called", free_name("talk")), take)

    def _make(self, path: "Path", text: "Callable[[], str]", *, then_edit: bool) -> None:
        try:
            write_template(path, text())
        except OperatorError as error:
            self.notify(f"{error.what}\n{error.cure}", severity="error", markup=False)
            return
        self._wanted = path.stem
        if then_edit:
            self.app.push_screen(EditorScreen(path))
        else:
            self.reload()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Saving and findings belong to the editor."""
        if action in ("save", "next_finding"):
            return False
        if action in ("play", "edit", "duplicate"):
            return self.marked is not None if self.is_mounted else None
        return True
