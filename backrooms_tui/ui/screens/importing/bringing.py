"""Reading a file beside the screen, first only to look and then to keep, with a way to stop."""

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path

from backrooms_tui.assembly.files.importing import Brought, bring_in
from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.settings import folders


class Stopped(Exception):
    """The person has seen enough; nothing of the file is kept."""


class Bringing:
    """One file on its way in. `told` hears, in a thread, how many bytes of how many are read."""

    def __init__(self, workspace: Workspace, path: Path, told: Callable[[int, int], object]) -> None:
        self._workspace, self.path, self._told = workspace, path, told
        self._stop = threading.Event()

    def stop(self) -> None:
        """Read no further. May be called from anywhere."""
        self._stop.set()

    async def look(self, *, again: bool = False) -> list[Brought]:
        """What is in the file; with `again` whether it is here or not. Raises OperatorError, and Stopped."""
        return await self._beside(dry=True, again=again)

    async def keep(self, *, again: bool) -> list[Brought]:
        """Bring it in. Raises OperatorError, and Stopped; then nothing of it is kept."""
        return await self._beside(dry=False, again=again)

    async def _beside(self, *, dry: bool, again: bool) -> list[Brought]:
        try:
            return await asyncio.to_thread(self._read, dry=dry, again=again)
        except asyncio.CancelledError:
            self.stop()  # a thread cannot be cancelled
            raise

    def _read(self, *, dry: bool, again: bool) -> list[Brought]:
        def told(done: int, total: int) -> None:
            if self._stop.is_set():
                raise Stopped
            self._told(done, total)

        told(0, 1)
        templates = folders.templates_dir()
        if not dry:
            folders.ensure_private(templates)
        return bring_in(self._workspace, self.path, templates=templates, dry=dry, again=again, told=told)
