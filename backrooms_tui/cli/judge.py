"""`backrooms judge`: models say what happened in a session and score it by a rubric."""

import asyncio
from typing import TYPE_CHECKING, Any

import click

from backrooms_tui.cli.completing import model_names, session_ids
from backrooms_tui.cli.judgements import delete, judgement_as_json, print_judgement, print_list, print_rubrics
from backrooms_tui.cli.leaving import INTERRUPTED
from backrooms_tui.cli.many_values import ManyValues
from backrooms_tui.cli.tables import print_json
from backrooms_tui.session.harmless import harmless_line
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.settings import folders

if TYPE_CHECKING:
    from backrooms_tui.assembly.judging import Step, Wishes
    from backrooms_tui.assembly.workspace import Workspace
    from backrooms_tui.session.judgement import Judgement, Rubric

_NOTHING_TO_DO = "which session is to be judged?"
_TOLD = "Stopping; verdicts that are finished are kept. Ctrl-C again leaves at once."


@click.command(cls=ManyValues)
@click.argument("session", required=False, shell_complete=session_ids)
@click.option("--rubric", metavar="NAME", help="What is scored: a name that --rubrics lists, or a file.")
@click.option(
    "--lm", "models", multiple=True, metavar="MODEL ...", shell_complete=model_names, help="The judges: one or more."
)
@click.option(
    "--repeats", type=click.IntRange(1, 1000), default=1, show_default=True, metavar="N", help="How often each judges."
)
@click.option("--hide-names", is_flag=True, help="Call the agents Agent A, Agent B, also within what was said.")
@click.option("--swap", is_flag=True, help="Let each judge see the agents in both orders.")
@click.option("--rounds", is_flag=True, help="Judge each round by itself.")
@click.option("--councils", is_flag=True, help="Show the judges also what councils told the agents.")
@click.option("--seed", type=click.IntRange(min=0), metavar="N", help="The same verdicts again, where a model can.")
@click.option("--report", metavar="FILE", help="Then write a report: FILE.md or FILE.html.")
@click.option("--list", "list_", is_flag=True, help="List what judges have said of SESSION so far.")
@click.option("--delete", "delete_", metavar="ID", help="Delete one that --list lists.")
@click.option("--rubrics", is_flag=True, help="List the rubrics.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def judge(
    ctx: click.Context,
    session: str | None,
    rubric: str | None,
    models: tuple[str, ...],
    repeats: int,
    hide_names: bool,
    swap: bool,
    rounds: bool,
    councils: bool,
    seed: int | None,
    report: str | None,
    list_: bool,
    delete_: str | None,
    rubrics: bool,
    as_json: bool,
) -> None:
    """Let models say what happened in SESSION and score it by a rubric.

    Each verdict is asked for by itself: no judge sees another's, nor its own earlier ones. A score that is off the
    scale, or rests on a turn that is not there, is asked for again, and is missing after that. What judges say is kept
    with the session. Ctrl-C stops and keeps the verdicts that are finished.

    A rubric of your own is a TOML file in your rubrics folder (`backrooms locate`), or anywhere.
    """
    if rubrics:
        print_rubrics(folders.rubrics_dir(), as_json=as_json)
        return
    if session is None:
        raise OperatorError(_NOTHING_TO_DO, 'name it, or "last"; --rubrics lists what can be scored')
    from backrooms_tui.assembly.workspace import Workspace

    workspace = Workspace()
    by_nobody = rubric is None and not models
    if (list_ or delete_ is not None) and not by_nobody:
        raise click.UsageError("--list and --delete are for what was judged already: nobody is asked with them")
    if list_ or delete_ is not None or (report is not None and by_nobody):
        try:
            found = workspace.store.find(session)
            if delete_ is not None:
                delete(workspace.store, found, delete_)
            if list_:
                print_list(workspace.store, found, as_json=as_json)
            if report is not None:
                _report(workspace, found, report)
        finally:
            workspace.close()
        return
    from backrooms_tui.assembly.judging import Wishes

    wishes = Wishes(models, repeats, hide_names, swap, rounds, seed, councils=councils)
    ctx.exit(asyncio.run(_judge(workspace, session, rubric, wishes, report, as_json=as_json)))


async def _judge(
    workspace: "Workspace", name: str, rubric: str | None, wishes: "Wishes", report: str | None, *, as_json: bool
) -> int:
    try:
        chosen = _rubric(rubric)
        suffix_of(report)
        session = await asyncio.to_thread(lambda: workspace.store.find(name))
        judgement, stopped = await _judged(workspace, session, chosen, wishes)
        if judgement is None:
            return INTERRUPTED
        if as_json:
            print_json(judgement_as_json(judgement))
        else:
            print_judgement(workspace.store, judgement)
        if report is not None:
            _report(workspace, session, report)
        return INTERRUPTED if stopped else 0
    finally:
        await workspace.aclose()


def _rubric(name: str | None) -> "Rubric":
    from backrooms_tui.judging.rubric_files import find_rubric, rubric_names

    if name is None:
        known = ", ".join(rubric_names(folders.rubrics_dir()))
        raise OperatorError("by which rubric?", f"name one with --rubric: {known}, or a file")
    return find_rubric(name, folders.rubrics_dir())


async def _judged(
    workspace: "Workspace", session: str, rubric: "Rubric", wishes: "Wishes"
) -> "tuple[Judgement | None, bool]":
    """What the judges said, and whether they were stopped; None where they had said nothing by then."""
    from backrooms_tui.assembly.judging import judge_session
    from backrooms_tui.cli.interrupting import interruptible
    from backrooms_tui.cli.progress import ProgressLine
    from backrooms_tui.providers.base import Progress

    line = ProgressLine()

    def told(step: "Step") -> None:
        line(Progress(f"{step.done} of {step.total} verdicts · {step.text}"))

    before = {one.id for one in await asyncio.to_thread(workspace.store.judgements, session)}
    judging = asyncio.ensure_future(judge_session(workspace, session, rubric, wishes, told))
    with interruptible(judging.cancel, _TOLD):
        try:
            return await judging, False
        except asyncio.CancelledError:
            kept = await asyncio.to_thread(workspace.store.judgements, session)
            return next((one for one in kept if one.id not in before), None), True
        finally:
            line.finish()


def suffix_of(report: str | None) -> str:
    """`.md` or `.html`: as what a report is written. Raises OperatorError for anything else."""
    from pathlib import Path

    suffix = Path(report).suffix.casefold() if report is not None else ".md"
    if suffix not in (".md", ".html"):
        raise OperatorError(f"a report cannot be written as {report!r}", "name a file that ends with .md or .html")
    return suffix


def _report(workspace: "Workspace", session: str, place: str) -> None:
    from functools import partial
    from pathlib import Path

    from backrooms_tui.assembly.files.exporting import record_of
    from backrooms_tui.formats.outgoing.landing import land

    write: Any
    if suffix_of(place) == ".html":
        from backrooms_tui.formats.outgoing.report_html import write_report_html as write
    else:
        from backrooms_tui.formats.outgoing.report_markdown import write_report_markdown as write
    written = land(partial(write, record_of(workspace.store, session)), Path(place))
    click.echo(f"The report is in {harmless_line(str(written))}", err=True)
