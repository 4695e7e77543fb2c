"""Starting the application, and leaving it with a clean terminal whatever happened."""

import asyncio
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from backrooms_tui.cli.leaving import complain
from backrooms_tui.session.harmless import harmless_line
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.settings import folders
from backrooms_tui.settings.served import is_served

if TYPE_CHECKING:
    from backrooms_tui.assembly.workspace import Workspace
    from backrooms_tui.ui.app import BackroomsApp

FAULT = 1
_LOOK = 1.0  # seconds between looks whether the server is still there
_GRACE = 10.0  # seconds for leaving by itself once it is gone


def in_terminal() -> bool:
    """Whether a person sits at both ends, and the application can be shown: in a terminal, or through a browser."""
    return is_served() or (sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM") != "dumb")


def run_application(begin: "Callable[[BackroomsApp], None] | None" = None, workspace: "Workspace | None" = None) -> int:
    """Show the application until the person leaves it; the exit status. `begin` goes on from the first screen.

    `workspace` is closed at the end. Raises OperatorError for settings that cannot be read.
    """
    return asyncio.run(_run(begin, workspace))


async def _run(begin: "Callable[[BackroomsApp], None] | None", workspace: "Workspace | None") -> int:
    from backrooms_tui.assembly.workspace import Workspace
    from backrooms_tui.ui.app import BackroomsApp

    workspace = workspace or Workspace()
    try:
        if folders.config_file().exists():
            workspace.configuration  # noqa: B018 - what is wrong in it is said on a plain terminal
        app = BackroomsApp(workspace, begin)
        if not os.environ.get("BACKROOMS_DEBUG"):
            _silence(app)
        _leave_on_signals(app)
        status = await app.run_async()
        fault = app._exception
        kept = _kept(app) if fault is not None else ""
    finally:
        await workspace.aclose()
    if fault is not None:
        _explain(fault, kept)
        return FAULT
    return status or 0


def _silence(app: "BackroomsApp") -> None:
    """Textual prints the traceback of a fault at its end; a person is told in words instead."""
    from io import StringIO

    from rich.console import Console

    app.error_console = Console(file=StringIO())


def _leave_on_signals(app: "BackroomsApp") -> None:
    """The terminal's window is closed, or the machine shuts down: leave as if asked to."""
    loop = asyncio.get_running_loop()
    if is_served():
        words = (os.getppid(), loop, app.exit)
        threading.Thread(target=_leave_with, args=words, name="server-there", daemon=True).start()
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is None:
            continue
        try:
            loop.add_signal_handler(number, app.exit)
        except (NotImplementedError, RuntimeError):
            continue


def _leave_with(server: int, loop: asyncio.AbstractEventLoop, leave: Callable[[], object]) -> None:
    """Leave when the `server` that shows it is gone, even if that had no time to say so.

    Runs in a thread of its own: an application that hangs would look for nothing, and would stay for ever.
    """
    while os.getppid() == server:  # a process without its parent is given another one
        time.sleep(_LOOK)
    with suppress(RuntimeError):  # the loop has ended
        loop.call_soon_threadsafe(leave)
    time.sleep(_GRACE)
    os._exit(FAULT)


def _kept(app: "BackroomsApp") -> str:
    """Where the person finds what was said, while the database is still open."""
    workspace = app.workspace
    if "store" not in workspace.__dict__:
        return "Nothing was lost; `backrooms` starts it again."
    place = workspace.store.place
    try:
        if app.session and workspace.store.summary(app.session):
            return (
                f"The session {app.session} is kept in {place}; `backrooms replay {app.session}` opens it again "
                "(f goes on from there)."
            )
    except OperatorError:  # nothing had been said in it, or the database is what is broken
        pass
    return f"Your sessions are kept in {place}; `backrooms` shows them."


def _explain(fault: Exception, kept: str) -> None:
    complain(
        f"Something unforeseen happened: {type(fault).__name__}: {harmless_line(str(fault))[:300]}",
        f"{kept} BACKROOMS_DEBUG=1 shows where the fault is.",
    )
