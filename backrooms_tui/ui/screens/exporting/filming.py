"""Recording the screen in a process of its own: an application that runs is not disturbed, and stopping is at once.

It writes into a passing folder. What is whole there goes to its place; what was stopped is gone with the folder.
"""

import asyncio
import os
import shutil
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, TextIO

from backrooms_tui.assembly.files.exporting import place_of, record_of
from backrooms_tui.formats.outgoing.landing import land
from backrooms_tui.formats.outgoing.pace import Pace
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.settings.this_program import COMMAND, python_path
from backrooms_tui.ui.screens.exporting.wish import Wish

if TYPE_CHECKING:
    from backrooms_tui.store.database import Store

_LOOKING = 0.2  # seconds between looks at whether it is to stop
_GRACE = 5.0  # seconds for it to end by itself
_LINE = 4096  # bytes of what it says that are looked at together
_FAILED = "the recording could not be made"
_CURE = "try it again, or choose another format"


async def film(
    store: "Store", session: str, wish: Wish, *, told: Callable[[float], object], stopped: threading.Event
) -> Path | None:
    """Record `session` (an id) as `wish` has it; where the file is, or None where it was stopped. `told` hears how much
    there is, from 0 to 1. Raises OperatorError."""
    place = await asyncio.to_thread(lambda: _place(store, session, wish))
    length = await asyncio.to_thread(_length, store, session)
    try:
        return await _filmed(session, wish, place, length, told, stopped)
    except OSError as error:  # no room for the passing folder, no more processes
        raise OperatorError(f"{_FAILED}: {error.strerror or error}", _CURE) from error


async def _filmed(
    session: str, wish: Wish, place: Path, length: float, told: Callable[[float], object], stopped: threading.Event
) -> Path | None:
    with TemporaryDirectory(prefix="backrooms-", ignore_cleanup_errors=True) as folder:
        passing = Path(folder) / "recording.cast"
        child = await asyncio.create_subprocess_exec(
            *COMMAND, "sessions", "export", "--format", "cast", "--progress",
            "--columns", str(wish.size[0]), "--rows", str(wish.size[1]), "--speed", str(wish.speed),
            "--output", str(passing), "--", session,
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": python_path()},
        )  # fmt: skip
        assert child.stderr is not None
        reading = asyncio.create_task(_read(child.stderr, length / wish.speed, told))
        try:
            while not stopped.is_set() and not reading.done():
                await asyncio.wait([reading], timeout=_LOOKING)
        finally:
            await _end(child, at_once=not reading.done())
            said = await reading
        if stopped.is_set():
            return None
        if child.returncode != 0 or not passing.exists():
            what, cure = said or ("it ended at once", _CURE)
            raise OperatorError(f"{_FAILED}: {what}", cure)
        return await asyncio.to_thread(land, lambda out: _copy(passing, out), place)


async def _read(errors: asyncio.StreamReader, length: float, told: Callable[[float], object]) -> tuple[str, str] | None:
    """Tell how far it is. The last that it says which is no number: what went wrong, and what to do."""
    said: list[str] = []
    rest = b""
    while chunk := await errors.read(_LINE):
        *raws, rest = (rest + chunk).split(b"\n")
        rest = rest[-_LINE:]
        for raw in raws:
            line = raw.decode("utf-8", "replace").strip()
            if line.isdecimal():
                told(min(1.0, int(line) / length) if length > 0 else 0.0)
            elif line:
                said = [*said, line][-2:]
    return (said[0], said[-1] if len(said) > 1 else "") if said else None


async def _end(child: asyncio.subprocess.Process, *, at_once: bool) -> None:
    with suppress(ProcessLookupError):
        if at_once:
            child.kill()
    try:
        await asyncio.wait_for(child.wait(), _GRACE)
    except TimeoutError:
        with suppress(ProcessLookupError):
            child.kill()
        await child.wait()


def _place(store: "Store", session: str, wish: Wish) -> Path:
    """Where the file belongs. Several go into one folder."""
    several = len(wish.sessions) > 1 and not wish.output.endswith(("/", "\\"))
    if several and Path(wish.output).is_file():
        raise OperatorError(f"{wish.output} is a file, and there are several to write", "name a folder")
    return place_of(store, [session], wish.written_as(), f"{wish.output}/" if several else wish.output)


def _length(store: "Store", session: str) -> float:
    """Seconds that a replay takes at its own speed."""
    pace = Pace()
    for event in record_of(store, session).events(deltas=False):
        pace.note(event)
    return pace.now / 1000


def _copy(passing: Path, out: TextIO) -> None:
    with passing.open(encoding="utf-8", newline="") as recording:
        shutil.copyfileobj(recording, out)
