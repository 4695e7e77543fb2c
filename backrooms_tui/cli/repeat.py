"""`backrooms repeat`: a template many times, and what came of it."""

import asyncio
import math
from collections.abc import Mapping
from contextlib import closing
from typing import TYPE_CHECKING, Any, ClassVar

import click

from backrooms_tui.cli.completing import model_names, template_names
from backrooms_tui.cli.leaving import INTERRUPTED, PROVIDER_TROUBLE, complain
from backrooms_tui.cli.many_values import ManyValues
from backrooms_tui.cli.prose import hanging
from backrooms_tui.cli.rules_options import rules_options
from backrooms_tui.cli.talk_options import EVERY_SEAT, pair, params_by_seat
from backrooms_tui.cli.world_options import world_options, world_wishes

if TYPE_CHECKING:
    from backrooms_tui.assembly.batches.planning import Wish
    from backrooms_tui.assembly.batches.repeating import RunningBatch
    from backrooms_tui.assembly.workspace import Workspace
    from backrooms_tui.conversation.casting import Choices

_NEWEST = "last"
_ALL_JOBS = 64


class _Models(ManyValues):
    """`--judge A B` as `--lm A B`."""

    greedy: ClassVar[Mapping[str, str]] = {**ManyValues.greedy, "--judge": ""}


@click.command(cls=_Models)
@click.argument("template", required=False, shell_complete=template_names)
@click.option("-n", "runs", type=click.IntRange(1, 10_000), metavar="N", help="How many runs.  [default: 20]")
@click.option("--jobs", type=click.IntRange(1, _ALL_JOBS), metavar="N", help="Runs at the same time.  [default: 1]")
@click.option("--seed", type=click.IntRange(min=0), metavar="N", help="Where the seeds of all runs come from.")
@click.option(
    "--lm",
    "models",
    multiple=True,
    metavar="MODEL ...",
    shell_complete=model_names,
    help="One model for all seats, or one a seat.",
)
@click.option("--set", "variables", multiple=True, metavar="NAME=VALUE ...", help="Fill a variable of the template.")
@click.option(
    "--param",
    "params",
    multiple=True,
    metavar="NAME=VALUE ...",
    help="Set a model parameter: temperature=0.9 for all seats, 2.temperature=0.9 for seat 2.",
)
@click.option("--max-turns", type=click.IntRange(min=0), metavar="N", help="End each run after N turns; 0 is no limit.")
@rules_options
@world_options
@click.option(
    "--budget",
    type=click.FloatRange(min=0, min_open=True),
    metavar="USD",
    help="Stop when all runs cost this together.",
)
@click.option("--title", metavar="TEXT", help="What the batch is called, and with a number each run.")
@click.option("--rubric", default="", metavar="NAME", help="Have each run judged by this; `backrooms judge` says more.")
@click.option(
    "--judge",
    "judges",
    multiple=True,
    metavar="MODEL ...",
    shell_complete=model_names,
    help="Who judges each run; your default model where you name none.",
)
@click.option("--repeats", type=click.IntRange(1, 1000), default=1, metavar="N", help="How often each judge is asked.")
@click.option("--hide-names", is_flag=True, help="Judges see Agent A, Agent B in place of names.")
@click.option("--swap", is_flag=True, help="Each judge sees the agents in both orders.")
@click.option("--rounds", "by_round", is_flag=True, help="Each round is judged by itself.")
@click.option("--csv", "table", metavar="FILE", help="Write the measures to FILE, and the runs beside it.")
@click.option("--json", "as_json", is_flag=True, help="Print what came of it as JSON.")
@click.option(
    "--resume", is_flag=False, flag_value=_NEWEST, metavar="[BATCH]", help="Go on with a batch; the newest if left out."
)
@click.option("--list", "listing", is_flag=True, help="List all batches.")
@click.option("--show", metavar="BATCH", help="Show what came of a batch.")
@click.option("--delete", metavar="BATCH", help="Forget a batch; the sessions of its runs stay.")
@click.option("--sessions", "with_sessions", is_flag=True, help="With --delete: put its sessions into the trash, too.")
@click.pass_context
def repeat(
    ctx: click.Context,
    /,
    template: str | None,
    table: str | None,
    as_json: bool,
    resume: str | None,
    listing: bool,
    show: str | None,
    delete: str | None,
    with_sessions: bool,
    **wishes: Any,
) -> None:
    """Run TEMPLATE many times, and say what came of it: each measure and figure with its mean, the spread of the runs,
    and the 95% interval of the mean (Student's t).

    Each run is a session of its own with a seed of its own; the same --seed makes the same seeds. Ctrl-C stops after
    the turns that are being spoken, and --resume goes on from there, as it does after a crash: what is over is not run
    again, what failed is tried again.

    \b
    backrooms repeat debate -n 20 --seed 1 --jobs 4 --lm haiku --rubric debate --judge opus
    backrooms repeat --resume
    backrooms repeat --show last --csv debate.csv
    """
    doing = [template, resume, show, delete, "list" if listing else None]
    if sum(one is not None for one in doing) != 1:
        raise click.UsageError("name a template, or say --resume, --list, --show or --delete")
    if with_sessions and delete is None:
        raise click.UsageError("--sessions belongs to --delete")
    if template is None:
        only = ("jobs", "budget") if resume is not None else ()
        _nothing_else(ctx, only)
    budget = wishes["budget"]
    if budget is not None and not math.isfinite(budget):
        raise click.BadParameter(f"{budget} is not an amount of money.", ctx, param_hint="'--budget'")
    if template is not None:
        ctx.exit(asyncio.run(_begin(template, *_wished(wishes), table, as_json)))
    if resume is not None:
        ctx.exit(asyncio.run(_resume(resume, wishes["jobs"], budget, table, as_json)))
    from backrooms_tui.assembly.workspace import Workspace
    from backrooms_tui.cli import batches

    with closing(Workspace()) as workspace:
        if listing:
            batches.print_list(workspace, as_json=as_json)
        elif show is not None:
            batches.print_one(workspace, workspace.store.batches.find(show), table, as_json=as_json)
        elif delete is not None:
            batches.delete(workspace, workspace.store.batches.find(delete), with_sessions=with_sessions)


