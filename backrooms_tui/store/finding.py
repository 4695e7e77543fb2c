"""Carrying out what a person seeks in all sessions: the newest places first, in time that does not grow with how often
a word was said.

SQLite would test each of 200,000 places that say "the" against the fields. Instead the scarcer side leads: of a word
that was seldom said all places are tested; of a frequent one only those among the newest places that the fields allow.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any

from sqlalchemy import Connection, bindparam, text

from backrooms_tui.store.carried import Carried, carried
from backrooms_tui.store.query import Measured, Named, Query
from backrooms_tui.store.search import leads_to
from backrooms_tui.store.words import Phrase, fts5, pattern_of, snippet, tsquery

# Places of a word up to which it is seldom said, and how many allowed places are looked through at first.
_SELDOM = 4_000
_FIRST_BLOCK = 400
_LARGEST_BLOCK = 20_000
# Where so few numbers lie between two places, going over them takes less than beginning anew.
_NEAR = 32
_AT_ONCE = 500
_BETWEEN = ("operator", "cue", "remedy", "reminder", "agent", "request")


@dataclass(frozen=True, slots=True)
class Hit:
    """A turn that was sought, or a word between the turns: then `agent` is 0, `turn` the turn that follows (the last
    where none does), and `name` says whose word it was. `snippet` is a piece of what it says, `marks` are the (start,
    end) of what was sought in it. `text` from outside: make it harmless before it is shown."""

    session: str
    title: str
    turn: int
    agent: int
    name: str
    at: float
    snippet: str
    marks: tuple[tuple[int, int], ...] = ()
    stall: float | None = None


def found(connection: Connection, query: Query, limit: int) -> list[Hit]:
    """The newest `limit` places that fit. Where no words and no stall are sought, the newest of each session, and all
    turns that carry the marks that are. Nothing for an empty query."""
    if not query.anything:
        return []
    allowed = _allowed(connection, query)
    if allowed.nobody:
        return []
    if not query.of_turns and any(each.wanted for each in allowed.marked):
        ids = _of_marks(connection, query, allowed, limit)
    elif not query.of_turns:
        ids = _of_sessions(connection, query, allowed, limit)
    elif connection.dialect.name == "postgresql":
        ids = _in_postgres(connection, query, allowed, limit)
    else:
        ids = _in_sqlite(connection, query, allowed, limit)
    return list(_hits(connection, ids, query.said))


# Who may have said it ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Allowed:
    """Who may have said it: None where anybody may. `sessions` stand with the latest first, `seats` says in which
    sessions a seat fits; `sources` are whose words between the turns fit. `marked` is who carries the marks sought."""

    trashed: list[str]
    sessions: list[str] | None
    seats: dict[int, list[str]] | None
    sources: tuple[str, ...]
    marked: list[Carried]

    @property
    def nobody(self) -> bool:
        unmarked = any(each.wanted and not each.sessions and not each.places for each in self.marked)
        return self.sessions == [] or (self.seats == {} and not self.sources) or unmarked

    @property
    def leading(self) -> Carried | None:
        """The marks whose carriers are better looked up than sought among all."""
        few = [each for each in self.marked if each.wanted and len(each.sessions) <= _FEW]
        return min(few, key=lambda each: (len(each.sessions), len(each.places)), default=None)

    @property
    def few(self) -> bool:
        """Whether their places are better looked up than sought among all."""
        if self.seats is not None:
            return not self.sources and sum(map(len, self.seats.values())) <= _FEW
        return self.sessions is not None and len(self.sessions) <= _FEW


def _allowed(connection: Connection, query: Query) -> _Allowed:
    trashed = list(connection.execute(_TRASHED).scalars())
    marked = carried(connection, query.marks)
    sessions: list[str] | None = None
    # Of thousands of sessions and seats, most have one of a few templates, names and models.
    named = cache(partial(_named, query))
    if not query.of_turns or "template" in query.names or query.bounds.keys() & {"cost", "turns"}:
        sessions = [
            id
            for id, template, cost, turns, last in connection.execute(_SESSIONS)
            if named("template", template)
            and _fits(query, {"cost": cost, "turns": turns})
            and last >= (query.since or 0)
        ]
    if not query.names.keys() & {"agent", "model"}:
        return _Allowed(trashed, sessions, None, _BETWEEN, marked)
    sources: tuple[str, ...] = ()
    if "model" not in query.names:
        sources = tuple(source for source in _BETWEEN if named("agent", source))
    among = None if sessions is None else set(sessions)
    seats: dict[int, list[str]] = {}
    for session, seat, name, model in connection.execute(_SEATS):
        if (among is None or session in among) and named("agent", name) and named("model", model):
            seats.setdefault(seat, []).append(session)
    return _Allowed(trashed, sessions, seats, sources, marked)


def _named(query: Query, kind: Named, name: str) -> bool:
    asked, folded = query.names.get(kind, ()), name.casefold()
    wanted = [each.text in folded for each in asked if each.wanted]
    unwanted = any(each.text in folded for each in asked if not each.wanted)
    return not unwanted and (any(wanted) or not wanted)


def _fits(query: Query, measured: dict[Measured, float]) -> bool:
    return all(bound.allows(value) for name, value in measured.items() for bound in query.bounds.get(name, ()))


# The conditions in SQL -----------------------------------------------------------------------------------------------

_TRASHED = text("SELECT id FROM sessions WHERE trashed IS NOT NULL")
_SESSIONS = text("SELECT id, template, cost, turns, last_at FROM sessions WHERE trashed IS NULL ORDER BY last_at DESC")
_SEATS = text("SELECT session, seat, name, model FROM agents")
_AMONG = {
    "sqlite": "(SELECT value FROM json_each(:{}))",
    "postgresql": "(SELECT value FROM json_array_elements_text(CAST(:{} AS json)))",
}
_NUMBERS = {
    "sqlite": _AMONG["sqlite"],
    "postgresql": "(SELECT CAST(value AS bigint) FROM json_array_elements_text(CAST(:{} AS json)))",
}
# So few who may have said it that their places are looked up; of more, all places are gone through.
_FEW = 300


def _conditions(
    dialect: str, query: Query, allowed: _Allowed, *, stalling: str = "stall"
) -> tuple[str, dict[str, Any]]:
    # What is tested fastest stands first.
    conditions, values = ["1 = 1"], dict[str, Any]()
    # A `+` keeps SQLite from looking up each.
    looked_up = allowed.few and allowed.leading is None
    session = "+said.session" if dialect == "sqlite" and not looked_up else "said.session"

    def among(name: str, sessions: list[str]) -> str:
        values[name] = json.dumps(sessions)
        return f"{session} IN {_AMONG[dialect].format(name)}"

    if query.since is not None:
        conditions.append("at >= :since")
        values["since"] = query.since
    for number, bound in enumerate(query.bounds.get("stall", ())):
        conditions.append(f"{stalling} {bound.than} :stall{number}")
        values[f"stall{number}"] = bound.amount
    if allowed.trashed:
        conditions.append(f"NOT {among('trashed', allowed.trashed)}")
    if allowed.sessions is not None and allowed.seats is None:
        conditions.append(among("sessions", allowed.sessions))
    if allowed.seats is not None:
        who = [f"seat = {seat} AND {among(f'seat{seat}', there)}" for seat, there in allowed.seats.items()]
        if allowed.sources:
            listed = ", ".join(f"'{source}'" for source in allowed.sources)
            between = f"source IN ({listed})"
            who.append(between if allowed.sessions is None else f"{between} AND {among('sessions', allowed.sessions)}")
        conditions.append(who[0] if len(who) == 1 else f"({' OR '.join(who)})")
    for number, marked in enumerate(allowed.marked):
        whole, single = _AMONG[dialect].format(f"carriers{number}"), _NUMBERS[dialect].format(f"places{number}")
        if marked is allowed.leading:
            inside = f"SELECT those.id FROM said AS those WHERE those.session IN {whole}"  # noqa: S608
            conditions.append(f"said.id IN ({single[1:-1]} UNION {inside})")
        else:
            carries = f"({session} IN {whole} OR +said.id IN {single})"
            conditions.append(carries if marked.wanted else f"NOT {carries}")
        values |= {f"carriers{number}": json.dumps(marked.sessions), f"places{number}": json.dumps(marked.places)}
    return " AND ".join(conditions), values


def _ids(connection: Connection, statement: str, values: dict[str, Any]) -> list[int]:
    return list(connection.execute(text(statement), values).scalars())


def _of_sessions(connection: Connection, query: Query, allowed: _Allowed, limit: int) -> list[int]:
    """The newest place of each session, of the sessions in which something happened last."""
    ids: list[int] = []
    where, values = _conditions(connection.dialect.name, query, replace(allowed, sessions=None))
    among = _AMONG[connection.dialect.name].format("some")
    statement = f"SELECT max(id) FROM said WHERE said.session IN {among} AND {where} GROUP BY session"  # noqa: S608
    sessions = allowed.sessions or []
    for begin in range(0, len(sessions), limit):
        if len(ids) >= limit:
            break
        ids += _ids(connection, statement, {**values, "some": json.dumps(sessions[begin : begin + limit])})
    return sorted(ids, reverse=True)[:limit]


def _of_marks(connection: Connection, query: Query, allowed: _Allowed, limit: int) -> list[int]:
    """The marked turns themselves, and the newest place of each session that carries the marks itself."""
    wanted = [each for each in allowed.marked if each.wanted]
    dialect = connection.dialect.name
    # The turns that carry the only mark need not be tested for it.
    tested = [each for each in allowed.marked if not each.wanted or len(wanted) > 1]
    where, values = _conditions(dialect, query, replace(allowed, marked=tested))
    turns = f"said.id IN {_NUMBERS[dialect].format('turns')}"
    statement = f"SELECT said.id FROM said WHERE {turns} AND {where} ORDER BY said.id DESC LIMIT :limit"  # noqa: S608
    places = sorted({place for each in wanted for place in each.places})
    ids = _ids(connection, statement, {**values, "turns": json.dumps(places), "limit": limit})
    carriers = set.intersection(*(set(each.sessions) for each in wanted))
    whole = [session for session in allowed.sessions or [] if session in carriers]
    ids += _of_sessions(connection, query, replace(allowed, sessions=whole), limit)
    return sorted(set(ids), reverse=True)[:limit]


# PostgreSQL ----------------------------------------------------------------------------------------------------------


def _in_postgres(connection: Connection, query: Query, allowed: _Allowed, limit: int) -> list[int]:
    where, values = _conditions("postgresql", query, allowed)
    if query.said or query.unsaid:
        where += " AND words @@ CAST(:asked AS tsquery)"
        values["asked"] = tsquery(query.said, query.unsaid)
    statement = (
        "SELECT said.id FROM said JOIN turn_search ON turn_search.id = said.id"  # noqa: S608
        f" WHERE {where} ORDER BY said.id DESC LIMIT :limit"
    )
    return _ids(connection, statement, {**values, "limit": limit})


# SQLite --------------------------------------------------------------------------------------------------------------

_MATCHING = "SELECT rowid FROM turn_search WHERE turn_search MATCH :asked"
_MATCHING_IN_RUNS = (
    "SELECT turn_search.rowid FROM json_each(:runs) AS run CROSS JOIN turn_search WHERE turn_search MATCH :asked"
    " AND turn_search.rowid BETWEEN json_extract(run.value, '$[0]') AND json_extract(run.value, '$[1]')"
)


def _in_sqlite(connection: Connection, query: Query, allowed: _Allowed, limit: int) -> list[int]:
    seldom_stalls = _seldom_stalls(connection, query)
    where, values = _conditions("sqlite", query, allowed, stalling="stall" if seldom_stalls else "+stall")
    # A `+` keeps SQLite from going through all places, where the few that are allowed can be looked up.
    number = "+id" if seldom_stalls or allowed.few or allowed.leading is not None else "id"
    tested: list[int] = []
    before = 2**62
    if query.said:
        asked = fts5(query.said, query.unsaid)
        anybody = allowed.sessions is None and allowed.seats is None and not allowed.marked
        newest = limit if anybody and query.since is None and not query.bounds else _SELDOM
        seldom = _ids(connection, f"{_MATCHING} ORDER BY rowid DESC LIMIT :newest", {"asked": asked, "newest": newest})
        tested = _tested(connection, where, values, seldom, limit)
        if len(seldom) < newest or len(tested) >= limit:
            return tested
        before = seldom[-1]

        def keep(block: Sequence[int]) -> list[int]:
            return _saying(connection, asked, block)

    elif query.unsaid:
        unwanted = " OR ".join(fts5([phrase]) for phrase in query.unsaid)

        def keep(block: Sequence[int]) -> list[int]:
            saying = set(_saying(connection, unwanted, block))
            return [id for id in block if id not in saying]

    else:

        def keep(block: Sequence[int]) -> list[int]:
            return list(block)

    return _block_by_block(connection, where, values, keep, tested, before, limit, number)


def _seldom_stalls(connection: Connection, query: Query) -> bool:
    """Whether so few turns stall as much as is sought that they are better looked up."""
    bounds = [bound for bound in query.bounds.get("stall", ()) if bound.than in (">", ">=", "=")]
    if not bounds:
        return False
    highest = max(bounds, key=lambda bound: bound.amount)
    some = f"SELECT 1 FROM said WHERE stall {highest.than} :amount LIMIT {_SELDOM}"  # noqa: S608
    statement = f"SELECT count(*) FROM ({some})"  # noqa: S608
    return _ids(connection, statement, {"amount": highest.amount})[0] < _SELDOM


def _tested(connection: Connection, where: str, values: dict[str, Any], ids: list[int], limit: int) -> list[int]:
    """Those of `ids` that the conditions allow, the newest `limit`."""
    among = "id IN (SELECT value FROM json_each(:ids))"
    statement = f"SELECT id FROM said WHERE {among} AND {where} ORDER BY id DESC LIMIT :limit"  # noqa: S608
    return _ids(connection, statement, {**values, "ids": json.dumps(ids), "limit": limit})


def _block_by_block(
    connection: Connection,
    where: str,
    values: dict[str, Any],
    keep: Callable[[Sequence[int]], list[int]],
    kept: list[int],
    before: int,
    limit: int,
    number: str,
) -> list[int]:
    """The newest `limit` places: those in `kept`, and what `keep` keeps of the places older than `before` that the
    conditions allow."""
    statement = f"SELECT id FROM said WHERE {number} < :before AND {where} ORDER BY id DESC LIMIT :size"  # noqa: S608
    size = max(limit, _FIRST_BLOCK)
    while len(kept) < limit:
        block = _ids(connection, statement, {**values, "before": before, "size": size})
        if block:
            kept = kept + keep(block)
            before = block[-1]
        if len(block) < size:
            break
        size = min(size * 4, _LARGEST_BLOCK)
    return kept[:limit]


def _saying(connection: Connection, asked: str, block: Sequence[int]) -> list[int]:
    """Those of `block` (newest first) that say what is asked for."""
    saying = set(_ids(connection, _MATCHING_IN_RUNS, {"asked": asked, "runs": json.dumps(list(_runs(block)))}))
    return [id for id in block if id in saying]


def _runs(block: Sequence[int]) -> Iterable[tuple[int, int]]:
    """The stretches in which `block` (newest first) lies."""
    last = first = block[0]
    for id in block:
        if first - id > _NEAR:
            yield first, last
            last = id
        first = id
    yield first, last


# What is told of them ------------------------------------------------------------------------------------------------

_HITS = text(
    "SELECT said.id, said.session, sessions.title, sessions.turns, said.turn, said.seat, said.source, agents.name,"
    " said.at, said.stall, coalesce(turns.edited, turns.text, said.text) AS text FROM said"
    " JOIN sessions ON sessions.id = said.session"
    " LEFT JOIN agents ON agents.session = said.session AND agents.seat = said.seat"
    " LEFT JOIN turns ON turns.session = said.session AND turns.seq = said.seq"
    " WHERE said.id IN :ids ORDER BY said.id DESC"
).bindparams(bindparam("ids", expanding=True))


def _hits(connection: Connection, ids: Sequence[int], sought: Sequence[Phrase]) -> Iterable[Hit]:
    places = pattern_of(sought)
    for begin in range(0, len(ids), _AT_ONCE):
        for row in connection.execute(_HITS, {"ids": ids[begin : begin + _AT_ONCE]}):
            name = row.source or row.name or ""
            piece = snippet(row.text, places)
            turn = leads_to(row.turn, row.source, row.turns)
            yield Hit(row.session, row.title, turn, row.seat, name, row.at, *piece, row.stall)
