"""`backrooms replay`: a session again, as it was."""

import asyncio
import math

import click

from backrooms_tui.cli.completing import session_ids
from backrooms_tui.cli.leaving import INTERRUPTED


@click.command()
@click.argument("session", default="last", shell_complete=session_ids)
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
@click.option("--show-reasoning", is_flag=True, help="Print the models' reasoning as well.")
@click.pass_context
def replay(
    ctx: click.Context, session: str, shape: str | None, speed: float | None, first: int, show_reasoning: bool
) -> None:
    """Show SESSION again: an id, the beginning of one, a title, or "last".

    In a terminal the application shows it; with --format, --speed or --show-reasoning, and elsewhere, it is printed.
    """
    if speed is not None and math.isnan(speed):
        raise click.BadParameter("nan is not a speed.", ctx, param_hint="'--speed'")
    if shape is None and speed is None and not show_reasoning:
        from backrooms_tui.cli.application import in_terminal

        if in_terminal():
            ctx.exit(_in_application(session, first))
    shape = shape or "text"
    ctx.exit(asyncio.run(_replay(session, shape, speed or math.inf, first, show_reasoning)))


def _in_application(session: str, first: int) -> int:
    from backrooms_tui.assembly.workspace import Workspace
    from backrooms_tui.cli.application import run_application

    workspace = Workspace()
    try:
        id = workspace.store.find(session)
    except BaseException:
        workspace.close()
        raise
    return run_application(lambda app: app.show_replay(id, first if first > 1 else None), workspace)


async def _replay(session: str, shape: str, speed: float, first: int, show_reasoning: bool) -> int:
    from backrooms_tui.assembly.workspace import Workspace
    from backrooms_tui.cli.interrupting import interruptible
    from backrooms_tui.cli.printing import Printing, printer
    from backrooms_tui.conversation.clock import SystemClock
    from backrooms_tui.store.player import Player

    workspace = Workspace()
    try:
        store = workspace.store
        player = Player(store.events(store.find(session)), SystemClock(), speed=speed)
        if first > 1:
            player.seek(first)
        printing = Printing(printer(shape, show_reasoning=show_reasoning))

        async def play() -> None:
            async for event in player:
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
