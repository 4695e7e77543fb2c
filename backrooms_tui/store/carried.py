"""Where the marks stand that somebody seeks. They are few, beside all that was said: they are looked up first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, TextClause, bindparam, text

from backrooms_tui.store.query import Kept, Marked
from backrooms_tui.store.words import pattern_of


@dataclass(frozen=True, slots=True)
class Carried:
    """Who carries a mark: whole sessions (ids) with everything said in them, and single turns (their `said.id`). Not
    `wanted`, these are left out."""

    wanted: bool
    sessions: list[str]
    places: list[int]


def carried(connection: Connection, marks: Sequence[Kept]) -> list[Carried]:
    """Who carries what is sought: of the same field several times, any will do; all that is unwanted is left out."""
    asked: dict[tuple[Marked, bool], list[Kept]] = {}
    for kept in marks:
        asked.setdefault((kept.field, kept.wanted), []).append(kept)
    among = _in_all(connection, [(field, alike) for (field, wanted), alike in asked.items() if wanted])
    return [_carried(connection, field, wanted, alike, among) for (field, wanted), alike in asked.items()]


def _in_all(connection: Connection, wanted: Sequence[tuple[Marked, list[Kept]]]) -> list[str] | None:
    """Where several are wanted, the sessions in which all of them stand, if these are few: of thousands of stars only
    those beside a rare tag have to be placed. None for all sessions."""
    if len(wanted) < 2:
        return None
    common: set[str] | None = None
    for field, alike in wanted:
        fits = _FITS[field](alike)
        there = {session for session, mark in connection.execute(_ANYWHERE[field]) if fits(mark)}
        common = there if common is None else common & there
    return sorted(common) if common is not None and len(common) <= _FEW else None


def _carried(
    connection: Connection, field: Marked, wanted: bool, alike: Sequence[Kept], among: list[str] | None
) -> Carried:
    fits = _FITS[field](alike)
    sessions = {session for session, mark in connection.execute(_WHOLE[field]) if fits(mark)}
    if among is None:
        placed = connection.execute(_PLACED[field])
    else:
        sessions &= set(among)
        placed = connection.execute(_PLACED_AMONG[field], {"among": among})
    return Carried(wanted, sorted(sessions), sorted(id for id, mark in placed if id is not None and fits(mark)))


def _anything(_: Sequence[Kept]) -> Callable[[str], bool]:
    return lambda _mark: True


def _a_tag(asked: Sequence[Kept]) -> Callable[[str], bool]:
    whole = {kept.tag for kept in asked}
    beginnings = tuple(kept.tag for kept in asked if kept.open)
    return lambda tag: tag in whole or tag.startswith(beginnings)


def _a_note(asked: Sequence[Kept]) -> Callable[[str], bool]:
    sought = pattern_of([kept.phrase for kept in asked if kept.phrase is not None])
    return lambda note: sought is not None and sought.search(note) is not None


_FITS: dict[Marked, Callable[[Sequence[Kept]], Callable[[str], bool]]] = {
    "is": _anything,
    "tag": _a_tag,
    "note": _a_note,
}
# So many sessions are given to the database by name.
_FEW = 500
_MARKS: dict[Marked, tuple[str, str, str]] = {
    "is": ("marks", "starred", "kept.starred IS NOT NULL"),
    "tag": ("tags", "folded", "kept.folded IS NOT NULL"),
    "note": ("marks", "note", "kept.note <> ''"),
}


def _statements(template: str) -> dict[Marked, TextClause]:
    made: dict[Marked, TextClause] = {}
    for field, (table, mark, condition) in _MARKS.items():
        made[field] = text(template.format(table=table, mark=mark, condition=condition))
    return made


_ANYWHERE = _statements("SELECT DISTINCT kept.session, kept.{mark} FROM {table} AS kept WHERE {condition}")
_WHOLE = _statements("SELECT kept.session, kept.{mark} FROM {table} AS kept WHERE {condition} AND kept.turn = 0")
# A turn that was taken back is not found, and so has no place. The joins keep to the left: SQLite would begin with all
# turns otherwise.
_PLACES = (
    "SELECT said.id, kept.{mark} FROM {table} AS kept"
    " LEFT JOIN turns ON turns.session = kept.session AND turns.turn = kept.turn"
    " LEFT JOIN said ON said.session = turns.session AND said.seq = turns.seq WHERE {condition}"
)
_PLACED = _statements(_PLACES)
_PLACED_AMONG = {
    field: statement.bindparams(bindparam("among", expanding=True))
    for field, statement in _statements(f"{_PLACES} AND kept.session IN :among").items()
}
