"""The dialogs with one line to write on: what to fetch, and which file to add."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.suggester import Suggester
from textual.widgets import Input, Label, Static

from backrooms_tui.session.harmless import harmless_line
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.ui.widgets.line_input import LineInput


class AskScreen(ModalScreen[str | None]):
    """Asks for a line; `check` says in a few words what it comes to, and raises OperatorError where it comes to
    nothing. The result is a line that passed, or None."""

    CSS_PATH = "asking.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Leave it", show=False)]

    def __init__(
        self,
        title: str,
        help: str,
        check: Callable[[str], str],
        *,
        value: str = "",
        suggester: Suggester | None = None,
    ) -> None:
        super().__init__()
        self._title = title
        self._help = help
        self._check = check
        self._value = value
        self._suggester = suggester

    def compose(self) -> ComposeResult:
        """One line to write on."""
        with Vertical(id="dialog"):
            yield Label(Content(self._title), id="what")
            yield LineInput(self._value, id="line", suggester=self._suggester)
            yield Static(Content(self._help), id="how")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Say what it comes to."""
        self._judge(event.value)

    def _judge(self, text: str) -> bool:
        how = self.query_one("#how", Static)
        wrong = False
        try:
            said = self._check(text) if text.strip() else self._help
        except OperatorError as error:
            said, wrong = f"✗ {error.what}; {error.cure}", True
        how.update(Content(harmless_line(said)))
        how.set_class(wrong, "-wrong")
        return bool(text.strip()) and not wrong

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Only what comes to something is taken."""
        if self._judge(event.value):
            self.dismiss(event.value.strip())
        else:
            self.app.bell()


class FilePaths(Suggester):
    """Completes the path of a folder or of a GGUF file."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        """The first thing in the folder that goes on from `value`."""
        return await asyncio.to_thread(_completed, value)


def _completed(value: str) -> str | None:
    folder, slash, beginning = value.rpartition("/")
    if not slash:
        return None
    try:
        paths = sorted(Path(folder or "/").expanduser().iterdir(), key=lambda path: path.name)
    except (OSError, RuntimeError, ValueError):
        return None
    for path in paths:
        if path.name.startswith(beginning) and (beginning or path.name[0] != "."):
            if path.is_dir():
                return f"{folder}/{path.name}/"
            if path.suffix.lower() == ".gguf":
                return f"{folder}/{path.name}"
    return None
