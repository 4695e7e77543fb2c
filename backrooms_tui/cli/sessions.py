"""`backrooms sessions`: what has happened so far."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from backrooms_tui.cli.both import both
from backrooms_tui.cli.branches import branch
from backrooms_tui.cli.compare import compare
from backrooms_tui.cli.completing import session_ids
from backrooms_tui.cli.export import export
from backrooms_tui.cli.family import branches
from backrooms_tui.cli.find import find
from backrooms_tui.cli.marks import mark, mark_as_json, marks_as_json, moments, print_marks
from backrooms_tui.cli.report import report
from backrooms_tui.cli.stall import stall
from backrooms_tui.cli.tables import print_json, print_table
from backrooms_tui.cli.trash import delete, print_trash, restore
from backrooms_tui.cli.verify import verify
from backrooms_tui.session.events import SessionOpened
from backrooms_tui.session.harmless import harmless_line
from backrooms_tui.session.trouble import OperatorError

if TYPE_CHECKING:
    from backrooms_tui.store.database import Store
    from backrooms_tui.store.summaries import SessionSummary


@click.group()
def sessions() -> None:
    """List, show, find, rename, delete, restore and verify sessions.

    SESSION is an id, the beginning of one, a title, or "last".
    """


@sessions.command("list")
@click.argument("words", nargs=-1)
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="At most N sessions.")
@click.option("--trash", is_flag=True, help="List what was deleted and can still be restored.")
@click.option("--json", "as_json", is_flag=True, help="Print an array, newest first.")
def list_(words: tuple[str, ...], limit: int | None, trash: bool, as_json: bool) -> None:
    """List sessions, newest first; WORDS keep those whose title, template, agents or tags have them.

    is:starred and tag:NAME keep those that are marked so, or have such a turn.
    """
    with _store() as store:
        if trash:
            print_trash(store, " ".join(words), limit, as_json=as_json)
            return
        found = store.list_sessions(limit=limit, filter=" ".join(words))
        living = store.living()
    if as_json:
        print_json([{**_as_json(summary), "live": summary.id in living} for summary in found])
    elif found:
        print_table(
            ("id", "title", "template", "agents", "turns", "cost", "when"),
            [_row(one, live=one.id in living) for one in found],
            stretch=1,
        )
    elif words:
        click.echo("No session matches. `backrooms sessions find` searches in what was said.")
    else:
        click.echo("No sessions yet. Begin with: backrooms run cli --max-turns 6")


@sessions.command()
@click.argument("session", shell_complete=session_ids)
@click.option("--json", "as_json", is_flag=True, help="Print the summary and every turn as JSON.")
def show(session: str, as_json: bool) -> None:
    """Show what was said in SESSION."""
    with _store() as store:
        found = store.find(session)
        if as_json:
            print_json(_whole(store, found))
            return
        from backrooms_tui.cli.live_text import LiveText

        listener = LiveText(kept=store.events)
        title = store.summary(found).title
        for event in store.events(found):
            listener.hear(_titled(event, title) if isinstance(event, SessionOpened) else event)
        listener.finish()
        marks = store.marks(found)
    if marks:
        click.echo()
        print_marks(marks)


@sessions.command()
@click.argument("session", shell_complete=session_ids)
@click.argument("title")
def rename(session: str, title: str) -> None:
    """Give SESSION another TITLE."""
    title = " ".join(title.split())
    if not title:
        raise OperatorError("a session needs a title", "write it behind the session's name")
    with _store() as store:
        found = store.find(session)
        store.rename(found, title)
    click.echo(f"{found} is now called {harmless_line(title)}")


sessions.add_command(delete)
sessions.add_command(restore)
sessions.add_command(verify)
sessions.add_command(stall)
sessions.add_command(export)
sessions.add_command(report)
sessions.add_command(find)
sessions.add_command(mark)
sessions.add_command(moments)
sessions.add_command(both)
sessions.add_command(branch)
sessions.add_command(branches)
sessions.add_command(compare)


@contextmanager
def _store() -> "Iterator[Store]":
    from backrooms_tui.assembly.workspace import Workspace

    workspace = Workspace()
    try:
        yield workspace.store
    finally:
        workspace.close()


def _as_json(summary: "SessionSummary") -> dict[str, Any]:
    return {
        "id": summary.id,
        "title": summary.title,
        "template": summary.template,
        "agents": [{"seat": one.seat, "name": one.name, "model": one.model} for one in summary.agents],
        "turns": summary.turns,
        "cost": summary.cost,
        "unpriced_turns": summary.unpriced,
        "started": _iso(summary.started),
        "last": _iso(summary.last),
        "status": summary.status,
        "parent": summary.parent,
        **mark_as_json(summary.mark),
        "starred_turns": summary.starred_turns,
    }


def _whole(store: "Store", session: str) -> dict[str, Any]:
    state = store.state(session)
    summary = store.summary(session)
    return {
        "id": session,
        "title": summary.title,
        "template": summary.template,
        "agents": [{"seat": a.seat, "name": a.name, "model": a.model} for a in state.agents.values()],
        "turns": [
            {"turn": turn.turn, "agent": turn.agent, "name": turn.name, "text": turn.text, "cost": turn.cost}
            for _, turn in sorted(state.turns.items())
        ],
        "cost": state.cost,
        "started": _iso(state.started),
        "parent": state.parent,
        "marks": marks_as_json(store.marks(session)),
        "live": store.keeper(session) is not None,
    }


def _row(one: "SessionSummary", *, live: bool) -> tuple[str, ...]:
    when = datetime.fromtimestamp(one.started).strftime("%Y-%m-%d %H:%M")  # noqa: DTZ006 - the person's own time
    return (
        one.id,
        f"{replace(one.mark, tags=()).signs} {one.title}".lstrip(),
        one.template,
        " ↔ ".join(agent.name for agent in one.agents),
        str(one.turns),
        _cost(one.cost, one.unpriced),
        "◉ live" if live else when,
    )


def _cost(cost: float, unpriced: int) -> str:
    """What is known of the cost: a turn without a known price is not a free one."""
    if unpriced:
        return f"${cost:.4f} + ?" if cost else "?"
    return f"${cost:.4f}" if cost else "free"


def _titled(opened: SessionOpened, title: str) -> SessionOpened:
    """The setup that was recorded keeps the title from before a session was renamed."""
    return replace(opened, setup=replace(opened.setup, title=title))


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")
