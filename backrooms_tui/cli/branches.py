"""`backrooms sessions branch`: a session goes on from one of its turns in other ways, one or several at once."""

import asyncio
import re
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any

import click

from backrooms_tui.cli.completing import session_ids
from backrooms_tui.cli.leaving import INTERRUPTED, PROVIDER_TROUBLE, complain
from backrooms_tui.cli.live_text import mark
from backrooms_tui.cli.many_values import ManyValues
from backrooms_tui.cli.tables import print_json, print_table, shortened
from backrooms_tui.cli.talk_options import params_by_seat, talk_options
from backrooms_tui.session.events import AnyEvent, TurnEnded, TurnFailed
from backrooms_tui.session.harmless import harmless_line
from backrooms_tui.session.trouble import OperatorError, ProviderTrouble, trying_again

if TYPE_CHECKING:
    from backrooms_tui.assembly.branching.branching import Change
    from backrooms_tui.assembly.opening import Opened
    from backrooms_tui.assembly.workspace import Workspace

_SEATED = re.compile(r"(\d{1,9})=(.+)", re.DOTALL)
_SEVERAL = re.compile(r",(?=\d{1,9}=)")
LARGEST = 1_000_000  # bytes of a file with a system text
_WIDTH = 100  # columns, where no terminal says how many there are


@click.command(cls=ManyValues)
@click.argument("session", shell_complete=session_ids)
@click.option("--from", "turn", type=click.IntRange(min=1), metavar="TURN", help="From the end of this turn; the last.")
@talk_options(
    "A branch for each: MODEL in all seats, SEAT=MODEL in one, 1=MODEL,2=MODEL in two.",
    seed="Another seed than the session's.",
    words="Say this to all agents first.",
)
@click.option(
    "--system",
    "systems",
    multiple=True,
    metavar="SEAT=TEXT",
    help="Another system text for a seat; SEAT=@FILE reads it from a file.",
)
@click.option("--edit", "edits", multiple=True, metavar="TURN=TEXT", help="Let a turn of the past say something else.")
@click.option("--whisper", "whispers", multiple=True, metavar="SEAT=TEXT", help="Say this to one agent first.")
@click.option("--times", type=click.IntRange(1, 100), default=1, metavar="N", help="N branches of each.")
@click.option("--run", "turns", type=click.IntRange(min=1), metavar="TURNS", help="Let each go on for so many turns.")
@click.option("--title", metavar="TEXT", help="What they are called.")
@click.option("--json", "as_json", is_flag=True, help="Print nothing but an array of the branches.")
@click.pass_context
def branch(
    ctx: click.Context,
    session: str,
    turn: int | None,
    models: tuple[str, ...],
    max_turns: int | None,
    params: tuple[str, ...],
    seed: int | None,
    words: tuple[str, ...],
    systems: tuple[str, ...],
    edits: tuple[str, ...],
    whispers: tuple[str, ...],
    times: int,
    turns: int | None,
    title: str | None,
    as_json: bool,
) -> None:
    """Branch SESSION off from the end of a turn, with whatever is to be different. SESSION stays as it is.

    Several models make a branch each: the same moment with each of them. Ctrl-C ends after keeping what was said.

    \b
    backrooms sessions branch last --from 14 --lm opus gpt local --run 6
    backrooms sessions branch last --from 14 --lm 2=gpt --whisper "1=Doubt it." --edit "14=No." --times 3
    """
    from backrooms_tui.assembly.branching.branching import Change

    change = Change(
        params=params_by_seat(params),
        edits=dict(_numbered(one, "--edit", "TURN=TEXT") for one in edits),
        words=words,
        whispers=tuple(_numbered(one, "--whisper", "SEAT=TEXT") for one in whispers),
        manners={seat: {"system": text} for seat, text in map(_system, systems)},
        rules={} if max_turns is None else {"max_turns": max_turns},
        seed=seed,
    )
    seated = [_models(one) for one in models]
    ctx.exit(asyncio.run(_branch(session, turn, change, seated, times, turns, title, as_json)))


async def _branch(
    name: str,
    turn: int | None,
    change: "Change",
    models: Sequence[Mapping[int, str]],
    times: int,
    turns: int | None,
    title: str | None,
    as_json: bool,
) -> int:
    from backrooms_tui.assembly.branching.branching import model_notices, open_branches, variations
    from backrooms_tui.assembly.workspace import Workspace

    workspace = Workspace()
    try:
        session = await asyncio.to_thread(lambda: workspace.store.find(name))
        summary = await asyncio.to_thread(workspace.store.summary, session)
        changes = variations(change, models, times, seed=summary.seed)
        for notice in model_notices(workspace, changes):
            complain(notice)
        opened = await open_branches(workspace, session, turn or summary.turns, changes, title=title)
        status = 0
        try:
            if turns is not None:
                status = await _run(workspace, opened, turns, quiet=as_json, past_limits=not change.limits)
        finally:
            for one in opened:
                await one.aclose()
        _tell(workspace, opened, as_json)
        return status
    finally:
        await workspace.aclose()


