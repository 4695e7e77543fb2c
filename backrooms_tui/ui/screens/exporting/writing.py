"""Writing the files beside the screen, with a way to stop: what is begun is then not there at all."""

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from backrooms_tui.assembly.files.exporting import export
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.ui.screens.exporting.filming import film
from backrooms_tui.ui.screens.exporting.wish import CAST, Wish
from backrooms_tui.ui.typed_paths import require_ordinary

if TYPE_CHECKING:
    from backrooms_tui.store.database import Store

# How much of the session with this title is written, from 0 to 1, and how many are written already.
Told = Callable[[str, float, int], object]


class _Stopped(Exception):
    """The person has seen enough."""


class Writing:
    """One export under way. `written` and `left_out` (a title, and why) grow while `run` runs."""

    def __init__(self, store: "Store", wish: Wish, told: Told) -> None:
        self._store, self._wish, self._told = store, wish, told
        self._stop = threading.Event()
        self._titles = {one.id: one.title or one.id for one in wish.sessions}
        self.written: list[Path] = []
        self.left_out: list[tuple[str, OperatorError]] = []

    @property
    def stopped(self) -> bool:
        """Whether it was asked to stop."""
        return self._stop.is_set()

    def stop(self) -> None:
        """Let go of the file that is being written. May be called from anywhere."""
        self._stop.set()

    async def run(self) -> None:
        """Write all of them, or until it is stopped or cancelled. Raises OperatorError where nothing at all can be
        written."""
        try:
            await (self._film() if self._wish.format == CAST else asyncio.to_thread(self._write))
        except asyncio.CancelledError:
            self.stop()  # a thread cannot be cancelled
            raise

    def _write(self) -> None:
        wish = self._wish
        require_ordinary(Path(wish.output))

        def told(session: str, share: float) -> None:
            if self._stop.is_set():
                raise _Stopped
            self._told(self._titles[session], share, len(self.written))

        def skipped(session: str, error: OperatorError) -> None:
            self.left_out.append((self._titles[session], error))

        try:
            for path in export(self._store, wish.ids, wish.written_as(), wish.output, skipped, told=told):
                self.written.append(path)
        except _Stopped:
            pass

    async def _film(self) -> None:
        wish = self._wish
        await asyncio.to_thread(require_ordinary, Path(wish.output))
        for one in wish.sessions:
            if self._stop.is_set():
                return
            title, done = self._titles[one.id], len(self.written)
            self._told(title, 0.0, done)
            try:
                path = await film(
                    self._store,
                    one.id,
                    wish,
                    told=lambda share, title=title, done=done: self._told(title, share, done),  # type: ignore[misc]
                    stopped=self._stop,
                )
            except OperatorError as error:
                if len(wish.sessions) == 1:
                    raise
                self.left_out.append((title, error))
            else:
                self.written += [path] if path is not None else []
