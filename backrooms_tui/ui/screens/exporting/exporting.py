"""The dialog that hands sessions on: as what, where to, how far it is, and where the files are."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.timer import Timer
from textual.widgets import Input, Label, Static

from backrooms_tui.assembly.files.exporting import place_of
from backrooms_tui.session.harmless import harmless, harmless_line
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.settings.last_folders import last_folder, remember_folder
from backrooms_tui.ui.screens.exporting.wish import CAST, COLUMNS, FORMATS, ROWS, Wish, size_of, speed_of
from backrooms_tui.ui.screens.exporting.writing import Writing
from backrooms_tui.ui.showing import shown, shown_line
from backrooms_tui.ui.typed_paths import here, short, whole
from backrooms_tui.ui.widgets.line_input import LineInput
from backrooms_tui.ui.widgets.path_line import PathLine
from backrooms_tui.ui.widgets.rows import Rows

if TYPE_CHECKING:
    from backrooms_tui.store.database import Store
    from backrooms_tui.store.summaries import SessionSummary
    from backrooms_tui.ui.app import BackroomsApp

_TICK = 0.1  # seconds
_BAR = 24  # cells
_FORM = "enter writes it · tab goes to the next field · esc goes back"
_TITLE = 40  # cells
_LISTED = 200  # files that are named at the end
_WIDEST = max(len(title) for _, title, _ in FORMATS)


class ExportScreen(ModalScreen[None]):
    """Writes `sessions` (ids) to files; `title` says which they are. It waits until what was said in them is
    `settled`."""

    CSS_PATH = "exporting.tcss"
    AUTO_FOCUS = "#formats"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", show=False),
        Binding("enter,ctrl+s", "write", "Write", show=False),
        Binding("c", "copy", "Copy", show=False),
    ]
    # What the person chose last, for the next time.
    _last_format: ClassVar[int] = 0

    def __init__(
        self, sessions: Sequence[str], title: str, *, settled: Callable[[], Awaitable[None]] | None = None
    ) -> None:
        super().__init__()
        self._ids = tuple(sessions)
        self._title = title
        self._settled = settled
        self._sessions: Sequence[SessionSummary] = ()  # none before they are read
        self._at_once = False  # enter was pressed before that
        self._writing: Writing | None = None
        self._written: list[Path] = []
        self._progress: tuple[str, float, int] = ("", 0.0, 0)
        self._ticking: Timer | None = None
        self._over = False

    def compose(self) -> ComposeResult:
        """The formats, what some of them ask, the place, and what is said about it."""
        with Vertical(id="dialog") as dialog:
            name = shown_line(self._title).truncate(_TITLE, ellipsis=True)
            dialog.border_title = Content.assemble("Export ", name)
            with Vertical(id="form"):
                yield Rows(id="formats")
                with Horizontal(id="of-finetune", classes="field"):
                    yield Label("whose view")
                    yield LineInput(id="agent", placeholder="a seat or a name; the first")
                with Horizontal(id="of-cast", classes="field"):
                    yield Label("screen")
                    yield LineInput(str(COLUMNS), id="columns", placeholder="columns")
                    yield Label("×", classes="between")
                    yield LineInput(str(ROWS), id="rows", placeholder="rows")
                    yield Label("speed", classes="between")
                    yield LineInput("1", id="speed", placeholder="1")
                with Horizontal(classes="field"):
                    yield Label("to")
                    yield PathLine(_beginning(), id="to", placeholder="a folder, or a file that is not there yet")
            with VerticalScroll(id="told", can_focus=False):
                yield Static(id="where")
            yield Static(_FORM, id="how")

    def on_mount(self) -> None:
        """Begin with what was chosen last."""
        formats = self.query_one("#formats", Rows)
        formats.styles.height = len(FORMATS)
        formats.show(len(FORMATS), _format_line, marked=type(self)._last_format)
        self._ticking = self.set_interval(_TICK, self._tick, pause=True)
        self._look()
        self._read()

    @work(group="read", exit_on_error=False)
    async def _read(self) -> None:
        try:
            if self._settled is not None:
                await self._settled()
            self._sessions = await asyncio.to_thread(self._those_there)
        except OperatorError as error:
            self._complain(error)
            return
        if not self.is_mounted or not self.is_attached:
            return
        if len(self._sessions) == 1:
            names = " · ".join(f"{agent.seat} {agent.name}" for agent in self._sessions[0].agents)
            self.query_one("#agent", Input).placeholder = harmless_line(names)
        self._look()
        if self._at_once:
            self.action_write()

    def _those_there(self) -> "list[SessionSummary]":
        """What somebody deleted for good since it was chosen keeps nobody from the others."""
        found: list[SessionSummary] = []
        for session in self._ids:
            try:
                found.append(self._store.summary(session))
            except OperatorError:
                if session == self._ids[-1] and not found:
                    raise
        return found

    @property
    def _store(self) -> "Store":
        return cast("BackroomsApp", self.app).workspace.store

    # The form -------------------------------------------------------------------------------------------------------

    @property
    def _format(self) -> str:
        return FORMATS[self.query_one("#formats", Rows).marked][0]

    def _text(self, field: str) -> str:
        return self.query_one(f"#{field}", Input).value.strip()

    def _wish(self) -> Wish:
        """What is asked for. Raises OperatorError for what cannot be."""
        line = self.query_one(PathLine)
        typed = line.typed
        if not typed:
            raise OperatorError("it needs a place", "name a folder, or a file that is not there yet")
        output = str(line.path) + (os.sep if typed.endswith(("/", os.sep)) else "")
        wish = Wish(self._sessions, self._format, output)
        if self._format == "finetune":
            return Wish(self._sessions, "finetune", output, agent=self._text("agent"))
        if self._format == CAST:
            size, speed = size_of(self._text("columns"), self._text("rows")), speed_of(self._text("speed"))
            return Wish(self._sessions, CAST, output, size=size, speed=speed)
        return wish

    @on(Rows.Moved)
    @on(Input.Changed)
    def _changed(self) -> None:
        if self.is_mounted and self.is_attached and self._writing is None and not self._over:
            self._look()

    def _look(self) -> None:
        """Show the fields of the format, and the file that will come."""
        for format in ("finetune", CAST):
            self.query_one(f"#of-{format}").set_class(self._format == format, "-shown")
        if self._sessions:
            self._find_place()

    @work(group="where", exclusive=True, exit_on_error=False)
    async def _find_place(self) -> None:
        try:
            wish = self._wish()
            place, there, growing = await asyncio.to_thread(self._outlook, wish)
        except OperatorError as error:
            self._complain(error)
            return
        except (OSError, ValueError) as error:
            self._complain(OperatorError(f"that is no place: {error}", "name a folder, or a file"))
            return
        more = len(wish.sessions) - 1 if not wish.written_as().joined else 0
        also = f"\nand {more:,} more beside it" if more else ""
        numbered = "\nis there already: this one gets a number" if there and not place.is_dir() else ""
        until = "\nbeing recorded now: up to the last whole turn" if growing else ""
        self._say(shown(f"→ {short(place)}{also}{numbered}{until}"))

    def _outlook(self, wish: Wish) -> tuple[Path, bool, bool]:
        """The file that will come, whether something is there, and whether more is being recorded meanwhile."""
        place = place_of(self._store, wish.ids, wish.written_as(), wish.output)
        return place, place.exists(), bool(self._store.living().keys() & set(wish.ids))

    # Writing --------------------------------------------------------------------------------------------------------

    @on(Rows.Chosen)
    @on(Input.Submitted)
    def action_write(self) -> None:
        """Write it; once it is written, go back."""
        if self._over:
            self.dismiss(None)
            return
        if self._writing is not None or not self._sessions:
            self._at_once = not self._sessions
            return
        try:
            wish = self._wish()
        except OperatorError as error:
            self._complain(error)
            self.app.bell()
            return
        type(self)._last_format = self.query_one("#formats", Rows).marked
        self._writing = Writing(self._store, wish, self._told)
        self.workers.cancel_group(self, "where")
        self._write(self._writing, wish)

    def _told(self, title: str, share: float, done: int) -> None:
        """Called from a thread."""
        self._progress = (title, share, done)

    @work(group="write", exit_on_error=False)
    async def _write(self, writing: Writing, wish: Wish) -> None:
        self._progress = (wish.sessions[0].title, 0.0, 0)
        if self._ticking is not None:
            self._ticking.resume()
        self.query_one("#form").disabled = True
        self.query_one("#how", Static).update("esc stops it")
        problem: OperatorError | None = None
        try:
            await writing.run()
        except OperatorError as error:
            problem = error
        except Exception as error:  # a fault of ours must not leave the dialog without an end
            problem = OperatorError(f"something unforeseen happened: {type(error).__name__}: {error}"[:300], "")
        finally:
            self._writing = None
            if self._ticking is not None:
                self._ticking.pause()
        if writing.written:
            await asyncio.to_thread(remember_folder, "export", writing.written[0].parent)
        if self.is_mounted and self.is_attached:
            self._end(writing, problem)

    def _tick(self) -> None:
        """How far it is."""
        if self._writing is None or not self.is_mounted or not self.is_attached:
            return
        title, share, done = self._progress
        filled = round(share * _BAR)
        bar = (("━" * filled, "$primary"), ("╌" * (_BAR - filled), "$text-muted"))
        number = f"{done + 1} of {len(self._sessions)} · " if len(self._sessions) > 1 else ""
        name = shown_line(title).truncate(_TITLE, ellipsis=True)
        self._say(Content.assemble(number, name, "\n", *bar, f"  {share:4.0%}"))

    def _end(self, writing: Writing, problem: OperatorError | None) -> None:
        """Say what came of it: the files, what was left out, or why there is nothing and the form again."""
        self._written = writing.written
        left = [harmless_line(f"{title} is left out: {error.what}") for title, error in writing.left_out]
        if gone := len(self._ids) - len(self._sessions):
            left.append(f"{gone:,} of them {'is' if gone == 1 else 'are'} not there any more")
        if not writing.written:
            self.query_one("#form").disabled = False
            self.query_one("#formats").focus()
            self.query_one("#how", Static).update(_FORM)
            if problem is not None or left:
                self._complain(problem or OperatorError("\n".join(left), ""))
            else:
                self._say(Content("Stopped; nothing was written"))
            return
        self._over = True
        self.add_class("-over")
        paths = [harmless_line(short(path)) for path in writing.written[:_LISTED]]
        more = len(writing.written) - len(paths)
        head = "Stopped; what was whole by then is written:" if writing.stopped else "Written:"
        rest = [f"and {more:,} more"] if more > 0 else []
        also = [f"{problem.what}"] if problem is not None else []
        self._say(shown("\n".join([head, *paths, *rest, *left, *also])), wrong=bool(left or also))
        several = len(writing.written) > 1
        self.query_one("#how", Static).update(f"c copies the path{'s' if several else ''} · enter or esc goes back")
        told = self.query_one("#told", VerticalScroll)
        told.can_focus = True
        told.focus()

    def action_copy(self) -> None:
        """Copy where the files are."""
        if self._over:
            self.app.copy_to_clipboard(harmless("\n".join(str(whole(path)) for path in self._written)))
            self.query_one("#how", Static).update("copied · enter or esc goes back")

    def action_leave(self) -> None:
        """Stop what is being written, or go back."""
        if self._writing is not None:
            self._writing.stop()
            self.query_one("#how", Static).update("stopping …")
        else:
            self.dismiss(None)

    def on_unmount(self) -> None:
        """Nobody waits for it any more."""
        if self._writing is not None:
            self._writing.stop()

    # What is said ---------------------------------------------------------------------------------------------------

    def _say(self, text: Content, *, wrong: bool = False) -> None:
        where = self.query_one("#where", Static)
        where.set_class(wrong, "-wrong")
        where.update(text)

    def _complain(self, error: OperatorError) -> None:
        if self.is_mounted and self.is_attached:
            cure = error.cure.removesuffix(" with --output")
            self._say(shown(f"✗ {error.what}{f'; {cure}' if cure else ''}"), wrong=True)


def _beginning() -> str:
    folder = short(last_folder("export") or here())
    return folder if folder.endswith(os.sep) else f"{folder}{os.sep}"


def _format_line(index: int, width: int) -> Content:
    _, title, use = FORMATS[index]
    return Content(f"{title:{_WIDEST}}  {use}").truncate(width, ellipsis=True)
