"""The stage on a screen that nobody sits at: it shows one moment of a session after the other, and gives what it drew.

It is the application's own replay, in the person's theme, without the lines that are there for whoever sits at it.
"""

import asyncio
from collections.abc import AsyncGenerator, Iterable, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from rich.console import Console
from textual.pilot import Pilot

import backrooms_tui.ui
import backrooms_tui.ui.screens.replay
import backrooms_tui.ui.widgets.status
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.ui.app import BackroomsApp
from backrooms_tui.ui.recording.difference import difference
from backrooms_tui.ui.screens.replay.replay import ReplayScreen

if TYPE_CHECKING:
    from textual.strip import Strip

    from backrooms_tui.assembly.workspace import Workspace

_SETTLING = 3  # looks at a picture before it is whole: what changes in one may move what stands in another
_MOMENT = 1e-4  # seconds: Unix time in floats is exact to less


class _RecordedScreen(ReplayScreen):
    """A replay that stands where it is told to stand."""

    CSS_PATH = str(Path(backrooms_tui.ui.screens.replay.__file__).with_name("replay.tcss"))
    DEFAULT_CSS = """
    _RecordedScreen Transport, _RecordedScreen KeyLine { display: none; }
    """

    def __init__(self, session: str) -> None:
        super().__init__(session, 0)
        self.opened = asyncio.Event()

    async def _open(self) -> None:
        await super()._open()
        self.opened.set()

    async def show_moment(self, at: float) -> None:
        """Stand at the moment `at` (Unix seconds)."""
        playback = self.playback
        assert playback is not None
        later = at - playback.state.started - playback.seconds
        if later > 0:
            await self._go(playback.shift(later + _MOMENT))


class _RecordedApp(BackroomsApp):
    """The application with nothing but the one screen."""

    CSS_PATH = str(Path(backrooms_tui.ui.__file__).with_name("app.tcss"))

    def __init__(self, workspace: "Workspace", session: str) -> None:
        super().__init__(workspace, begin=lambda app: None)
        self.animation_level = "none"
        self.replay = _RecordedScreen(session)
        self.error_console = Console(file=StringIO())  # a fault is told by whoever asked for the recording

    def show_home(self) -> None:
        """The replay instead."""
        self.push_screen(self.replay)

    def warn(self, wrong: Sequence[str], *, title: str = "") -> None:
        """What is wrong with the person's settings is not for whoever sees the recording."""

    @property
    def picture(self) -> "list[Strip]":
        """What stands on the screen, row by row."""
        return self.screen._compositor.render_strips()


@dataclass(slots=True)
class _SessionClock:
    """Stands in for the machine's: figures like tokens a second go by the session's own time."""

    at: float = 0.0

    def monotonic(self) -> float:
        """Seconds."""
        return self.at


async def drawn(
    workspace: "Workspace", session: str, size: tuple[int, int], frames: Iterable[tuple[float, float]]
) -> AsyncGenerator[tuple[float, str], None]:
    """For each of `frames` (seconds in the recording, moment in the session) what is to be drawn over the picture
    before, where anything is.

    The workspace stays open. Raises OperatorError for a session that is not there.
    """
    pictures: asyncio.Queue[tuple[float, str] | None] = asyncio.Queue(maxsize=16)
    app = _RecordedApp(workspace, session)
    clock = _SessionClock()

    async def play(pilot: Pilot[Any]) -> None:
        try:
            await app.replay.opened.wait()
            if app.replay.playback is None:
                raise OperatorError(f"session {session} cannot be shown", "`backrooms sessions list` shows all")
            await pilot.pause()
            seconds, before = 0.0, cast("list[Strip]", [])
            for seconds, moment in frames:
                clock.at = moment
                await app.replay.show_moment(moment)
                for _ in range(_SETTLING):
                    await pilot.pause(0)
                before = await show(seconds, before)
            # Whatever took longer is to be seen at the end.
            await pilot.pause()
            await show(seconds, before)
        finally:
            app.exit()

    async def show(seconds: float, before: "list[Strip]") -> "list[Strip]":
        after = app.picture
        if changed := difference(before, after):
            await pictures.put((seconds, changed))
        return after

    async def run() -> None:
        try:
            await app.run_async(headless=True, size=size, mouse=False, auto_pilot=play)
        finally:
            await pictures.put(None)

    status = cast("Any", backrooms_tui.ui.widgets.status)
    machine, status.time = status.time, clock
    running = asyncio.create_task(run())
    try:
        while (picture := await pictures.get()) is not None:
            yield picture
        await running
        if app._exception is not None:
            raise app._exception
    finally:
        status.time = machine
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
