"""Marks: what a person adds later to a session (turn 0) or to one of its turns. They may change at any time, also while
another process records the session, and belong to the turn's number: a turn that is edited, or spoken again, keeps
them.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection, bindparam, delete, insert, select, text

from backrooms_tui.session.mark import Mark
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.store.schema import marks, sessions, tags
from backrooms_tui.store.storable import storable

SESSION = 0  # in place of a turn's number, where the session itself is meant
_WORDS = 2_000  # letters of a turn that a list of moments is given


@dataclass(frozen=True, slots=True)
class Moment:
    """A starred turn, or a starred session (`turn` 0): what was said (its beginning), by whom, and the mark. `words` is
    empty where the turn was taken back and not spoken again. Text from outside: make it harmless before it is shown."""

    session: str
    title: str
    turn: int
    agent: int
    name: str
    words: str
    mark: Mark


@dataclass(slots=True)
class OfSession:
    """The mark of a session itself, and how many of its turns are starred."""

    mark: Mark = field(default_factory=Mark)
    starred_turns: int = 0


def marks_of(connection: Connection, session: str) -> dict[int, Mark]:
    """All marks of a session by turn, its own at `SESSION`."""
    found = {
        row.turn: Mark(row.starred, (), row.note)
        for row in connection.execute(select(marks).where(marks.c.session == session))
    }
    for row in connection.execute(select(tags).where(tags.c.session == session).order_by(tags.c.place)):
        before = found.get(row.turn, Mark())
        found[row.turn] = Mark(before.starred, (*before.tags, row.tag), before.note)
    return found


def change(connection: Connection, session: str, turn: int, make: Callable[[Mark], Mark]) -> tuple[Mark, Mark] | None:
    """Mark a turn, or the session itself, as `make` makes it of what was there: the mark before and after. None where
    there is no such session, or only in the trash.

    Raises OperatorError where there is no such turn.
    """
    there = select(sessions.c.turns).where(sessions.c.id == session, sessions.c.trashed.is_(None))
    # Of two who mark it at once, PostgreSQL lets one wait for the other; SQLite does so anyhow.
    turns = connection.execute(there.with_for_update(key_share=True)).scalar()
    if turns is None:
        return None
    before = marks_of(connection, session).get(turn, Mark())
    # What was marked and then taken back keeps its mark, which can be changed.
    if not 0 <= turn <= turns and not before:
        has = f"its turns are 1 to {turns}" if turns else "it has none yet"
        raise OperatorError(f"there is no turn {turn} in session {session}", has)
    after = make(before)
    after = replace(after, note=storable(after.note))
    for table in (marks, tags):
        connection.execute(delete(table).where(table.c.session == session, table.c.turn == turn))
    where = {"session": session, "turn": turn}
    if after.starred is not None or after.note:
        connection.execute(insert(marks), {**where, "starred": after.starred, "note": after.note})
    if after.tags:
        rows = [{**where, "folded": tag.casefold(), "tag": tag, "place": place} for place, tag in enumerate(after.tags)]
        connection.execute(insert(tags), rows)
    return before, after


def moments(connection: Connection, tag: str | None, limit: int | None) -> list[Moment]:
    """What was starred in all sessions, what was starred last first, at most `limit`; with `tag`, what has it."""
    rows = connection.execute(_MOMENTS).all()
    tagged: dict[tuple[str, int], list[str]] = {}
    for row in connection.execute(select(tags).order_by(tags.c.place)):
        tagged.setdefault((row.session, row.turn), []).append(row.tag)
    found = [
        Moment(
            row.session,
            row.title,
            row.turn,
            row.agent or 0,
            row.name or "",
            row.words or "",
            Mark(row.starred, tuple(tagged.get((row.session, row.turn), ())), row.note),
        )
        for row in rows
    ]
    if tag is not None:
        wanted = tag.casefold()
        found = [one for one in found if any(own.casefold() == wanted for own in one.mark.tags)]
    return found[:limit]


def of_sessions(connection: Connection, ids: Collection[str]) -> dict[str, OfSession]:
    """What a list of sessions shows of their marks, for those of `ids` that have any."""
    found: dict[str, OfSession] = {}
    if not ids:
        return found
    for row in connection.execute(_OF_SESSIONS, {"ids": list(ids)}):
        one = found.setdefault(row.session, OfSession())
        if row.turn != SESSION:
            one.starred_turns += 1
        elif row.tag is None:
            one.mark = Mark(row.starred, one.mark.tags, row.note)
        else:
            one.mark = Mark(one.mark.starred, (*one.mark.tags, row.tag), one.mark.note)
    return found


def known_tags(connection: Connection) -> list[str]:
    """All tags that anything has, by the alphabet."""
    rows = connection.execute(select(tags.c.tag).distinct()).scalars()
    return sorted({tag.casefold(): tag for tag in rows}.values(), key=str.casefold)


def carrying(connection: Connection, field: str) -> set[str] | None:
    """The sessions that carry what `field` names, themselves or on a turn: `is:starred`, or `tag:` and the beginning of
    a tag. None where it is no such field."""
    name, colon, value = field.casefold().partition(":")
    if colon and value and name == "is" and "starred".startswith(value):
        return set(connection.execute(select(marks.c.session).where(marks.c.starred.is_not(None))).scalars())
    if colon and value and name == "tag":
        return set(
            connection.execute(select(tags.c.session).where(tags.c.folded.startswith(value, autoescape=True))).scalars()
        )
    return None


_MOMENTS = text(
    "SELECT marks.session, sessions.title, marks.turn, marks.starred, marks.note, turns.agent, agents.name,"  # noqa: S608
    f" substr(coalesce(turns.edited, turns.text), 1, {_WORDS}) AS words FROM marks"
    " JOIN sessions ON sessions.id = marks.session AND sessions.trashed IS NULL"
    " LEFT JOIN turns ON turns.session = marks.session AND turns.turn = marks.turn AND turns.state = 'ended'"
    " LEFT JOIN agents ON agents.session = marks.session AND agents.seat = turns.agent"
    " WHERE marks.starred IS NOT NULL ORDER BY marks.starred DESC, marks.session, marks.turn"
)
# One question for both tables: every listing asks it.
_OF_SESSIONS = text(
    "SELECT session, turn, starred, note, NULL AS tag, 0 AS place FROM marks"
    " WHERE session IN :ids AND (turn = 0 OR starred IS NOT NULL)"
    " UNION ALL SELECT session, turn, NULL, NULL, tag, place FROM tags WHERE session IN :ids AND turn = 0"
    " ORDER BY place"
).bindparams(bindparam("ids", expanding=True))
