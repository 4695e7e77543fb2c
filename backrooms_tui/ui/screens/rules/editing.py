"""A dialog of rows to fill in: mistakes are said at their fields as one types, nothing typed is lost by accident."""

import asyncio
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.events import DescendantFocus
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Checkbox, Input, Select, Static, TextArea

from backrooms_tui.session.harmless import harmless_line
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.ui.screens.question.question import Answer, QuestionScreen
from backrooms_tui.ui.showing import shown_line
from backrooms_tui.ui.widgets.field_row import Row, sentence
from backrooms_tui.ui.widgets.line_input import LineInput
from backrooms_tui.ui.widgets.lines_input import LinesInput
from backrooms_tui.ui.widgets.model_picker import ModelPicker

if TYPE_CHECKING:
    from backrooms_tui.assembly.workspace import Workspace

T = TypeVar("T")
Typed = Mapping[str, object]
# A moment without a key before what is typed is looked over, in seconds.
_PAUSE = 0.06
_KEYS = "ctrl+s {0} · esc leaves it"
_UNSAVED = (Answer("save", "s", "Keep"), Answer("discard", "t", "Throw away"), Answer("stay", "escape", "Stay"))


@dataclass(frozen=True, slots=True)
class Looked(Generic[T]):
    """What was typed, looked over: what is wrong with which field, what would keep it from being used now, what is
    known about it, and what all of it comes to where nothing is wrong."""

    wrong: Mapping[str, str] = field(default_factory=dict)
    warnings: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    result: T | None = None


