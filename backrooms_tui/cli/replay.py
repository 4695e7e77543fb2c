"""`backrooms replay`: a session again, as it was."""

import asyncio
import math
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import click

from backrooms_tui.cli.completing import session_ids
from backrooms_tui.cli.leaving import INTERRUPTED
from backrooms_tui.session.trouble import OperatorError

if TYPE_CHECKING:
    from backrooms_tui.session.events import AnyEvent
    from backrooms_tui.store.database import Store


@click.command()
@click.argument("session", required=False, shell_complete=session_ids)
@click.option(
    "--format", "shape", type=click.Choice(["text", "jsonl"]), help="Print it, as text or as JSON lines of its events."
)
@click.option(
    "--speed",
    type=click.FloatRange(min=0.5, max=64),
    metavar="X",
    help="1 is as it was, 2 twice as fast, from 0.5 to 64; left out, all is printed at once.",
)
@click.option("--from", "first", type=click.IntRange(min=1), default=1, metavar="TURN", help="Begin at this turn.")
@click.option(
    "--follow", is_flag=True, help="Go on with what comes, as long as it is being recorded, here or by another program."
)
@click.option("--show-reasoning", is_flag=True, help="Print the models' reasoning as well.")
@click.pass_context
def replay(
    ctx: click.Context,
    session: str | None,
    shape: str | None,
    speed: float | None,
    first: int,
    follow: bool,
    show_reasoning: bool,
) -> None:
    """Show SESSION again: an id, the beginning of one, a title, or "last", which it is where none is named.

    In a terminal the application shows it; with --format, --speed or --show-reasoning, and elsewhere, it is printed.
    With --follow and without SESSION it is the newest one that is being recorded.
    """
    if follow and speed is not None:
        raise click.UsageError("what is followed comes at its own pace: leave out --speed or --follow")
    if speed is not None and math.isnan(speed):
        raise click.BadParameter("nan is not a speed.", ctx, param_hint="'--speed'")
    if shape is None and speed is None and not show_reasoning:
        from backrooms_tui.cli.application import in_terminal

        if in_terminal():
            ctx.exit(_in_application(session, first, follow))
    shape = shape or "text"
    ctx.exit(asyncio.run(_replay(session, shape, speed or math.inf, first, follow, show_reasoning)))


def _meant(store: "Store", session: str | None, follow: bool) -> str:
    """The id of the session that the person means. Raises OperatorError."""
    if session is not None or not follow:
        return store.find(session or "last")
    from backrooms_tui.store.following import newest_living

    newest = newest_living(store)
    if newest is None:
        raise OperatorError(
            "no session is being recorded at this moment", "name one to see it again, or begin one with `backrooms run`"
        )
    return newest.id


def _in_application(session: str | None, first: int, follow: bool) -> int:
    from backrooms_tui.assembly.workspace import Workspace
    from backrooms_tui.cli.application import run_application

    workspace = Workspace()
    try:
        id = _meant(workspace.store, session, follow)
    except BaseException:
        workspace.close()
        raise
    return run_application(lambda app: app.show_replay(id, first if first > 1 else None, follow=follow), workspace)


async def _replay(session: str | None, shape: str, speed: float, first: int, follow: bool, show_reasoning: bool) -> int:
    from backrooms_tui.assembly.workspace import Workspace
    from backrooms_tui.cli.interrupting import interruptible
    from backrooms_tui.cli.printing import Printing, printer
    from backrooms_tui.conversation.clock import SystemClock
    from backrooms_tui.store.following import followed
    from backrooms_tui.store.player import Player

    workspace = Workspace()
    try:
        store = workspace.store
        id = _meant(store, session, follow)
        events: AsyncIterator[AnyEvent]
        if follow:
            events = followed(store, id, SystemClock())  # what was said so far is printed at once, as without a speed
        else:
            player = Player(store.events(id), SystemClock(), speed=speed)
            if first > 1:
                player.seek(first)
            events = aiter(player)
        printing = Printing(printer(shape, show_reasoning=show_reasoning, kept=store.events))

        async def play() -> None:
            async for event in events:
                printing.hear(event)
            printing.finish()

        task = asyncio.ensure_future(play())
        printing.on_closed = task.cancel
        with interruptible(task.cancel, "Stopping."):
            try:
                await task
            except asyncio.CancelledError:
                return INTERRUPTED
        return 0
    finally:
        await workspace.aclose()
