"""`backrooms sessions mark` and `moments`: stars, tags and notes that a person adds later, and what was starred."""

import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar

import click

from backrooms_tui.cli.completing import session_ids, tag_names
from backrooms_tui.cli.many_values import ManyValues
from backrooms_tui.cli.tables import print_json, print_table
from backrooms_tui.session.harmless import harmless
from backrooms_tui.session.mark import Mark, tags_of

if TYPE_CHECKING:
    from backrooms_tui.store.marking import Moment

_FIRST_WORDS = 200  # letters of what was said that a table shows


class _ManyTags(ManyValues):
    greedy: ClassVar[Mapping[str, str]] = {"--tag": "", "--untag": ""}


@click.command(cls=_ManyTags)
@click.argument("session", shell_complete=session_ids)
@click.option("--turn", type=click.IntRange(min=1), metavar="N", help="Mark this turn, not the session itself.")
@click.option("--star/--no-star", default=None, help="Give it a star, or take it away.")
@click.option("--tag", "tags", multiple=True, metavar="TAG...", shell_complete=tag_names, help="Add tags.")
@click.option("--untag", "untags", multiple=True, metavar="TAG...", shell_complete=tag_names, help="Take tags away.")
@click.option("--note", metavar="TEXT", help="Write a note in place of the one there is; '' takes it away.")
@click.option("--json", "as_json", is_flag=True, help="Print the marks as an array.")
def mark(
    session: str,
    turn: int | None,
    star: bool | None,
    tags: tuple[str, ...],
    untags: tuple[str, ...],
    note: str | None,
    as_json: bool,
) -> None:
    """Mark SESSION, or one of its turns; without options, show its marks.

    A mark is yours, and no part of what happened: it can change at any time, and is not in exported events. A turn's
    mark belongs to its number, and stays when the turn is edited or spoken again.
    """
    from backrooms_tui.assembly.workspace import Workspace

    added, gone = tags_of(" ".join(tags)), tags_of(" ".join(untags))

    def changed(before: Mark) -> Mark:
        after = before.untagged(gone).tagged(added)
        if star is not None:
            given = before.starred if before.starred is not None else time.time()
            after = replace(after, starred=given if star else None)
        return after if note is None else replace(after, note=note.strip())

    with closing(Workspace()) as workspace:
        store = workspace.store
        found = store.find(session)
        if star is not None or added or gone or note is not None:
            store.mark(found, turn or 0, changed)
        marks = store.marks(found)
    if turn is not None:
        marks = {number: one for number, one in marks.items() if number == turn}
    if as_json:
        print_json(marks_as_json(marks))
    elif any(marks.values()):
        print_marks(marks)
    else:
        click.echo("Nothing is marked there." if turn is None else f"Turn {turn} has no mark.")


@click.command()
@click.option("--tag", metavar="TAG", shell_complete=tag_names, help="Only what has this tag.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="At most N.")
@click.option("--json", "as_json", is_flag=True, help="Print an array, what was starred last first.")
def moments(tag: str | None, limit: int | None, as_json: bool) -> None:
    """List the best moments: all turns and sessions with a star, what was starred last first."""
    from backrooms_tui.assembly.workspace import Workspace

    wanted = tags_of(tag or "")
    with closing(Workspace()) as workspace:
        found = workspace.store.moments(wanted[0] if wanted else None, limit)
    if as_json:
        print_json([_moment_as_json(one) for one in found])
    elif found:
        rows = [(one.session, str(one.turn or ""), one.name, _words(one), _about(one.mark), one.title) for one in found]
        print_table(("session", "turn", "by", "words", "mark", "title"), rows, stretch=3)
    elif wanted:
        click.echo(f"Nothing with a star has the tag {wanted[0]}.")
    else:
        click.echo("Nothing has a star yet. Give one with: backrooms sessions mark last --turn 3 --star")


def marks_as_json(marks: Mapping[int, Mark]) -> list[dict[str, Any]]:
    """All marks of a session as JSON, its own first, with `turn` null."""
    return [{"turn": turn or None, **mark_as_json(one)} for turn, one in sorted(marks.items())]


def mark_as_json(one: Mark) -> dict[str, Any]:
    """One mark as JSON; `starred` is when, or null."""
    return {"starred": _iso(one.starred), "tags": list(one.tags), "note": one.note}


def print_marks(marks: Mapping[int, Mark]) -> None:
    """The marks of a session, its own first, with whole notes."""
    for turn, one in sorted(marks.items()):
        click.echo(f"{f'turn {turn}' if turn else 'session'} {one.signs}".rstrip())
        for line in harmless(one.note).splitlines():
            click.echo(f"  {line}")


def _words(one: "Moment") -> str:
    words = one.words if one.turn else "the whole session"
    return words[:_FIRST_WORDS] or "(taken back)"


def _about(one: Mark) -> str:
    return f"{replace(one, starred=None).signs} {one.note}".strip()


def _moment_as_json(one: "Moment") -> dict[str, Any]:
    return {
        "session": one.session,
        "title": one.title,
        "turn": one.turn or None,
        "agent": one.agent or None,
        "name": one.name,
        "text": one.words,
        **mark_as_json(one.mark),
    }


def _iso(at: float | None) -> str | None:
    return None if at is None else datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")
