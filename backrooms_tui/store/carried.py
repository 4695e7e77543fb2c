"""Where the marks stand that somebody seeks. They are few, beside all that was said: they are looked up first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, TextClause, text

from backrooms_tui.store.marking import SESSION
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
    return [_carried(connection, field, wanted, alike) for (field, wanted), alike in asked.items()]


def _carried(connection: Connection, field: Marked, wanted: bool, alike: Sequence[Kept]) -> Carried:
    fits = _FITS[field](alike)
    rows = [row for row in connection.execute(_ROWS[field]) if fits(row.mark)]
    sessions = sorted({row.session for row in rows if row.turn == SESSION})
    return Carried(wanted, sessions, sorted({row.id for row in rows if row.id is not None}))


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
# A turn that was taken back is not found, and so has no place.
_PLACED = (
    "SELECT kept.session, kept.turn, kept.{mark} AS mark, said.id FROM {table} AS kept"
    " LEFT JOIN turns ON turns.session = kept.session AND turns.turn = kept.turn"
    " LEFT JOIN said ON said.session = turns.session AND said.seq = turns.seq WHERE {condition}"
)
_ROWS: dict[Marked, TextClause] = {
    "is": text(_PLACED.format(mark="starred", table="marks", condition="kept.starred IS NOT NULL")),
    "tag": text(_PLACED.format(mark="folded", table="tags", condition="kept.folded IS NOT NULL")),
    "note": text(_PLACED.format(mark="note", table="marks", condition="kept.note <> ''")),
}
