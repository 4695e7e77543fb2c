"""The dialog that brings a file in: which one, what is in it, and what to do with what came of it."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.events import Key
from textual.screen import ModalScreen
from textual.timer import Timer
from textual.widgets import Input, Static

from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.settings.last_folders import last_folder, remember_folder
from backrooms_tui.ui.presence import is_there
from backrooms_tui.ui.screens.importing.bringing import Bringing, Stopped
from backrooms_tui.ui.screens.importing.files import Files
from backrooms_tui.ui.screens.importing.findings import Findings
from backrooms_tui.ui.screens.importing.telling import here_already, told
from backrooms_tui.ui.showing import shown
from backrooms_tui.ui.typed_paths import going_on_from, here, meant, parted, short
from backrooms_tui.ui.widgets.path_line import PathLine

if TYPE_CHECKING:
    from backrooms_tui.assembly.files.importing import Brought
    from backrooms_tui.ui.app import BackroomsApp

Phase = Literal["choosing", "reading", "looking", "taking", "done"]
_TICK = 0.1  # seconds
_BAR = 24  # cells
_CHOOSING = "enter looks into it · tab completes · ↑ ↓ choose · esc goes back"


class ImportScreen(ModalScreen[None]):
    """Asks for a file, shows what is in it before anything is kept, and brings it in."""

    CSS_PATH = "importing.tcss"
    AUTO_FOCUS = "PathLine"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", show=False),
        Binding("up", "move('move', -1)", "Up", show=False),
        Binding("down", "move('move', 1)", "Down", show=False),
        Binding("pageup", "move('page', -1)", "Page up", show=False),
        Binding("pagedown", "move('page', 1)", "Page down", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.phase: Phase = "choosing"
        self._bringing: Bringing | None = None
        self._brought: list[Brought] = []
        self._read = (0, 1)  # bytes of how many
        self._ticking: Timer | None = None
        self._opening = False

    def compose(self) -> ComposeResult:
        """Where to type, what is there, what is in it, and what the keys do."""
        with Vertical(id="dialog") as dialog:
            dialog.border_title = "Import"
            yield PathLine(_beginning(), id="path", placeholder="the path of a file; it may be dropped here")
            yield Files(id="files")
            with VerticalScroll(id="told", can_focus=False):
                yield Findings(id="about")
            yield Static(id="wrong")
            yield Static(_CHOOSING, id="how")

    def on_mount(self) -> None:
        """Show the folder that was used last."""
        self._ticking = self.set_interval(_TICK, self._tick, pause=True)
        self._list()

    @property
    def _app(self) -> "BackroomsApp":
        return cast("BackroomsApp", self.app)

    # Which file -----------------------------------------------------------------------------------------------------

    @on(Input.Changed)
    def _typed(self) -> None:
        if self.phase == "choosing":
            self._say("")
            self._list()

    @work(group="list", exclusive=True, exit_on_error=False)
    async def _list(self) -> None:
        typed = self.query_one(PathLine).typed
        found = await asyncio.to_thread(going_on_from, typed)
        if self.phase == "choosing" and self.is_mounted and self.is_attached:
            self.query_one(Files).list_files(typed, found)
            if not found and typed.endswith(("/", os.sep)):
                self._say("nothing to see in this folder")

    def action_move(self, how: str, by: int) -> None:
        """Mark another file while the path stays where it is, or scroll through what is told."""
        if self.phase == "choosing":
            files = self.query_one(Files)
            (files.action_page if how == "page" else files.action_move)(by)
        else:
            self.query_one("#told").scroll_relative(y=by * (5 if how == "page" else 1), animate=False)

    @on(Input.Submitted)
    @on(Files.Chosen)
    @work(group="choose", exclusive=True, exit_on_error=False)
    async def choose(self) -> None:
        """Look into the file, or go into the folder, that is typed or marked."""
        if self.phase != "choosing":
            return
        line, files = self.query_one(PathLine), self.query_one(Files)
        typed = line.typed
        if await asyncio.to_thread(_is_no_folder, typed):
            self._look(line.path)
            return
        if files.listed_for != typed:
            files.list_files(typed, await asyncio.to_thread(going_on_from, typed))
        one, folder = files.chosen, parted(typed)[0]
        if one is None:
            # Whoever reads it says what is wrong with it.
            self._look(line.path)
        elif one.folder:
            line.go_to(f"{folder}{one.name}{os.sep}")
        else:
            line.go_to(f"{folder}{one.name}")
            self._look(meant(f"{folder}{one.name}"))

    # What is in it --------------------------------------------------------------------------------------------------

    def _look(self, path: Path, *, again: bool = False) -> None:
        bringing = Bringing(self._app.workspace, path, self._progress)
        self._go("reading", bringing, lambda: bringing.look(again=again))

    def _keep(self, *, again: bool) -> None:
        assert self._bringing is not None
        bringing = Bringing(self._app.workspace, self._bringing.path, self._progress)
        self._go("taking", bringing, lambda: bringing.keep(again=again))

    def _progress(self, done: int, total: int) -> None:
        """Called from a thread."""
        self._read = (done, total)

    def _go(self, phase: Phase, bringing: Bringing, work: "Callable[[], Awaitable[list[Brought]]]") -> None:
        self._bringing, self._read = bringing, (0, 1)
        self._enter(phase, "esc stops it")
        self._work(phase, bringing, work)

    @work(group="bring", exclusive=True, exit_on_error=False)
    async def _work(self, phase: Phase, bringing: Bringing, work: "Callable[[], Awaitable[list[Brought]]]") -> None:
        problem = ""
        brought: list[Brought] = []
        try:
            brought = await work()
        except OperatorError as error:
            problem = f"✗ {error.what}{f'; {error.cure}' if error.cure else ''}"
        except OSError as error:
            problem = f"✗ {bringing.path} cannot be read: {error.strerror or error}"
        except Stopped:
            problem = "Stopped; nothing of it was kept"
        except Exception as error:  # a fault of ours must not leave the dialog without an end
            problem = f"✗ something unforeseen happened: {type(error).__name__}: {error}"[:300]
        if phase == "taking" and brought:
            await asyncio.to_thread(remember_folder, "import", bringing.path.parent)
        if not self.is_mounted or not self.is_attached:
            return
        if problem or not brought:
            self._enter("choosing", _CHOOSING)
            self.query_one(PathLine).focus()
            self._say(problem)
            return
        self._brought = brought
        self._show_found() if phase == "reading" else self._show_kept()

    def _show_found(self) -> None:
        brought = self._brought
        head = ""
        if not here_already(brought):
            self._enter("looking", "enter brings it in · esc goes back")
        elif brought[0].kind == "session":
            head = "This file is here already, as this session:"
            self._enter("looking", "p replays it · o opens it · i imports it once more · esc goes back")
        else:
            head = "All of this is here already:"
            self._enter("looking", "p plays it · esc goes back")
        self.query_one(Findings).tell(told(brought, done=False), head)

    def _show_kept(self) -> None:
        brought = self._brought
        several = len(brought) > 1
        head = "It is among your sessions now:" if brought[0].kind == "session" else "Among your templates now:"
        self.query_one(Findings).tell(told(brought, done=True), head)
        if brought[0].kind == "session":
            self._enter("done", "enter goes on with it · p replays · o opens as it is · esc goes back")
        else:
            self._enter("done", f"enter plays {'the first' if several else 'it'} · esc goes back")

    def _enter(self, phase: Phase, how: str) -> None:
        self.phase = phase
        self._say("")
        self.query_one("#how", Static).update(how)
        self.set_class(phase in ("looking", "done"), "-told")
        if phase != "choosing":
            self.set_focus(None)
        if self._ticking is not None:
            (self._ticking.resume if phase in ("reading", "taking") else self._ticking.pause)()

    def _tick(self) -> None:
        if self.phase not in ("reading", "taking") or not self.is_mounted or not self.is_attached:
            return
        done, total = self._read
        share = min(1.0, done / total) if total > 0 else 0.0
        filled = round(share * _BAR)
        what = "bringing it in" if self.phase == "taking" else "looking into it"
        bar = (("━" * filled, "$primary"), ("╌" * (_BAR - filled), "$text-muted"))
        size = f"  {done / 1e6:.0f} of {total / 1e6:.0f} MB" if total > 1_000_000 else ""
        self.query_one("#wrong", Static).update(Content.assemble(f"{what}  ", *bar, f"  {share:4.0%}{size}"))

    # What to do with it ---------------------------------------------------------------------------------------------

    def on_key(self, event: Key) -> None:
        """Once it is known what is in the file, keys say what to do with it."""
        act = self._acts().get(event.key)
        if act is not None:
            event.stop()
            act()

    def _acts(self) -> dict[str, Callable[[], object]]:
        if self.phase not in ("looking", "done") or self._opening:
            return {}
        first = self._brought[0]
        here = self.phase == "done" or here_already(self._brought)
        if not here:
            return {"enter": lambda: self._keep(again=False)}
        if first.kind == "template":
            return {"enter": self._play, "p": self._play}
        acts: dict[str, Callable[[], object]] = {"p": self._replay, "o": self._open}
        if self.phase == "looking":
            return acts | {"i": lambda: self._keep(again=True)}
        return acts | {"enter": self._go_on, "c": self._go_on}

    def _play(self) -> None:
        app, name = self._app, self._brought[0].id
        self.dismiss(None)
        app.show_new(name)

    def _replay(self) -> None:
        app, session = self._app, self._brought[0].id
        self.dismiss(None)
        app.show_replay(session)

    @work(group="open", exclusive=True, exit_on_error=False)
    async def _open(self) -> None:
        from backrooms_tui.assembly.continuing import resume

        app = self._app
        self._opening = True  # once: two would be in each other's way
        try:
            opened = await resume(app.workspace, self._brought[0].id)
        except OperatorError as error:
            self._opening = False
            if is_there(self):
                self._say(f"✗ {error.what}; {error.cure}")
            return
        if not is_there(self) or not self.is_current:
            await opened.aclose()
            return
        self.dismiss(None)
        app.show_stage(opened)

    def _go_on(self) -> None:
        from backrooms_tui.ui.screens.importing.going_on import GoingOnScreen

        app, session = self._app, self._brought[0].id
        self.dismiss(None)
        app.push_screen(GoingOnScreen(session))

    def action_leave(self) -> None:
        """Stop the reading, go back to the choice of a file, or to where one was."""
        if self.phase in ("reading", "taking"):
            assert self._bringing is not None
            self._bringing.stop()
            self.query_one("#how", Static).update("stopping …")
        elif self.phase == "looking":
            self._enter("choosing", _CHOOSING)
            self.query_one(PathLine).focus()
        else:
            self.dismiss(None)

    def on_unmount(self) -> None:
        """Nobody waits for it any more."""
        if self._bringing is not None and self.phase in ("reading", "taking"):
            self._bringing.stop()

    def _say(self, text: str) -> None:
        wrong = self.query_one("#wrong", Static)
        wrong.set_class(text.startswith("✗"), "-wrong")
        wrong.update(shown(text))


def _is_no_folder(typed: str) -> bool:
    """Whether something is there that can be looked into, or about which there is something to say."""
    try:
        return bool(typed) and meant(typed).exists() and not meant(typed).is_dir()
    except (OSError, ValueError):
        return False


def _beginning() -> str:
    folder = short(last_folder("import") or here())
    return folder if folder.endswith(os.sep) else f"{folder}{os.sep}"
