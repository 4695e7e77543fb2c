"""`backrooms sessions delete` and `restore`: into the trash, out of it again, and gone for good."""

from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from backrooms_tui.cli.completing import session_ids, trashed_ids
from backrooms_tui.cli.tables import print_json, print_table
from backrooms_tui.session.harmless import harmless_line
from backrooms_tui.session.trouble import OperatorError

if TYPE_CHECKING:
    from backrooms_tui.store.database import Store
    from backrooms_tui.store.summaries import SessionSummary


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="SESSION...", shell_complete=session_ids)
@click.option("--forever", is_flag=True, help="Delete for good what is named, in the trash or not.")
@click.option("--yes", is_flag=True, help="Do not ask before deleting for good.")
def delete(names: tuple[str, ...], forever: bool, yes: bool) -> None:
    """Put sessions into the trash, or with --forever delete them and everything that was said in them.

    What is in the trash comes back with `sessions restore`, and is deleted after 30 days.
    """
    from backrooms_tui.assembly.workspace import Workspace

    with closing(Workspace()) as workspace:
        store = workspace.store
        if not forever:
            # All of them are there before the first one goes.
            found = list(dict.fromkeys(store.find(name) for name in names))
            for session in found:
                click.echo(f"In the trash: {_named(store.put_away(session))}")
            click.echo(f"`backrooms sessions restore {' '.join(found)}` brings back, within 30 days.")
            return
        found = list(dict.fromkeys(anywhere(store, name) for name in names))
        noun = "this session" if len(found) == 1 else f"these {len(found)} sessions"
        if not yes and not click.confirm(f"Delete {noun} for good: {', '.join(found)}?"):
            click.echo("Nothing was deleted.")
            return
        for session in found:
            store.delete(session)
        click.echo(f"Deleted for good: {', '.join(found)}")


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="SESSION...", shell_complete=trashed_ids)
def restore(names: tuple[str, ...]) -> None:
    """Bring sessions back from the trash. SESSION is an id or a title there, or "last" for what was deleted last."""
    from backrooms_tui.assembly.workspace import Workspace

    with closing(Workspace()) as workspace:
        store = workspace.store
        for session in dict.fromkeys(store.find_in_trash(name) for name in names):
            click.echo(f"Back again: {_named(store.bring_back(session))}")


def print_trash(store: "Store", words: str, limit: int | None, *, as_json: bool) -> None:
    """What lies in the trash, what was deleted last first, and when each goes for good."""
    from backrooms_tui.store.trash import gone_at

    found = store.in_trash(limit, words)
    if as_json:
        print_json([_as_json(one, gone_at(one.trashed or 0.0)) for one in found])
    elif found:
        rows = [
            (one.id, one.title, str(one.turns), _day(one.trashed or 0.0), _day(gone_at(one.trashed or 0.0)))
            for one in found
        ]
        print_table(("id", "title", "turns", "deleted", "goes for good"), rows, stretch=1)
    else:
        click.echo("Nothing in the trash matches." if words else "The trash is empty.")


def anywhere(store: "Store", name: str) -> str:
    """The id of the session that the person means, in the trash if there is none outside."""
    try:
        return store.find(name)
    except OperatorError as error:
        try:
            return store.find_in_trash(name)
        except OperatorError:
            raise error from None


def _named(one: "SessionSummary") -> str:
    return f"{one.id} {harmless_line(one.title)}".rstrip()


def _as_json(one: "SessionSummary", goes: float) -> dict[str, Any]:
    return {
        "id": one.id,
        "title": one.title,
        "template": one.template,
        "turns": one.turns,
        "cost": one.cost,
        "started": _iso(one.started),
        "parent": one.parent,
        "deleted": _iso(one.trashed or 0.0),
        "goes": _iso(goes),
    }


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")


def _day(at: float) -> str:
    return datetime.fromtimestamp(at).strftime("%Y-%m-%d %H:%M")  # noqa: DTZ006 - the person's own time
