"""`backrooms sessions both`: a session goes on twice from one of its turns, without the ladder and with it."""

import asyncio
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any

import click

from backrooms_tui.cli.completing import session_ids
from backrooms_tui.cli.leaving import INTERRUPTED, PROVIDER_TROUBLE, complain
from backrooms_tui.cli.live_text import mark
from backrooms_tui.cli.prose import cells
from backrooms_tui.cli.tables import print_json, shortened
from backrooms_tui.session.events import AnyEvent, Remedied, TurnEnded, TurnFailed
from backrooms_tui.session.harmless import harmless_line
from backrooms_tui.session.setup import Remedy, Setup
from backrooms_tui.session.state import SessionState
from backrooms_tui.session.trouble import OperatorError, trying_again

if TYPE_CHECKING:
    from backrooms_tui.assembly.branching.both_ways import BothWays, Way
    from backrooms_tui.assembly.branching.ways_compared import Outcome
    from backrooms_tui.assembly.workspace import Workspace

_BARS = "▁▂▃▄▅▆▇█"
_WIDTH = 100  # columns, where no terminal says how many there are


@click.command()
@click.argument("session", shell_complete=session_ids)
@click.option("--from", "turn", type=click.IntRange(min=1), metavar="TURN", help="Go on from the end of this turn.")
@click.option("--turns", type=click.IntRange(min=1), default=20, show_default=True, metavar="N", help="Turns each way.")
@click.option("--json", "as_json", is_flag=True, help="Print nothing but what came of it, as JSON.")
@click.pass_context
def both(ctx: click.Context, session: str, turn: int | None, turns: int, as_json: bool) -> None:
    """Let SESSION go on twice: without the ladder against stalling, and with it.

    Both go on from the same turn, in step: from the one before the first step of the ladder, or else from the last one.
    The ladder is the session's own, or the standard one where it has none. SESSION stays as it is; the two ways are
    kept as sessions of their own. Ctrl-C stops and keeps what was said.
    """
    ctx.exit(asyncio.run(_both(session, turn, turns, as_json)))


async def _both(name: str, turn: int | None, turns: int, as_json: bool) -> int:
    from backrooms_tui.assembly.branching.both_ways import ladder_to_try, open_both_ways, turn_to_try
    from backrooms_tui.assembly.workspace import Workspace
    from backrooms_tui.cli.interrupting import interruptible
    from backrooms_tui.cli.permission_desk import tell_denied

    workspace = Workspace()
    try:
        session = await asyncio.to_thread(lambda: workspace.store.find(name))
        state = await asyncio.to_thread(workspace.store.state, session)
        start = turn_to_try(state) if turn is None else turn
        if start not in state.turns:
            _no_turn(state, start)
        ladder, own = ladder_to_try(state)
        if not await _made_ready(workspace, _played(state, ladder)):
            return INTERRUPTED
        ways = await open_both_ways(workspace, session, start, turns=turns, ladder=ladder)
        stopped = False

        def stop() -> None:
            nonlocal stopped
            stopped = True
            ways.stop()

        try:
            if not as_json:
                before = turn is None and bool(state.remedies)
                click.echo(_beginning(start, "the first step of the ladder" if before else "", turns, ladder, own))
                _print(ways, stop)
            with interruptible(stop, "Stopping; what was said is kept. Ctrl-C again leaves at once."):
                await ways.run()
            tell_denied(way.alone for way in ways.ways)
        finally:
            await ways.aclose()
        if as_json:
            print_json(_as_json(session, ways))
        else:
            click.echo(_end(ways))
        return _status(ways, stopped=stopped)
    finally:
        await workspace.aclose()


def _no_turn(state: SessionState, turn: int) -> None:
    if not state.turn:
        raise OperatorError(f"nothing has been said in session {state.session}", "let it talk first")
    raise OperatorError(f"session {state.session} has no turn {turn}", f"its turns go from 1 to {state.turn}")


def _played(state: SessionState, ladder: Sequence[Remedy]) -> Setup:
    """What both ways together need: the models as they are now, and those on the ladder."""
    assert state.setup is not None
    setup = state.setup
    agents = tuple(replace(one, model=state.agents[one.seat].model) for one in setup.agents)
    return replace(setup, agents=agents, rules=replace(setup.rules, ladder=tuple(ladder)))


