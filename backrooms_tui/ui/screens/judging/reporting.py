"""The dialog that writes a report: as what, where to, and where it is then."""

import asyncio
import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Label, Static

from backrooms_tui.assembly.files.reporting import SHAPES, Shape, report, report_place
from backrooms_tui.session.harmless import harmless
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.settings.last_folders import last_folder, remember_folder
from backrooms_tui.ui.showing import shown, shown_line
from backrooms_tui.ui.typed_paths import here, require_ordinary, short, whole
from backrooms_tui.ui.widgets.path_line import PathLine
from backrooms_tui.ui.widgets.rows import Rows

if TYPE_CHECKING:
    from backrooms_tui.store.database import Store
    from backrooms_tui.ui.app import BackroomsApp

_WORDS = ("Markdown    to read, print or put into a note", "Web page    one file, for any browser")
_FORM = "enter writes it · tab goes to the next field · esc goes back"


class _Stopped(Exception):
    """The person has left."""


class ReportScreen(ModalScreen[None]):
    """Writes a report of `session` (an id) with `title`; `judgement` (an id) is told first in it."""

    CSS_PATH = "reporting.tcss"
    AUTO_FOCUS = "#shapes"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", show=False),
        Binding("enter,ctrl+s", "write", "Write", show=False),
        Binding("c", "copy", "Copy", show=False),
    ]
    # What the person chose last, for the next time.
    _last_shape: ClassVar[int] = 0

    def __init__(self, session: str, title: str, judgement: str | None = None) -> None:
        super().__init__()
        self._session, self._title, self._judgement = session, title, judgement
        self._stop = threading.Event()
        self._writing = False
        self._written: Path | None = None

    def compose(self) -> ComposeResult:
        """The two shapes, the place, and what is said about it."""
        with Vertical(id="dialog") as dialog:
            name = shown_line(self._title).truncate(40, ellipsis=True)
            dialog.border_title = Content.assemble("Report of ", name)
            yield Rows(id="shapes")
            with Horizontal(classes="field"):
                yield Label("to")
                yield PathLine(_beginning(), id="to", placeholder="a folder, or a file that is not there yet")
            yield Static(id="where")
            yield Static(_FORM, id="how")

    def on_mount(self) -> None:
        """Begin with what was chosen last."""
        self._shapes.show(
            len(SHAPES), lambda index, width: Content(_WORDS[index]).truncate(width), marked=type(self)._last_shape
        )
        self.call_after_refresh(self._find_place)

    @property
    def _shapes(self) -> Rows:
        return self.query_one("#shapes", Rows)

    @property
    def _shape(self) -> Shape:
        return SHAPES[self._shapes.marked]

    @property
    def _store(self) -> "Store":
        return cast("BackroomsApp", self.app).workspace.store

    def _output(self) -> str:
        line = self.query_one(PathLine)
        typed = line.typed
        if not typed:
            raise OperatorError("it needs a place", "name a folder, or a file that is not there yet")
        return str(line.path) + (os.sep if typed.endswith(("/", os.sep)) else "")

    @on(Rows.Moved)
    @on(Input.Changed)
    def _changed(self) -> None:
        if self.is_mounted and self.is_attached and not self._writing and self._written is None:
            self._find_place()

    @work(group="where", exclusive=True, exit_on_error=False)
    async def _find_place(self) -> None:
        try:
            output, shape = self._output(), self._shape
            place, there = await asyncio.to_thread(self._outlook, output, shape)
        except OperatorError as error:
            self._complain(error)
        except (OSError, ValueError) as error:
            self._complain(OperatorError(f"that is no place: {error}", "name a folder, or a file"))
        else:
            numbered = "\nis there already: this one gets a number" if there and not place.is_dir() else ""
            self._say(f"→ {short(place)}{numbered}")

    def _outlook(self, output: str, shape: Shape) -> tuple[Path, bool]:
        place = report_place(self._store, self._session, output, shape)
        return place, place.exists()

    @on(Rows.Chosen)
    @on(Input.Submitted)
    def action_write(self) -> None:
        """Write it; once it is written, go back."""
        if self._written is not None:
            self.dismiss(None)
        elif not self._writing:
            try:
                output = self._output()
            except OperatorError as error:
                self._complain(error)
                self.app.bell()
                return
            self._writing = True
            type(self)._last_shape = self._shapes.marked
            self.workers.cancel_group(self, "where")
            self._write(output, self._shape)

    @work(group="write", exit_on_error=False)
    async def _write(self, output: str, shape: Shape) -> None:
        self._say("writing …")
        try:
            place = await asyncio.to_thread(self._report, output, shape)
        except _Stopped:
            return
        except OperatorError as error:
            self._writing = False
            self._complain(error)
            return
        except Exception as error:  # a fault of ours must not leave the dialog without an end
            self._writing = False
            self._complain(OperatorError(f"something unforeseen happened: {type(error).__name__}: {error}"[:300], ""))
            return
        self._written = place
        await asyncio.to_thread(remember_folder, "export", place.parent)
        if self.is_mounted and self.is_attached:
            self._say(f"Written: {short(place)}")
            self.query_one("#how", Static).update("c copies the path · enter or esc goes back")
            self._shapes.focus()

    def _report(self, output: str, shape: Shape) -> Path:
        def told(session: str, share: float) -> None:
            if self._stop.is_set():
                raise _Stopped

        require_ordinary(Path(output))
        return report(self._store, self._session, output, shape, judgement=self._judgement, told=told)

    def action_copy(self) -> None:
        """Copy where it is."""
        if self._written is not None:
            self.app.copy_to_clipboard(harmless(str(whole(self._written))))
            self.query_one("#how", Static).update("copied · enter or esc goes back")

    def action_leave(self) -> None:
        """Go back; what is half written is not there at all."""
        self._stop.set()
        self.dismiss(None)

    def on_unmount(self) -> None:
        """Nobody waits for it any more."""
        self._stop.set()

    def _say(self, text: str, *, wrong: bool = False) -> None:
        if self.is_mounted and self.is_attached:
            where = self.query_one("#where", Static)
            where.set_class(wrong, "-wrong")
            where.update(shown(text))

    def _complain(self, error: OperatorError) -> None:
        cure = error.cure.removesuffix(" with --output")
        self._say(f"✗ {error.what}{f'; {cure}' if cure else ''}", wrong=True)


def _beginning() -> str:
    folder = short(last_folder("export") or here())
    return folder if folder.endswith(os.sep) else f"{folder}{os.sep}"
