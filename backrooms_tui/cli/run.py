"""`backrooms run`: a conversation without the screen."""

import asyncio
import math
import sys
from typing import Any

import click

from backrooms_tui.cli.completing import template_names
from backrooms_tui.cli.leaving import INTERRUPTED, PROVIDER_TROUBLE, complain
from backrooms_tui.cli.many_values import ManyValues
from backrooms_tui.cli.prose import hanging
from backrooms_tui.cli.rules_options import rules_options
from backrooms_tui.cli.talk_options import EVERY_SEAT, pair, params_by_seat, talk_options
from backrooms_tui.cli.world_options import world_options, world_wishes
from backrooms_tui.conversation.casting import Cast, Choices
from backrooms_tui.session.setup import Setup
from backrooms_tui.session.state import SessionState
from backrooms_tui.session.trouble import OperatorError

DEFAULT_TEMPLATE = "cli"


@click.command(cls=ManyValues)
@click.argument("template", required=False, shell_complete=template_names)
@click.option(
    "--template", "named", metavar="TEMPLATE", shell_complete=template_names, help="The template, as an option."
)
@talk_options(
    "One model for all seats, or one a seat.",
    seed="Repeat a run where the models can.",
    words="Say this to all agents before the first turn.",
)
@click.option("--set", "variables", multiple=True, metavar="NAME=VALUE ...", help="Fill a variable of the template.")
@click.option("--budget", type=click.FloatRange(min=0, min_open=True), metavar="USD", help="End when this is spent.")
@rules_options
@world_options
@click.option("--format", "shape", type=click.Choice(["text", "jsonl"]), default="text", help="How to print it.")
@click.option("--title", metavar="TEXT", help="What the session is called.")
@click.option("--show-reasoning", is_flag=True, help="Print the models' reasoning as well.")
@click.pass_context
def run(
    ctx: click.Context,
    /,
    template: str | None,
    named: str | None,
    models: tuple[str, ...],
    max_turns: int | None,
    variables: tuple[str, ...],
    params: tuple[str, ...],
    seed: int | None,
    words: tuple[str, ...],
    budget: float | None,
    shape: str,
    title: str | None,
    show_reasoning: bool,
    allow: tuple[str, ...],
    ask: tuple[str, ...],
    deny: tuple[str, ...],
    notebook: str | None,
    documents: str | None,
    **rules: Any,
) -> None:
    """Run a conversation here, without the screen.

    TEMPLATE is a name from `backrooms templates list` or the path of a file; cli if left out. Ctrl-C once ends after
    keeping what was said, twice ends at once.

    \b
    backrooms run cli --lm local local --max-turns 6
    backrooms run duo --lm opus gpt --set topic="the sea" --budget 0.50
    backrooms run exos --lm opus --allow web --documents ./papers
    """
    if template and named:
        raise click.UsageError("the template is given twice: leave one out")
    if budget is not None and not math.isfinite(budget):
        raise click.BadParameter(f"{budget} is not an amount of money.", ctx, param_hint="'--budget'")
    seats = params_by_seat(params)
    everyone = seats.pop(EVERY_SEAT, {})
    choices = Choices(
        models=models,
        variables=dict(pair(text, "--set") for text in variables),
        params=everyone,
        seat_params=seats,
        max_turns=max_turns,
        budget=budget,
        seed=seed,
        title=title,
        **world_wishes(allow=allow, ask=ask, deny=deny, notebook=notebook, documents=documents),
        **rules,
    )
    status = asyncio.run(_run(template or named or DEFAULT_TEMPLATE, choices, words, shape, show_reasoning))
    ctx.exit(status)


async def _run(template: str, choices: Choices, words: tuple[str, ...], shape: str, show_reasoning: bool) -> int:
    from backrooms_tui.assembly.opening import choose_cast, make_ready, open_conversation
    from backrooms_tui.assembly.workspace import Workspace
    from backrooms_tui.assembly.worlds.reach import reach_notices
    from backrooms_tui.cli.interrupting import interruptible
    from backrooms_tui.cli.permission_desk import PermissionDesk, attended
    from backrooms_tui.cli.printing import Printing, printer
    from backrooms_tui.cli.progress import ProgressLine

    workspace = Workspace()
    progress = ProgressLine()
    try:
        chosen = choose_cast(workspace, template, choices)
        if chosen.setup.rules.order == "manual":
            raise OperatorError(
                "in the order 'manual' somebody picks who speaks, and here is nobody who could",
                "choose another with --order, or play it in the application: backrooms",
            )

        async def prepare() -> Setup:
            # A database that cannot be used is said before a model is fetched.
            await asyncio.to_thread(lambda: workspace.store)
            return await make_ready(workspace, chosen.setup, progress)

        preparing = asyncio.ensure_future(prepare())
        with interruptible(preparing.cancel):
            try:
                setup = await preparing
            except asyncio.CancelledError:
                return INTERRUPTED
            finally:
                progress.finish()
        if shape == "jsonl" or (sys.stderr.isatty() and not sys.stdout.isatty()):
            # Else the person reads it as the first thing that the session's own text says.
            for notice in reach_notices(workspace, setup):
                click.echo("\n".join(hanging(notice)), err=True)
        here = attended(shape)
        asked_here = here and sys.stdout.isatty()
        printing = Printing(printer(shape, show_reasoning=show_reasoning, asked_here=asked_here))
        opened = await open_conversation(workspace, Cast(setup, chosen.notices), [printing])
        conversation = opened.conversation
        conversation.listen_within(printing.hear_within)
        if opened.recorder.unmarked:
            complain(opened.recorder.unmarked, "keep the database on a disk of this machine")

        desk = PermissionDesk(attended=here)

        def end(why: str) -> None:
            conversation.end("interrupted", why)
            desk.leave()

        def nobody_reads() -> None:
            end("Nobody could read the output any more.")

        printing.on_closed = nobody_reads
        if printing.closed:
            nobody_reads()
        try:
            with interruptible(lambda: end("Interrupted by the operator.")):
                for text in words:
                    conversation.interject(text)
                if conversation.state.status != "ended":
                    await desk.run(conversation)
        finally:
            await opened.aclose()
        return _status(conversation.state)
    finally:
        await workspace.aclose()


def _status(state: SessionState) -> int:
    if state.ended is not None:
        return INTERRUPTED if state.ended.reason == "interrupted" else 0
    kept = f"What was said is kept: backrooms sessions show {state.session}"
    if state.trouble is None:
        # It stands still and waits for a person, as its rules say.
        complain(f"It was paused: {state.reason}.", f"{kept}\nGo on with it in the application: backrooms")
        return 0
    complain(state.trouble.message, f"{state.trouble.cure}\n{kept}" if state.trouble.cure else kept)
    return PROVIDER_TROUBLE
