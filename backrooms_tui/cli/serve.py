"""`backrooms serve`: the application in a browser."""

import asyncio
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from backrooms_tui.cli.completing import session_ids
from backrooms_tui.cli.leaving import INTERRUPTED, complain

if TYPE_CHECKING:
    from backrooms_tui.serving.server import Server


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="Where to listen.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    metavar="N",
    help="The port, 0 for a free one.  [default: 8765, or a free one where that is taken]",
)
@click.option(
    "--watch-only",
    "watched",
    is_flag=False,
    flag_value="",
    metavar="[SESSION]",
    shell_complete=session_ids,
    help="For an audience that cannot type: SESSION, or the one that is being recorded, or else the newest.",
)
@click.option("--open", "opens", is_flag=True, help="Open the page in this machine's browser.")
@click.option(
    "--allow-host", "allowed", multiple=True, metavar="NAME", help="A further name to be reached by; may be repeated."
)
@click.option(
    "--at-most", type=click.IntRange(1, 1000), default=8, show_default=True, metavar="N", help="Pages at a time."
)
@click.pass_context
def serve(
    ctx: click.Context,
    host: str,
    port: int | None,
    watched: str | None,
    opens: bool,
    allowed: tuple[str, ...],
    at_most: int,
) -> None:
    """Show the application in a browser.

    The address that is printed holds a secret, new at each start: who has it can use what is shown. Each page is an
    application of its own, which ends with the page; what was said is kept. Keys and files stay out of reach there.
    Ctrl-C ends it.
    """
    if find_spec("textual_serve") is None or find_spec("aiohttp") is None:
        from backrooms_tui.serving.page import not_installed

        raise not_installed()
    from backrooms_tui.serving.admission import admission, allowed_name
    from backrooms_tui.serving.page import files
    from backrooms_tui.serving.place import listening
    from backrooms_tui.serving.server import Server, Show

    files()
    allowed = tuple(map(allowed_name, allowed))
    show = Show(lambda: _arguments(watched), watching=watched is not None, at_most=at_most)
    show.arguments()  # a session that is not there is said here, and not on every page
    with listening(host, port) as listener:
        server = Server(listener, admission(host, allowed), show, _tell)
        ctx.exit(asyncio.run(_serve(server, host, allowed, watching=watched is not None, opens=opens)))


def _arguments(watched: str | None) -> Sequence[str]:
    """The words after `backrooms` for a new page. Raises OperatorError for a session that is not there."""
    if watched is None:
        return ()
    from backrooms_tui.assembly.workspace import Workspace
    from backrooms_tui.store.following import newest_living

    workspace = Workspace()
    try:
        store = workspace.store
        live = newest_living(store) if not watched else None
        session = live.id if live is not None else store.find(watched or "last")
        # One that has ended is played, as it was; one that goes on is followed.
        return ("replay", session, *(("--follow",) if store.keeper(session) is not None else ()))
    finally:
        workspace.close()


async def _serve(server: "Server", host: str, allowed: Sequence[str], *, watching: bool, opens: bool) -> int:
    from backrooms_tui.cli.interrupting import interruptible
    from backrooms_tui.serving.place import address, is_everywhere

    end = asyncio.Event()
    name = (allowed[0] if allowed else "127.0.0.1") if is_everywhere(host) else host
    secret = f"{address(name, server.port)}?token={server.token}"
    _warn(host, allowed)
    may = "watch, and cannot type" if watching else "use it as you do, but for keys and files"
    with interruptible(end.set, "Ending."), _opened(secret if opens else ""):
        click.echo(f"{secret}\nWho has this address can {may}. Ctrl-C ends it.")
        await server.serve(end)
    return INTERRUPTED


def _warn(host: str, allowed: Sequence[str]) -> None:
    from backrooms_tui.serving.place import is_everywhere, is_loopback

    if is_loopback(host):
        return
    complain(
        f"{host} can be reached from other machines, over plain HTTP: the secret can be read on the way.",
        "An SSH tunnel (ssh -L 8765:127.0.0.1:8765), or a proxy with TLS and --allow-host, keeps it.",
    )
    if is_everywhere(host) and not allowed:
        click.echo("Other machines need a name for this one: --allow-host NAME (or its address).", err=True)


@contextmanager
def _opened(secret: str) -> Iterator[None]:
    """Open the page in the browser. The address goes through a file that only the person can read, since what a
    program is started with can be read by everybody on the machine."""
    if not secret:
        yield
        return
    from backrooms_tui.settings import folders

    file = folders.ensure_private(folders.data_dir()) / f"open-{os.getpid()}.html"
    try:
        _write_private(file, f'<!doctype html><meta http-equiv="refresh" content="0; url={secret}">')
        if click.launch(file.as_uri()):
            complain("no browser could be opened", "open the address yourself")
        yield
    finally:
        with suppress(OSError):
            file.unlink(missing_ok=True)


def _write_private(file: Path, text: str) -> None:
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        out.write(text)


def _tell(words: str) -> None:
    """What the application of a page complained of, for whoever runs the server."""
    what, _, rest = words.partition("\n")
    complain(f"A page ended: {what}", rest)
