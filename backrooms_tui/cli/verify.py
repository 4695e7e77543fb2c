"""`backrooms sessions verify`: whether what is kept is whole."""

import sys
from contextlib import closing
from typing import TYPE_CHECKING, Any

import click

from backrooms_tui.cli.completing import session_ids
from backrooms_tui.cli.leaving import OPERATOR_ERROR
from backrooms_tui.cli.progress import ProgressLine
from backrooms_tui.cli.tables import print_json
from backrooms_tui.cli.trash import anywhere
from backrooms_tui.providers.base import Progress
from backrooms_tui.session.harmless import harmless_line

if TYPE_CHECKING:
    from backrooms_tui.store.database import Store
    from backrooms_tui.store.verifying import Problem, Verified


@click.command()
@click.argument("names", nargs=-1, metavar="[SESSION...]", shell_complete=session_ids)
@click.option("--json", "as_json", is_flag=True, help="Print what was looked through, and what is wrong, as JSON.")
@click.pass_context
def verify(ctx: click.Context, names: tuple[str, ...], as_json: bool) -> None:
    """Look through SESSION..., or through all of them and the database itself, for damage.

    The councils that were held for a session are looked through with it. Events must follow one another without gaps,
    and the turns, totals and words to search in must be what they add up to. What is wrong is said with its place and
    what can be done; then the exit status is 2. Nothing is changed.
    """
    from backrooms_tui.assembly.workspace import Workspace
    from backrooms_tui.store.verifying import all_sessions, and_councils, verify_database

    with closing(Workspace()) as workspace:
        store = workspace.store
        chosen = [anywhere(store, name) for name in names]
        database = [] if chosen else verify_database(store)
        found = _verified(store, and_councils(store, chosen) or all_sessions(store))
    if as_json:
        print_json(
            {"database": [_as_json(one) for one in database], "sessions": [_session_as_json(one) for one in found]}
        )
    else:
        _tell(database, found)
    ctx.exit(OPERATOR_ERROR if database or any(one.problems for one in found) else 0)


def _verified(store: "Store", sessions: list[str]) -> "list[Verified]":
    from backrooms_tui.store.verifying import verify

    line, found = ProgressLine(), []
    shown = sys.stderr.isatty() and len(sessions) > 1
    try:
        for number, session in enumerate(sessions, start=1):
            if shown:
                line(Progress(f"looking through session {number:,} of {len(sessions):,}"))
            found.append(verify(store, session))
    finally:
        line.finish()
    return found


def _tell(database: "list[Problem]", found: "list[Verified]") -> None:
    _list("The database", database)
    for one in found:
        where = " (in the trash)" if one.trashed else ""
        _list(f"{one.id} {harmless_line(one.title)}{where}", one.problems)
    wrong = sum(bool(one.problems) for one in found)
    events, turns = sum(one.events for one in found), sum(one.turns for one in found)
    sessions = f"{len(found):,} session{'' if len(found) == 1 else 's'}"
    looked = f"{sessions} with {turns:,} turns in {events:,} events looked through"
    whole = "all is whole" if not database else "the sessions are whole, the database is not"
    click.echo(f"{looked}: {f'{wrong:,} not whole' if wrong else whole}")


def _list(name: str, problems: "list[Problem]") -> None:
    if not problems:
        return
    click.secho(name, bold=True)
    cure = ""
    for problem in problems:
        if cure not in ("", problem.cure):
            click.echo(f"  → {harmless_line(cure)}")
        cure = problem.cure
        click.echo(f"  · {harmless_line(problem.place)}: {harmless_line(problem.what)}")
    click.echo(f"  → {harmless_line(cure)}")


def _session_as_json(one: "Verified") -> dict[str, Any]:
    return {
        "id": one.id,
        "title": one.title,
        "trashed": one.trashed,
        "turns": one.turns,
        "events": one.events,
        "problems": [_as_json(problem) for problem in one.problems],
    }


def _as_json(problem: "Problem") -> dict[str, str]:
    return {"place": problem.place, "what": problem.what, "cure": problem.cure}
