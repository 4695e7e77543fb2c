"""What fetching a large file has in common, whoever carries it: a child process with progress, one fetch at a time.

The carriers (pip, huggingface_hub) run as child processes because neither can be stopped from within: killing the
child stops it at once, and what it had written lies in one folder that goes with it.
"""

import asyncio
import contextlib
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backrooms_tui.session.trouble import OperatorError, ProviderTrouble, Trouble

# pip's `--progress-bar raw`, which our own child imitates.
_PROGRESS = re.compile(r"Progress (\d+) of (\d+)$")
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE)
_KEPT_LINES = 200
_LONGEST_LINE = 4096
_LOCK_POLL = 0.1


@dataclass(frozen=True, slots=True)
class ChildEnd:
    """How a child process ended: its status and the last lines that it wrote, standard error included."""

    status: int
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """The lines as one text."""
        return "\n".join(self.lines)


async def run_child(
    command: Sequence[str], environment: Mapping[str, str], on_progress: Callable[[int, int], None]
) -> ChildEnd:
    """Runs a command to its end; `on_progress` hears (done, total) bytes, total 0 where unknown.

    Cancelling kills the command and its children and waits until they are gone.
    """
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env=dict(environment),
        **own_group(),
    )
    assert process.stdout is not None
    kept: deque[str] = deque(maxlen=_KEPT_LINES)
    rest = ""
    try:
        while piece := await process.stdout.read(65536):
            *lines, rest = (rest + piece.decode("utf-8", "replace")).replace("\r", "\n").split("\n")
            rest = rest[-_LONGEST_LINE:]
            for line in lines:
                if match := _PROGRESS.match(line.strip()):
                    on_progress(int(match[1]), int(match[2]))
                elif line.strip():
                    kept.append(line.strip()[:_LONGEST_LINE])
        if rest.strip():
            kept.append(rest.strip())
        return ChildEnd(await process.wait(), tuple(kept))
    finally:
        if process.returncode is None:
            kill_tree(process.pid)
            await _gone(process)


def kill_tree(pid: int) -> None:
    """Kills a process that was started in a group of its own, and its children."""
    with contextlib.suppress(OSError):
        if sys.platform == "win32":
            subprocess.run(["taskkill", "/F", "/T", "/PID", str(pid)], capture_output=True, check=False)  # noqa: S603, S607
        else:
            os.killpg(pid, signal.SIGKILL)


def python_command() -> list[str]:
    """The interpreter that runs this program, without the current folder on its path: a pip.py there is not ours."""
    if not sys.executable:
        raise OperatorError(
            "the Python interpreter that runs this cannot be found", "run Backrooms with a plain python"
        )
    return [sys.executable, "-P"]


def without_addresses(text: str) -> str:
    """`text` without web addresses: the one of a private package index may hold a name and a password."""
    return _ADDRESS.sub("…", text)


def private_folder(folder: Path) -> Path:
    """`folder`, made where it is missing, for its owner only. Raises OperatorError where it cannot be made."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.name == "posix":
            folder.chmod(0o700)
    except OSError as error:
        raise OperatorError(f"the models folder {folder} cannot be made: {error.strerror}", _FOLDER_CURE) from error
    return folder


@asynccontextmanager
async def one_at_a_time(folder: Path, waiting: Callable[[], None]) -> AsyncIterator[None]:
    """Holds the folder's fetching lock; `waiting` is called once where another process has it.

    The lock is SQLite's on an empty file. The system lets go of it when its holder dies, however it dies, so that no
    lock is ever left behind; and it works the same on every system.
    """
    path = folder / ".fetching.lock"
    connection: sqlite3.Connection | None = None
    told = False
    try:
        while True:
            try:
                if connection is None:
                    connection = sqlite3.connect(path, timeout=0, isolation_level=None)
                connection.execute("BEGIN EXCLUSIVE")
                break
            except sqlite3.OperationalError as error:
                if "locked" not in str(error):
                    raise OperatorError(f"the models folder {folder} cannot be written to", _FOLDER_CURE) from error
                if not told:
                    waiting()
                    told = True
            except sqlite3.DatabaseError:
                # Somebody wrote into the file; nothing of ours is in it.
                if connection is not None:
                    connection.close()
                connection = None
                path.unlink(missing_ok=True)
            await asyncio.sleep(_LOCK_POLL)
        with contextlib.suppress(OSError):
            path.chmod(0o600)
        yield
    finally:
        if connection is not None:
            connection.close()


@contextmanager
def scratch_folder(folder: Path) -> Iterator[Path]:
    """A private folder inside `folder`, on the same disk, gone at the end. For the holder of the fetching lock.

    Whatever an interrupted fetch left behind is swept first: while we hold the lock, nobody is using it.
    """
    try:
        for stale in folder.glob(".fetching-*"):
            shutil.rmtree(stale, ignore_errors=True)
        scratch = Path(tempfile.mkdtemp(prefix=".fetching-", dir=folder))
    except OSError as error:
        raise disk_trouble(error, folder) from error
    try:
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def make_durable(source: Path, target: Path) -> None:
    """Moves a finished file to its place in one step that a power cut cannot halve. Both lie on the same disk."""
    if os.name == "posix":
        source.chmod(0o600)
    with source.open("rb+") as file:
        os.fsync(file.fileno())
    os.replace(source, target)
    if os.name == "posix":
        handle = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def disk_trouble(error: OSError, folder: Path) -> ProviderTrouble:
    """What an OSError while writing into `folder` means for the person."""
    import errno

    if error.errno in (errno.ENOSPC, errno.EDQUOT) or getattr(error, "winerror", None) == 112:
        return ProviderTrouble(disk_full(folder))
    return ProviderTrouble(
        Trouble("unknown", f"{folder} cannot be written to: {error.strerror or error}", _FOLDER_CURE)
    )


def disk_full(folder: Path) -> Trouble:
    """The trouble of a full disk."""
    return Trouble("unknown", f"the disk that holds {folder} is full", "make room there, or move BACKROOMS_DATA_DIR")


def own_group() -> dict[str, Any]:
    """Arguments that start a child in a group of its own: Ctrl-C at the terminal is for this process to judge."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    return {"start_new_session": True}


async def _gone(process: asyncio.subprocess.Process) -> None:
    """Waits for a killed process, also while the waiting task is being cancelled again."""
    waiting = asyncio.ensure_future(process.wait())
    while not waiting.done():
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.shield(waiting)


_FOLDER_CURE = "make it writable, or set BACKROOMS_DATA_DIR to a folder that is"