async def _run(
    workspace: "Workspace", opened: "Sequence[Opened]", turns: int, *, quiet: bool, past_limits: bool
) -> int:
    from backrooms_tui.assembly.branching.branching import get_ready, take_back
    from backrooms_tui.assembly.branching.running_branches import RunningBranches
    from backrooms_tui.cli.interrupting import interruptible
    from backrooms_tui.cli.permission_desk import tell_denied
    from backrooms_tui.cli.printing import Printing
    from backrooms_tui.cli.progress import ProgressLine

    progress = ProgressLine()
    preparing = asyncio.ensure_future(get_ready(workspace, opened, progress))
    with interruptible(preparing.cancel):
        try:
            await preparing
        except asyncio.CancelledError:
            return INTERRUPTED
        except (OperatorError, ProviderTrouble):  # all or none
            await take_back(workspace, opened)
            raise
        finally:
            progress.finish()
    stopped = False

    def stop() -> None:
        nonlocal stopped
        stopped = True
        for one in opened:
            one.conversation.end("interrupted", "Interrupted by the operator.")

    if not quiet:
        for number, one in enumerate(opened, 1):
            printing = Printing(_Lines(f"{number}  " if len(opened) > 1 else ""))
            printing.on_closed = stop
            one.conversation.listen(printing)
    with interruptible(stop):
        running = RunningBranches(opened, turns, past_limits=past_limits)
        await running.run()
    tell_denied(one.alone for one in running.branches)
    if stopped:
        return INTERRUPTED
    troubled = [one.conversation.state for one in opened if one.conversation.state.trouble is not None]
    for state in troubled:
        assert state.trouble is not None
        complain(f"{state.session}: {state.trouble.message}", state.trouble.cure)
    return PROVIDER_TROUBLE if troubled else 0


class _Lines:
    """A listener that prints a line for each turn, and for each attempt that failed. `head` says of which branch."""

    def __init__(self, head: str) -> None:
        self._head = head

    def hear(self, event: AnyEvent) -> None:
        """Print what `event` is worth. Raises BrokenPipeError when nobody reads any more."""
        if isinstance(event, TurnEnded):
            self._line(f"{event.turn:>4} {mark(event.agent)} {event.name}  {' '.join(event.text.split())}")
        elif isinstance(event, TurnFailed):
            self._line(f"   ✗ {event.name}: {event.trouble.message}{trying_again(event.retry_in)}")

    async def settled(self) -> None:
        """Everything is printed as it is heard."""

    def _line(self, text: str) -> None:
        width = get_terminal_size().columns if sys.stdout.isatty() else _WIDTH
        sys.stdout.write(f"{shortened(harmless_line(self._head + text), width)}\n")
        sys.stdout.flush()


def _tell(workspace: "Workspace", opened: "Sequence[Opened]", as_json: bool) -> None:
    made = [workspace.store.summary(one.conversation.state.session) for one in opened]
    if as_json:
        print_json([_as_json(workspace, one.id, state) for one, state in zip(made, opened, strict=True)])
        return
    if len(made) > 1:
        click.echo()
    print_table(
        ("branch", "title", "agents", "turns"),
        [
            (one.id, one.title, " ↔ ".join(f"{seat.name} ({seat.model})" for seat in one.agents), str(one.turns))
            for one in made
        ],
        stretch=2,
    )


def _as_json(workspace: "Workspace", session: str, opened: "Opened") -> dict[str, Any]:
    one, state = workspace.store.summary(session), opened.conversation.state
    return {
        "id": one.id,
        "title": one.title,
        "parent": one.parent,
        "from": one.parent_turn,
        "agents": [{"seat": seat.seat, "name": seat.name, "model": seat.model} for seat in one.agents],
        "seed": one.seed,
        "turns": one.turns,
        "cost": one.cost,
        "trouble": None if state.trouble is None else state.trouble.message,
    }


# What is typed --------------------------------------------------------------------------------------------------------


def _models(text: str) -> dict[int, str]:
    """`opus` for all seats, `2=opus` for one, `1=opus,2=gpt` for several."""
    from backrooms_tui.assembly.branching.branching import EVERYBODY

    found = [_SEATED.fullmatch(one) for one in _SEVERAL.split(text)]
    if all(found):
        return {int(one[1]): one[2] for one in found if one is not None}
    return {EVERYBODY: text}


def _numbered(text: str, option: str, form: str) -> tuple[int, str]:
    found = _SEATED.fullmatch(text)
    if found is None or not found[2].strip():
        raise OperatorError(
            f"{option} {text!r} does not say what belongs where", f"write {option} {form}, with a number"
        )
    return int(found[1]), found[2]


def _system(text: str) -> tuple[int, str]:
    """`1=You are …`, or `1=@FILE` with the text in a file. Without a text the seat has none."""
    seat, equals, words = text.partition("=")
    if not equals or not re.fullmatch(r"\d{1,9}", seat.strip()):
        raise OperatorError(f"--system {text!r} does not say for whom", "write --system SEAT=TEXT, with a number")
    if not words.startswith("@"):
        return int(seat), words
    path = Path(words.removeprefix("@"))
    with suppress(RuntimeError):  # `~` of somebody whom nobody knows here: a name like any other
        path = path.expanduser()
    try:
        size = path.stat().st_size if path.is_file() else None
        if size is None or size > LARGEST:
            why = "it is no file" if size is None else f"it has {size:,} bytes"
            raise OperatorError(f"{path} is no system text: {why}", "name a small text file")
        return int(seat), path.read_text("utf-8-sig").strip("\n")
    except (OSError, UnicodeError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else "it is not UTF-8 text"
        raise OperatorError(f"{path} cannot be read: {why}", "name a text file that is there") from None