async def _made_ready(workspace: "Workspace", setup: Setup) -> bool:
    """Fetch and load what is needed; False where the person would rather not wait."""
    from backrooms_tui.assembly.opening import make_ready
    from backrooms_tui.cli.interrupting import interruptible
    from backrooms_tui.cli.progress import ProgressLine
    from backrooms_tui.conversation.casting import models_of

    workspace.providers.require(models_of(setup))
    progress = ProgressLine()
    preparing = asyncio.ensure_future(make_ready(workspace, setup, progress))
    with interruptible(preparing.cancel):
        try:
            await preparing
        except asyncio.CancelledError:
            return False
        finally:
            progress.finish()
    return True


# What is printed -----------------------------------------------------------------------------------------------------


def _print(ways: "BothWays", stop: Callable[[], object]) -> None:
    """Print each way as it goes on; when nobody reads any more, `stop`."""
    from backrooms_tui.cli.printing import Printing

    for way in ways.ways:
        printing = Printing(_Lines(way))
        printing.on_closed = stop
        way.conversation.listen(printing)


class _Lines:
    """A listener that prints a line for each turn of `way`, and for what else is worth one."""

    def __init__(self, way: "Way") -> None:
        self._way = way
        self._names = max(cells(harmless_line(agent.name)) for agent in way.state.agents.values())

    def hear(self, event: AnyEvent) -> None:
        """Print what `event` is worth. Raises BrokenPipeError when nobody reads any more."""
        match event:
            case TurnEnded():
                self._line(f"{event.turn:>4} {self._who(event)} {_meter(event.stall)}", " ".join(event.text.split()))
            case Remedied():
                self._line("   ·", event.detail)
            case TurnFailed():
                again = trying_again(event.retry_in)
                self._line("   ✗", f"{event.name}: {event.trouble.message}{again}")
            case _:
                pass

    async def settled(self) -> None:
        """Everything is printed as it is heard."""

    def _who(self, event: TurnEnded) -> str:
        name = harmless_line(event.name)
        return f"{mark(event.agent)} {name}{' ' * (self._names - cells(name))}"

    def _line(self, head: str, text: str) -> None:
        width = get_terminal_size().columns if sys.stdout.isatty() else _WIDTH
        sys.stdout.write(f"{shortened(f'{self._way.name:<8}{head}  {harmless_line(text)}', width).rstrip()}\n")
        sys.stdout.flush()


def _meter(stall: float | None) -> str:
    if stall is None:
        return "      "
    return f"{_BARS[max(0, min(len(_BARS) - 1, int(stall * len(_BARS))))]} {stall:.2f}"


def _beginning(turn: int, before: str, turns: int, ladder: Sequence[Remedy], own: bool) -> str:
    steps = ", ".join(step.kind for step in ladder)
    whose = "the session's own ladder" if own else "the standard ladder, as the session has none"
    where = f"From turn {turn}, before {before}" if before else f"From turn {turn}"
    return f"{where}, {turns} {'turn' if turns == 1 else 'turns'} each way, with {whose}: {steps}\n"


def _end(ways: "BothWays") -> str:
    from backrooms_tui.assembly.branching.ways_compared import told

    kept = "\n".join(f"{way.name:<8}{way.state.session}  backrooms replay {way.state.session}" for way in ways.ways)
    return f"\n{harmless_line(told(*ways.outcomes()))}\n\n{kept}"


def _as_json(session: str, ways: "BothWays") -> dict[str, Any]:
    made = {way.name: _way_as_json(outcome) for way, outcome in zip(ways.ways, ways.outcomes(), strict=True)}
    return {"session": session, "from": ways.turn, "turns": ways.turns, **made}


def _way_as_json(outcome: "Outcome") -> dict[str, Any]:
    return {
        "session": outcome.session,
        "title": outcome.title,
        "stalled": outcome.stalled,
        "share": None if outcome.share is None else round(outcome.share, 4),
        "stall_at": outcome.stall_at,
        "turns": [
            {"turn": one.turn, "agent": one.agent, "name": one.name, "stall": round(one.stall, 4)}
            for one in outcome.turns
        ],
        "remedies": [
            {"turn": one.turn, "step": one.step, "remedy": one.remedy, "agent": one.agent, "detail": one.detail}
            for one in outcome.remedies
        ],
        "how": outcome.how,
        "why": outcome.why,
    }


def _status(ways: "BothWays", *, stopped: bool) -> int:
    if stopped:
        return INTERRUPTED
    troubled = [way for way in ways.ways if way.trouble is not None]
    for way in troubled:
        assert way.trouble is not None
        complain(f"{way.name} the ladder: {way.trouble.message}", way.trouble.cure)
    return PROVIDER_TROUBLE if troubled else 0
