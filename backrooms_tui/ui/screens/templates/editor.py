"""Editing a template of one's own: the checker reads along."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Label, Static, TextArea

from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.settings.served import is_served
from backrooms_tui.templates.checking import check_text
from backrooms_tui.templates.findings import Finding
from backrooms_tui.templates.reading import read_text
from backrooms_tui.ui.actions import Place, bindings_of
from backrooms_tui.ui.screens.question.question import Answer, QuestionScreen
from backrooms_tui.ui.screens.templates.files_named import require_listed_models
from backrooms_tui.ui.screens.templates.naming import write_template
from backrooms_tui.ui.screens.templates.writing_area import WritingArea
from backrooms_tui.ui.showing import shown_line
from backrooms_tui.ui.widgets.key_line import KeyLine
from backrooms_tui.ui.widgets.rows import Rows

if TYPE_CHECKING:
    from backrooms_tui.ui.app import BackroomsApp

# How long the keys rest before the checker reads, in seconds. One reading takes some 40 ms.
REST = 0.25
_BINDINGS = [
    binding
    for binding in bindings_of("templates")
    if isinstance(binding, Binding) and binding.action in ("save", "next_finding")
]
_SIGNS = {"error": "✗", "warning": "!"}


class EditorScreen(Screen[None]):
    """The file at `path`, which is one of the person's own."""

    PLACE: ClassVar[Place] = "templates"
    BINDINGS: ClassVar[list[BindingType]] = [
        *_BINDINGS,
        Binding("escape", "leave", "Back", id="everywhere.back"),
        Binding("enter", "to_text", show=False),
    ]
    CSS_PATH = "editor.tcss"

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self._saved = ""
        self._on_disk = ""
        self._findings: list[Finding] = []
        self._resting: Timer | None = None

    def compose(self) -> ComposeResult:
        """The text, what is wrong with it, and what would be right."""
        yield Label(id="file")
        yield WritingArea(id="text")
        yield Rows(id="findings")
        yield Static(id="cure")
        yield KeyLine()

    def on_mount(self) -> None:
        """Read the file."""
        text = self.query_one(WritingArea)
        try:
            self._on_disk = read_text(self.path)
        except OperatorError as error:
            self.notify(f"{error.what}\n{error.cure}", severity="error", markup=False)
            self.app.call_later(self._gone)
            return
        with self.prevent(TextArea.Changed):
            text.load_text(self._on_disk)
        # What the text area makes of line ends is what counts as unchanged.
        self._saved = text.text
        if self._saved.splitlines() != self._on_disk.split(text.document.newline):
            said = "It holds unusual line ends; saving writes them as ordinary ones."
            if self._saved != self._on_disk:
                self.notify(said, severity="warning", markup=False)
        text.focus()
        self._name_file()
        self._check()

    # Checking ---------------------------------------------------------------------------------------------------------

    @on(TextArea.Changed)
    def read_along(self) -> None:
        """Let the keys rest first."""
        self._name_file()
        if self._resting is not None:
            self._resting.stop()
        self._resting = self.set_timer(REST, self._check)

    def _check(self) -> None:
        text = self.query_one(WritingArea).text
        self._read(text)

    @work(group="check", exclusive=True, exit_on_error=False)
    async def _read(self, text: str) -> None:
        found = await asyncio.to_thread(check_text, text, self.path.name)
        area = self.query_one(WritingArea)
        if area.text != text:
            return  # the next reading is on its way
        self._findings = found
        # Where a line has both, the mistake is what is marked.
        marked = sorted(found, key=lambda one: one.severity == "error")
        area.mark_lines({one.line: _SIGNS[one.severity] for one in marked})
        rows = self.query_one("#findings", Rows)
        rows.styles.height = min(6, len(found))
        rows.display = bool(found)
        rows.show(len(found), self._finding_line, marked=self._nearest(area.cursor_location[0] + 1))
        self._explain()

    def _finding_line(self, index: int, width: int) -> Content:
        one = self._findings[index]
        what = f"{one.key}: {one.what}" if one.key else one.what
        return shown_line(f"{_SIGNS[one.severity]} {one.line:>4}  {what}").truncate(width, ellipsis=True)

    def _nearest(self, line: int) -> int:
        distances = [abs(one.line - line) for one in self._findings]
        return distances.index(min(distances)) if distances else 0

    def _explain(self) -> None:
        cure = self.query_one("#cure", Static)
        if not self._findings:
            cure.update(Content("✓ nothing is wrong").stylize("$text-success"))
            return
        one = self._findings[min(self.query_one("#findings", Rows).marked, len(self._findings) - 1)]
        cure.update(Content.assemble((f"line {one.line}: ", "bold"), shown_line(one.cure or one.what)))

    @on(Rows.Moved, "#findings")
    def look_there(self, event: Rows.Moved) -> None:
        """Walking through the list walks through the text."""
        self._explain()
        if event.rows.has_focus and event.index < len(self._findings):
            self._jump(self._findings[event.index])

    @on(TextArea.SelectionChanged)
    def follow_cursor(self) -> None:
        """The list shows what is wrong where the cursor is."""
        rows = self.query_one("#findings", Rows)
        if self._findings and not rows.has_focus:
            rows.marked = self._nearest(self.query_one(WritingArea).cursor_location[0] + 1)

    def action_next_finding(self) -> None:
        """The next line that something is wrong with, from the cursor on."""
        if not self._findings:
            return
        here = self.query_one(WritingArea).cursor_location[0] + 1
        after = [one for one in self._findings if one.line > here]
        self._jump((after or self._findings)[0])
        self.action_to_text()

    def _jump(self, finding: Finding) -> None:
        area = self.query_one(WritingArea)
        row = min(finding.line, area.document.line_count) - 1
        column = min((finding.column or 1) - 1, len(area.document.get_line(row)))
        area.move_cursor((row, column), center=True)

    def action_to_text(self) -> None:
        """From the list into the text."""
        self.query_one(WritingArea).focus()

    # Saving and leaving -----------------------------------------------------------------------------------------------

    @property
    def unsaved(self) -> bool:
        """Whether something would be lost."""
        return self.query_one(WritingArea).text != self._saved

    def _name_file(self) -> None:
        changed = "  ● not saved" if self.unsaved else ""
        name = shown_line(self.path.stem).stylize("bold")
        place = shown_line(f"  {self.path}").stylize("$text-muted")
        self.query_one("#file", Label).update(Content.assemble(name, (changed, "$text-warning"), place))

    def action_save(self) -> None:
        """Write the file."""
        self._save(lambda: None)

    def _save(self, then: Callable[[], object], *, over: bool = False) -> None:
        try:
            there = read_text(self.path) if self.path.exists() else self._on_disk
        except OperatorError:
            there = ""
        if there != self._on_disk and not over:
            answers = (Answer("over", "o", "Write over it"), Answer("stay", "escape", "Stay"))
            question = Content("The file was changed by another program since you opened it here.")
            self.app.push_screen(
                QuestionScreen(question, answers),
                lambda answer: self._save(then, over=True) if answer == "over" else None,
            )
            return
        text = self.query_one(WritingArea).text
        try:
            if is_served():
                catalogue = cast("BackroomsApp", self.app).workspace.catalogue
                require_listed_models(text, self.path.name, catalogue)
            write_template(self.path, text)
        except OperatorError as error:
            self.notify(f"{error.what}\n{error.cure}", title="Not saved", severity="error", markup=False)
            return
        self._saved = self._on_disk = text
        self._name_file()
        wrong = sum(one.severity == "error" for one in check_text(text, self.path.name))
        mistakes = f", with {wrong} mistake{'' if wrong == 1 else 's'}: it cannot be played yet" if wrong else ""
        self.notify(f"Saved{mistakes}", severity="warning" if wrong else "information", markup=False)
        then()

    def leave_then(self, go: Callable[[], object]) -> bool:
        """Whether this screen asks first; `go` is called then if the person goes on."""
        if not self.unsaved:
            return False

        def answered(answer: str | None) -> None:
            if answer == "save":
                self._save(go)
            elif answer == "discard":
                self._saved = self.query_one(WritingArea).text
                go()

        question = Content.assemble(shown_line(self.path.stem), " has changed, and is not saved.")
        self.app.push_screen(QuestionScreen(question), answered)
        return True

    def action_leave(self) -> None:
        """Back, but not past unsaved changes."""
        if not self.leave_then(self._gone):
            self._gone()

    def _gone(self) -> None:
        if self.is_current:
            self.app.pop_screen()