class EditingDialog(ModalScreen[T | None]):
    """Gives what the fields come to, None where it stays as it was. What is `new` is kept as it stands, too.

    `models` are the ids of fields that hold a model, each with what it is for; `applies` says what ctrl+s does.
    """

    CSS_PATH = "editing.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "apply", "Apply", priority=True, show=False),
        Binding("escape", "leave", "Leave it", show=False),
        Binding("ctrl+l", "pick_model", "Pick model", priority=True, show=False),
        Binding("up", "app.focus_previous", show=False),
        Binding("down", "app.focus_next", show=False),
    ]
    models: ClassVar[Mapping[str, str]] = {}
    applies: ClassVar[str] = "applies"

    def __init__(self, workspace: "Workspace", title: str, *, new: bool = False) -> None:
        super().__init__()
        self.workspace = workspace
        self._title = title
        self._new = new
        self._tried = False
        self._at_first: Typed = {}

    # What a dialog is made of -----------------------------------------------------------------------------------------

    @abstractmethod
    def rows(self) -> Sequence[Widget]:
        """The rows, filled with what there is."""

    @abstractmethod
    def look(self, typed: Typed) -> Looked[T]:
        """Look over what is typed. Not called in the event loop: it may take a moment, and must not touch widgets."""

    def accept(self, result: T) -> None:
        """Take what was made; OperatorError, which is shown, where that cannot be."""

    def lay_out(self) -> None:
        """Show only the rows that apply."""

    # Showing ----------------------------------------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        """The rows, and a line on the field that one is in."""
        # No VerticalScroll: that would take the arrow keys, which lead from field to field.
        with Vertical(id="dialog") as dialog:
            dialog.border_title = Content(harmless_line(self._title))
            dialog.border_subtitle = Content(_KEYS.format(self.applies))
            yield from self.rows()
            yield Static(id="about")

    def on_mount(self) -> None:
        """What stands there now is what it is compared with."""
        self._at_first = self.typed
        self.lay_out()
        self.examine()

    @property
    def typed(self) -> Typed:
        """What stands in the fields, by their keys. Fields that are out of sight are there, too."""
        found: dict[str, object] = {}
        for row in self.query(Row):
            for key, widget in row.fields.items():
                match widget:
                    case LineInput():
                        found[key] = widget.text
                    case LinesInput():
                        found[key] = widget.meant
                    case Checkbox() | Select():
                        found[key] = widget.value
        return found

    @property
    def model_fields(self) -> Mapping[str, str]:
        """The fields that hold a model, where they are not the same in every such dialog."""
        return self.models

    @property
    def changed(self) -> bool:
        """Whether something would be lost."""
        return self.typed != self._at_first

    def row_of(self, key: str) -> Row:
        """The row with the field `key`."""
        return next(row for row in self.query(Row) if key in row.fields)

    def say(self, text: str, *, wrong: bool = False) -> None:
        """A line at the bottom."""
        about = self.query_one("#about", Static)
        about.set_class(wrong, "-wrong")
        about.update(shown_line(text))

    @on(DescendantFocus)
    def _say_what_is_asked(self, event: DescendantFocus) -> None:
        row = self._row_around(event.widget)
        self.say(row.about if row is not None else "")
        self.call_after_refresh(self._keep_in_sight)

    def _row_around(self, widget: Widget | None) -> Row | None:
        around = widget.ancestors_with_self if widget is not None else ()
        return next((one for one in around if isinstance(one, Row)), None)

    def _keep_in_sight(self) -> None:
        # Textual itself takes a field for visible that is behind the line at the bottom.
        row = self._row_around(self.focused)
        if row is not None:
            row.scroll_visible(animate=False, immediate=True)

    @on(Input.Changed)
    @on(TextArea.Changed)
    @on(Select.Changed)
    @on(Checkbox.Changed)
    def _typed_on(self) -> None:
        self.lay_out()
        self.examine()

    @work(group="examine", exclusive=True, exit_on_error=False)
    async def examine(self) -> None:
        """Look over what is typed once the keys rest."""
        await asyncio.sleep(_PAUSE)
        await self._looked_over()

    async def _looked_over(self) -> Looked[T]:
        typed = self.typed
        looked = await asyncio.to_thread(self.look, typed)
        if self.is_attached and typed == self.typed:
            # Nobody is told what is missing before the first word.
            untouched = self._new and not self._tried and not self.changed
            self._show({} if untouched else looked.wrong, looked.warnings, looked.notes)
        return looked

    def _show(self, *told: Mapping[str, str]) -> None:
        for row in self.query(Row):
            for key, widget in row.fields.items():
                widget.set_class(key in told[0], "-invalid")
            wrong, warnings, notes = ([said[key] for key in row.fields if key in said] for said in told)
            row.tell(wrong, warnings, notes)
        self.call_after_refresh(self._keep_in_sight)

    # Models -----------------------------------------------------------------------------------------------------------

    @on(Input.Submitted)
    def _next_field(self, event: Input.Submitted) -> None:
        if event.input.id in self.model_fields:
            self.action_pick_model()
        else:
            self.focus_next()

    def action_pick_model(self) -> None:
        """Search the catalogue for the model that is asked for."""
        focused = self.focused.id if self.focused is not None else None
        models = self.model_fields
        asked = focused if focused in models else next(iter(models), None)
        if asked is None or not self._in_sight(asked):
            return
        line = self.query_one(f"#{asked}", LineInput)

        def picked(model: str | None) -> None:
            if model is not None:
                line.value = model
            line.focus()

        self.app.push_screen(ModelPicker(self.workspace, line.value, title=models[asked]), picked)

    def _in_sight(self, key: str) -> bool:
        return all(widget.display for widget in self.query_one(f"#{key}").ancestors_with_self)

    # Keeping and leaving ----------------------------------------------------------------------------------------------

    @work(group="apply", exclusive=True, exit_on_error=False)
    async def action_apply(self) -> None:
        """Give back what was made, or go to the first field that is wrong."""
        await self._apply()

    async def _apply(self) -> bool:
        if not self.changed and not self._new:
            self.dismiss(None)
            return True
        self._tried = True
        looked = await self._looked_over()
        if looked.result is None:
            self._go_to_mistake(looked)
            return False
        try:
            self.accept(looked.result)
        except OperatorError as error:
            self.say(sentence(error), wrong=True)
            return False
        self._at_first = self.typed
        if self.is_current:
            self.dismiss(looked.result)
        return True

    def _go_to_mistake(self, looked: Looked[T]) -> None:
        for row in self.query(Row):
            for key, widget in row.fields.items():
                if key in looked.wrong and row.display:
                    widget.focus()
                    return

    def action_leave(self) -> None:
        """Leave it as it was, but not past what would be lost."""
        if not self.leave_then(self._gone):
            self._gone()

    def leave_then(self, go: Callable[[], object]) -> bool:
        """Whether this dialog asks first; `go` is called then where the person goes on."""
        if not self.changed:
            return False
        question = Content.assemble(shown_line(self._title), ": what you changed is not kept yet.")

        def answered(answer: str | None) -> None:
            self._answered(answer, go)

        self.app.push_screen(QuestionScreen(question, _UNSAVED), answered)
        return True

    @work(group="apply", exclusive=True, exit_on_error=False)
    async def _answered(self, answer: str | None, go: Callable[[], object]) -> None:
        if answer == "save":
            if await self._apply():
                go()
        elif answer == "discard":
            self._at_first = self.typed
            go()

    def _gone(self) -> None:
        if self.is_current:
            self.dismiss(None)
