"""Asks what a new template is to be called, and makes its file."""

import os
import tempfile
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Label, Static

from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.settings import folders
from backrooms_tui.ui.widgets.line_input import LineInput


def path_of(name: str) -> Path:
    """Where a new template of the person's called `name` belongs. Raises OperatorError for a name that cannot be."""
    if not name:
        raise OperatorError("it needs a name", "use letters, digits, hyphens and underscores")
    if not name.replace("-", "").replace("_", "").isalnum() or len(name) > 60:
        raise OperatorError(f"{name!r} is not a name for a template", "use letters, digits, hyphens and underscores")
    path = folders.templates_dir() / f"{name}.toml"
    if path.exists():
        raise OperatorError(f"you have a template {name} already", "choose another name")
    return path


def free_name(name: str) -> str:
    """A name like `name` that none of the person's templates has."""
    number = 2
    while (folders.templates_dir() / f"{name}-{number}.toml").exists():
        number += 1
    return f"{name}-{number}"


def write_template(path: Path, text: str) -> None:
    """Put `text` into the file at `path` in one step, so that a crash leaves the old one or the new one.

    Line ends are written as they stand in `text`. Raises OperatorError where it cannot be written.
    """
    folders.ensure_private(path.parent)
    real = path.resolve()
    temporary: Path | None = None
    try:
        handle, name = tempfile.mkstemp(prefix=f".{real.name}.", dir=real.parent)
        temporary = Path(name)
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        if real.exists():
            temporary.chmod(real.stat().st_mode & 0o777)
        temporary.replace(real)
        temporary = None
    except OSError as error:
        reason = error.strerror or str(error)
        raise OperatorError(f"{path} cannot be written: {reason}", "check the folder and the disk") from None
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


class NamingScreen(ModalScreen[Path | None]):
    """Asks for a name, beginning with `name`; the result is the path of a file that is not there yet."""

    CSS_PATH = "naming.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Leave it", show=False)]

    def __init__(self, what: str, name: str) -> None:
        super().__init__()
        self._what = what
        self._name_before = name

    def compose(self) -> ComposeResult:
        """One line to write on, and what is wrong with it."""
        with Vertical(id="dialog"):
            yield Label(Content(self._what))
            yield LineInput(self._name_before, id="name")
            yield Static(id="how")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Say where it will be, or why not."""
        how = self.query_one("#how", Static)
        try:
            said, wrong = f"{path_of(event.value.strip())}", False
        except OperatorError as error:
            said, wrong = f"✗ {error.what}; {error.cure}", True
        how.update(Content(said))
        how.set_class(wrong, "-wrong")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """A name that cannot be is not taken."""
        try:
            self.dismiss(path_of(event.value.strip()))
        except OperatorError:
            self.app.bell()
