"""Saving the form as a template of the person's own."""

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Label, Static

from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.ui.showing import shown_line
from backrooms_tui.ui.widgets.line_input import LineInput

if TYPE_CHECKING:
    from backrooms_tui.templates.document import Template


class SaveTemplateScreen(ModalScreen[Path | None]):
    """Asks under which name `template` is to be saved, and saves it into the person's templates folder."""

    CSS_PATH = "saving.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Leave it", show=False)]

    def __init__(self, template: "Template") -> None:
        super().__init__()
        self._template = template

    def compose(self) -> ComposeResult:
        """One line to write on."""
        from backrooms_tui.templates.writing import name_from

        with Vertical(id="dialog"):
            yield Label("Save as a template of your own", id="what")
            yield LineInput(name_from(self._template.title), id="name")
            yield Static(id="wrong")
            yield Label("enter saves it under this name · esc goes back", id="how")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Save it, or say why that cannot be."""
        from backrooms_tui.settings import folders
        from backrooms_tui.templates.writing import save_template

        try:
            path = save_template(self._template, folders.ensure_private(folders.templates_dir()), event.value.strip())
        except OperatorError as error:
            self.query_one("#wrong", Static).update(shown_line(f"{error.what} — {error.cure}"))
        else:
            self.dismiss(path)

    def on_input_changed(self) -> None:
        """Another name, another try."""
        self.query_one("#wrong", Static).update("")
