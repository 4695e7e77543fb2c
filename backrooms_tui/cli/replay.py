"""`backrooms replay`: a session again, as it was."""

import asyncio
import math

import click

from backrooms_tui.cli.completing import session_ids
from backrooms_tui.cli.leaving import INTERRUPTED


@click.command()
@click.argument("session", default="last", shell_complete=session_ids)
@click.option("--format", "shape", type=click.Choice(["text", "jsonl"]), default="text", help="How to print it.")
@click.option(
    "--speed",
    type=click.FloatRange(min=0.5, max=64),
    metavar="X",
    help="1 is as it was, 2 twice as fast, from 0.5 to 64; left out, all is printed at once.",
)
@click.option(
    "--from", "first", type=click.IntRange(min=1), default=1, metavar="TURN", help="Pace it from this turn on."
)
@click.option("--show-reasoning", is_flag=True, help="Print the models' reasoning as well.")
@click.pass_context
def replay(ctx: click.Context, session: str, shape: str, speed: float | None, first: int, show_reasoning: bool) -> None:
    """Show SESSION again: an id, the beginning of one, a title, or "last"."""
    ctx.exit(asyncio.run(_replay(session, shape, speed or math.inf, first, show_reasoning)))


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