def _nothing_else(ctx: click.Context, only: tuple[str, ...]) -> None:
    """A batch that is there has its plan: what would be another one is refused rather than overlooked."""
    kept = {"template", "table", "as_json", "resume", "listing", "show", "delete", "with_sessions", *only}
    for param in ctx.command.params:
        name = param.name or ""
        source = ctx.get_parameter_source(name)
        if name not in kept and source is not None and source.name == "COMMANDLINE":
            raise click.UsageError(f"{param.opts[-1]} is for a new batch: a batch that is there keeps its plan")


def _wished(wishes: dict[str, Any]) -> tuple["Choices", "Wish"]:
    from backrooms_tui.assembly.batches.planning import Wish
    from backrooms_tui.conversation.casting import Choices

    seats = params_by_seat(wishes.pop("params"))
    everyone = seats.pop(EVERY_SEAT, {})
    wish = Wish(
        runs=wishes.pop("runs") or 20,
        jobs=wishes.pop("jobs") or 1,
        seed=wishes.pop("seed"),
        budget=wishes.pop("budget"),
        **{name: wishes.pop(name) for name in ("rubric", "judges", "repeats", "hide_names", "swap", "by_round")},
    )
    variables = dict(pair(text, "--set") for text in wishes.pop("variables"))
    worlds = world_wishes(**{name: wishes.pop(name) for name in ("allow", "ask", "deny", "notebook", "documents")})
    return Choices(variables=variables, params=everyone, seat_params=seats, **worlds, **wishes), wish


async def _begin(template: str, choices: "Choices", wish: "Wish", table: str | None, as_json: bool) -> int:
    from backrooms_tui.assembly.batches.planning import caution, planned
    from backrooms_tui.assembly.batches.repeating import begin_batch
    from backrooms_tui.assembly.workspace import Workspace

    workspace = Workspace()
    try:
        batch = await asyncio.to_thread(planned, workspace, template, choices, wish)
        for notice in filter(None, (*batch.notices, caution(batch))):
            click.echo("\n".join(hanging(notice)), err=True)
        return await _run(workspace, await begin_batch(workspace, batch), table, as_json)
    finally:
        await workspace.aclose()


async def _resume(name: str, jobs: int | None, budget: float | None, table: str | None, as_json: bool) -> int:
    from backrooms_tui.assembly.batches.repeating import resume_batch
    from backrooms_tui.assembly.workspace import Workspace

    workspace = Workspace()
    try:
        id = await asyncio.to_thread(lambda: workspace.store.batches.to_resume(name))
        return await _run(workspace, await resume_batch(workspace, id, jobs=jobs, budget=budget), table, as_json)
    finally:
        await workspace.aclose()


async def _run(workspace: "Workspace", batch: "RunningBatch", table: str | None, as_json: bool) -> int:
    from backrooms_tui.cli import batches
    from backrooms_tui.cli.batch_progress import BatchProgress
    from backrooms_tui.cli.interrupting import interruptible
    from backrooms_tui.cli.permission_desk import tell_denied
    from backrooms_tui.cli.progress import ProgressLine

    shown, fetching = BatchProgress(), ProgressLine()
    id = batch.batch.id
    try:
        if batch.todo:
            preparing = asyncio.ensure_future(batch.make_ready(fetching))
            with interruptible(preparing.cancel):
                try:
                    await preparing
                except asyncio.CancelledError:
                    complain("Nothing was begun.", f"Go on with it: backrooms repeat --resume {id}")
                    return INTERRUPTED
                finally:
                    fetching.finish()
            batch.told = lambda: shown(batch.going)

            def stop() -> None:
                shown.finish()
                batch.stop()

            with interruptible(stop, "Stopping after the turns that are being spoken. Ctrl-C again leaves at once."):
                await batch.run()
    finally:
        shown.finish()
        await batch.aclose()
    await asyncio.to_thread(batches.print_one, workspace, id, table, as_json=as_json)
    tell_denied([batch.alone])
    return _status(batch)


def _status(batch: "RunningBatch") -> int:
    id = batch.batch.id
    again = f"Go on with it: backrooms repeat --resume {id}"
    if batch.stopped:
        complain(f"{batch.going.done} of {batch.going.total} runs are done; the others stand where they were.", again)
        return INTERRUPTED
    for run in batch.failed:
        what = f"run {run.number} failed: {run.why}" if run.why else f"run {run.number} was not judged: {run.unjudged}"
        complain(what, "")
    if batch.spent:
        budget = batch.batch.budget or 0.0
        complain(f"The budget of ${budget:.2f} for all runs is reached.", f"{again} --budget {2 * budget:g}")
        return 0
    if batch.failed:
        complain("What failed is tried again when the batch goes on.", again)
        return PROVIDER_TROUBLE
    return 0
