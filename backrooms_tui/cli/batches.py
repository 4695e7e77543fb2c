"""Batches on standard output: the list of them, and what came of one."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from backrooms_tui.cli.leaving import complain
from backrooms_tui.cli.tables import print_json, print_table
from backrooms_tui.experiments.plan import seed_of
from backrooms_tui.experiments.telling import INTERVAL, ended, interval, money, told
from backrooms_tui.session.harmless import harmless_line

if TYPE_CHECKING:
    from backrooms_tui.assembly.workspace import Workspace
    from backrooms_tui.experiments.results import Quantity, Results
    from backrooms_tui.session.batch import Batch, Run
    from backrooms_tui.store.batches import Standing


def print_list(workspace: "Workspace", *, as_json: bool) -> None:
    """All batches, newest first."""
    standings = workspace.store.batches.listed()
    if as_json:
        print_json([_summary(one) for one in standings])
    elif standings:
        print_table(
            ("id", "title", "template", "done", "failed", "cost", "made"), [_row(one) for one in standings], stretch=1
        )
    else:
        click.echo("There are no batches yet. Make one: backrooms repeat TEMPLATE -n 20")


def print_one(workspace: "Workspace", id: str, table: str | None, *, as_json: bool) -> None:
    """What came of a batch so far; with `table` to that file, too. Raises OperatorError."""
    from backrooms_tui.assembly.files.results_files import write_results
    from backrooms_tui.experiments.results import results

    standing = workspace.store.batches.standing(id)
    batch = standing.batch
    found = results(batch, standing.runs, workspace.store.batches.judgements(id))
    files = write_results(batch, standing.runs, found, Path(table)) if table else []
    if as_json:
        print_json({**_summary(standing), **_whole(standing, found), "files": [str(file) for file in files]})
        return
    _print(standing, found)
    for file in files:
        click.echo(harmless_line(str(file)))


def delete(workspace: "Workspace", id: str, *, with_sessions: bool) -> None:
    """Forget a batch, and put the sessions of its runs into the trash if that is wished. Raises OperatorError."""
    from backrooms_tui.assembly.batches.forgetting import forget_batch

    title = harmless_line(workspace.store.batches.standing(id).batch.title)
    gone = forget_batch(workspace.store, id, with_sessions=with_sessions)
    for error in gone.problems:
        complain(error.what, error.cure)
    if with_sessions:
        left = "1 session is in the trash" if gone.put_away == 1 else f"{gone.put_away} sessions are in the trash"
    else:
        left = "its session stays" if gone.sessions == 1 else f"its {gone.sessions} sessions stay"
    click.echo(f"{id} ({title}) is deleted; {left}.")


# As text --------------------------------------------------------------------------------------------------------------


def _print(standing: "Standing", found: "Results") -> None:
    batch = standing.batch
    judged = f" · judged by {harmless_line(batch.judging.rubric.title)}" if batch.judging is not None else ""
    runs = "1 run" if len(standing.runs) == 1 else f"{len(standing.runs)} runs"
    click.echo(f"{harmless_line(batch.title)} · {runs} of {harmless_line(batch.template)} · ", nl=False)
    click.echo(f"seed {batch.seed}{judged}")
    click.echo(_how_far(standing) + "\n")
    if found.runs:
        headings = ("", "mean", "sd", "95% interval", "n", "missing")
        print_table(headings, [_measured(one) for one in found.quantities])
        click.echo(f"\nended by: {ended(found.ended)}")
        click.echo(f"{INTERVAL}; sd is the standard deviation among the runs")
    else:
        click.echo("No run is over yet.")
    click.echo(f"\nkept as {batch.id}: backrooms repeat --show {batch.id}")


def _how_far(standing: "Standing") -> str:
    runs = standing.runs
    parts = [f"{standing.count('done')} of {len(runs)} done"]
    if failed := standing.count("failed"):
        parts.append(f"{failed} failed")
    if standing.unjudged:
        parts.append(f"{standing.unjudged} not judged")
    if gone := sum(run.gone and run.state == "done" for run in runs):
        parts.append(f"{gone} deleted since and left out")
    parts.append(money(standing.cost, unpriced=_unpriced(runs)))
    if standing.keeper is not None:
        parts.append(f"run by {standing.keeper.spoken}")
    return " · ".join(parts)


def _measured(one: "Quantity") -> tuple[str, ...]:
    summary = one.summary
    missing = str(summary.missing) if summary.missing else ""
    return (one.title, told(summary.mean), told(summary.spread), interval(summary), str(summary.count), missing)


def _row(one: "Standing") -> tuple[str, ...]:
    when = datetime.fromtimestamp(one.batch.at).strftime("%Y-%m-%d %H:%M")  # noqa: DTZ006 - the person's own time
    failed = one.count("failed")
    return (
        one.batch.id,
        one.batch.title,
        one.batch.template,
        f"{one.count('done')} of {len(one.runs)}",
        str(failed) if failed else "",
        money(one.cost, unpriced=_unpriced(one.runs)),
        "◉ running" if one.keeper is not None else when,
    )


def _unpriced(runs: "tuple[Run, ...]") -> bool:
    return any(run.figures is not None and run.figures.values.get("cost") is None for run in runs)


# As JSON --------------------------------------------------------------------------------------------------------------


def _summary(one: "Standing") -> dict[str, Any]:
    batch = one.batch
    return {
        "id": batch.id,
        "title": batch.title,
        "template": batch.template,
        "seed": batch.seed,
        "made": datetime.fromtimestamp(batch.at, UTC).isoformat(timespec="seconds"),
        "runs": len(one.runs),
        "done": one.count("done"),
        "failed": one.count("failed"),
        "unjudged": one.unjudged,
        "jobs": batch.jobs,
        "budget": batch.budget,
        "cost": one.cost,
        "rubric": batch.judging.rubric.name if batch.judging is not None else None,
        "judges": list(batch.judging.models) if batch.judging is not None else [],
        "live": one.keeper is not None,
    }


def _whole(standing: "Standing", found: "Results") -> dict[str, Any]:
    places = {run.number: place for place, run in enumerate(found.runs)}
    return {
        "ended": dict(found.ended),
        "interval": INTERVAL,
        "measures": [_quantity(one) for one in found.quantities],
        "sessions": [_run(standing.batch, run, places.get(run.number), found) for run in standing.runs],
    }


def _quantity(one: "Quantity") -> dict[str, Any]:
    summary = one.summary
    return {
        "measure": one.name,
        "kind": one.kind,
        "agent": one.agent or None,
        "round": one.round,
        "n": summary.count,
        "missing": summary.missing,
        "mean": summary.mean,
        "sd": summary.spread,
        "low95": summary.low,
        "high95": summary.high,
    }


def _run(batch: "Batch", run: "Run", place: int | None, found: "Results") -> dict[str, Any]:
    values = {} if place is None else {one.title: one.values[place] for one in found.quantities}
    return {
        "run": run.number,
        "seed": seed_of(batch.seed, run.number),
        "session": run.session or None,
        "state": run.state,
        "ended": run.figures.ended if run.figures is not None else None,
        "why": run.why or run.unjudged,
        "deleted": run.gone and run.state == "done",
        "values": values,
    }
