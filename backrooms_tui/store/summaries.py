"""Sessions as a list shows them, read from their rows alone; and finding the one that the person means."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Literal, cast

from sqlalchemy import Connection, Row, func, select

from backrooms_tui.session.harmless import harmless_line
from backrooms_tui.session.mark import Mark
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.store import marking
from backrooms_tui.store.schema import agents, sessions

_AT_ONCE = 200
_SHOWN = 5
_Named = Row[*tuple[Any, ...]]
# Everything but the setup, which may be long.
_COLUMNS = [column for column in sessions.c if column.name != "setup"]
# What a session must be to be listed, found, added up or searched: not in the trash.
THERE = sessions.c.trashed.is_(None)
# A council goes with the session that it serves: by itself it is neither listed nor added up.
LISTED = THERE & sessions.c.serves.is_(None)
_LYING = ~THERE & sessions.c.serves.is_(None)


@dataclass(frozen=True, slots=True)
class AgentSummary:
    """A seat, who sits there, and the model it has now (a full reference)."""

    seat: int
    name: str
    model: str


@dataclass(frozen=True, slots=True)
class Totals:
    """Turns that stand, USD as far as prices are known, how many turns had no known price, and tokens."""

    sessions: int = 0
    turns: int = 0
    cost: float = 0.0
    unpriced: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0


@dataclass(frozen=True, slots=True)
class SessionSummary:
    """A session without what was said in it. `started` and `last` are Unix seconds (UTC), `cost` is in USD, and
    `unpriced` counts the turns whose price nobody knows. `status` stays "open" when a program was stopped short.
    `trashed` is when it went into the trash (Unix seconds), None where it did not. `mark` is the session's own, and
    `starred_turns` counts its turns that have a star."""

    id: str
    title: str
    template: str
    agents: tuple[AgentSummary, ...]
    turns: int
    cost: float
    unpriced: int
    input_tokens: int
    output_tokens: int
    cached_tokens: int
    started: float
    last: float
    parent: str | None
    parent_turn: int | None
    status: Literal["open", "ended"]
    end_reason: str
    seed: int | None
    last_seq: int
    trashed: float | None = None
    mark: Mark = field(default_factory=Mark)
    starred_turns: int = 0
    # A council: the session that it serves, before which turn, and for which agent.
    serves: str | None = None
    serves_turn: int | None = None
    serves_agent: int | None = None


def listed(connection: Connection, limit: int | None, wanted: str) -> list[SessionSummary]:
    """The newest sessions, by when something last happened in them, at most `limit`. Each word of `wanted` must stand
    in the id, the title, the template, an agent's name or model, or a tag of the session; capitals do not matter.
    `is:starred` and `tag:NAME` ask for sessions that are marked so, or have such a turn."""
    words, carrying = _asked(connection, wanted)
    found: list[SessionSummary] = []
    for summary in _newest(connection):
        if limit is not None and len(found) >= limit:
            break
        if all(summary.id in those for those in carrying) and all(word in _searched(summary) for word in words):
            found.append(summary)
    return found


def _asked(connection: Connection, wanted: str) -> tuple[list[str], list[set[str]]]:
    """The words that are sought, and the sessions that carry the marks that are."""
    words: list[str] = []
    carrying: list[set[str]] = []
    for word in wanted.casefold().split():
        sessions = marking.carrying(connection, word)
        if sessions is None:
            words.append(word)
        else:
            carrying.append(sessions)
    return words, carrying


def summary_of(connection: Connection, session: str) -> SessionSummary | None:
    """One session's summary, None where there is no such session, or only in the trash."""
    rows = connection.execute(select(*_COLUMNS).where(sessions.c.id == session, THERE)).all()
    return next(iter(_with_agents(connection, rows)), None)


def serving(connection: Connection, session: str) -> list[SessionSummary]:
    """The sessions that serve `session`, by the turns that they serve, and those of one turn as they began."""
    statement = select(*_COLUMNS).where(THERE, sessions.c.serves == session)
    in_order = statement.order_by(sessions.c.serves_turn, sessions.c.started, sessions.c.id)
    return list(_with_agents(connection, connection.execute(in_order).all()))


def in_trash(connection: Connection, limit: int | None, wanted: str) -> list[SessionSummary]:
    """What lies in the trash, what was put there last first; `limit` and `wanted` as for `listed`."""
    words = wanted.casefold().split()
    statement = select(*_COLUMNS).where(_LYING).order_by(sessions.c.trashed.desc(), sessions.c.id)
    lying = _with_agents(connection, connection.execute(statement).all())
    return [summary for summary in lying if all(word in _searched(summary) for word in words)][:limit]


def found(connection: Connection, name: str, *, trash: bool = False) -> str:
    """The id of the session that `name` means: an id or the beginning of one, a title, or "last" for the newest. With
    `trash` it is one that lies there, "last" being the one that was put there last.

    Raises OperatorError where it means none, naming the nearest, or several, naming them.
    """
    latest = sessions.c.trashed if trash else sessions.c.last_at
    statement = select(sessions.c.id, sessions.c.title).where(_LYING if trash else LISTED)
    rows = connection.execute(statement.order_by(latest.desc(), sessions.c.id.desc())).all()
    if not rows and trash:
        raise OperatorError("the trash is empty", "`backrooms sessions list` shows the sessions that are not in it")
    wanted = name.strip()
    matches: Sequence[_Named] = _meant(rows, wanted)
    if not matches and not trash:  # a council has no name, only an id
        matches = connection.execute(
            select(sessions.c.id, sessions.c.title).where(THERE, sessions.c.id == wanted)
        ).all()
    if len(matches) == 1:
        return cast("str", matches[0].id)
    if matches:
        raise OperatorError(f"{name!r} means {len(matches)} sessions", f"write one of {_names(matches)}")
    where = " in the trash" if trash else ""
    if not trash and wanted != "last":
        lying = _meant(connection.execute(select(sessions.c.id, sessions.c.title).where(_LYING)).all(), wanted)
        if lying:
            raise OperatorError(
                f"{name!r} is in the trash", f"`backrooms sessions restore {lying[0].id}` takes it out again"
            )
    if not rows:
        raise OperatorError("there are no sessions yet", "begin one with `backrooms run`")
    raise OperatorError(f"there is no session {name!r}{where}", _nearest(wanted.casefold(), rows, trash=trash))


def _meant(rows: Sequence[_Named], wanted: str) -> list[_Named]:
    """The rows that `wanted` means best: one, several alike, or none."""
    if wanted == "last":
        return list(rows[:1])
    folded = wanted.casefold()
    by_meaning = (
        [row for row in rows if row.id == wanted],
        [row for row in rows if row.title.casefold() == folded],
        [row for row in rows if folded and row.id.startswith(folded)],
        [row for row in rows if folded and row.title.casefold().startswith(folded)],
    )
    return next((matches for matches in by_meaning if matches), [])


def totals(connection: Connection, session: str | None) -> Totals:
    """Of one session, or of all together."""
    columns = ("turns", "cost", "unpriced", "input_tokens", "output_tokens", "cached_tokens")
    sums = (func.coalesce(func.sum(sessions.c[name]), 0).label(name) for name in columns)
    statement = select(func.count().label("sessions"), *sums)
    wanted = LISTED if session is None else THERE & (sessions.c.id == session)
    row = connection.execute(statement.where(wanted)).one()
    # PostgreSQL adds whole numbers up to decimals.
    counts = {name: int(row._mapping[name]) for name in ("sessions", *columns) if name != "cost"}
    return Totals(cost=float(row.cost), **counts)


def _newest(connection: Connection) -> Iterator[SessionSummary]:
    after = None
    while True:
        statement = select(*_COLUMNS).where(LISTED)
        statement = statement.order_by(sessions.c.last_at.desc(), sessions.c.id.desc()).limit(_AT_ONCE)
        if after is not None:
            last, id = sessions.c.last_at, sessions.c.id
            statement = statement.where((last < after.last_at) | ((last == after.last_at) & (id < after.id)))
        rows = connection.execute(statement).all()
        yield from _with_agents(connection, rows)
        if len(rows) < _AT_ONCE:
            return
        after = rows[-1]


def _with_agents(connection: Connection, rows: Sequence[Row[Any]]) -> Iterator[SessionSummary]:
    seated: dict[str, list[AgentSummary]] = {row.id: [] for row in rows}
    statement = select(agents).where(agents.c.session.in_(seated)).order_by(agents.c.seat)
    for agent in connection.execute(statement) if seated else ():
        seated[agent.session].append(AgentSummary(agent.seat, agent.name, agent.model))
    marked = marking.of_sessions(connection, seated)
    for row in rows:
        values = dict(row._mapping)
        last, seed = values.pop("last_at"), values.pop("seed")
        own = marked.get(row.id) or marking.OfSession()
        yield SessionSummary(
            **values,
            last=last,
            seed=None if seed is None else int(seed),
            agents=tuple(seated[row.id]),
            mark=own.mark,
            starred_turns=own.starred_turns,
        )


def _searched(summary: SessionSummary) -> str:
    seats = (f"{agent.name}\n{agent.model}" for agent in summary.agents)
    return "\n".join((summary.id, summary.title, summary.template, *seats, *summary.mark.tags)).casefold()


def _names(rows: Sequence[_Named]) -> str:
    named = ", ".join(f"{row.id} ({harmless_line(row.title)})" if row.title else row.id for row in rows[:_SHOWN])
    more = len(rows) - _SHOWN
    return named + (f" and {more} more" if more > 0 else "")


def _nearest(folded: str, rows: Sequence[_Named], *, trash: bool) -> str:
    names = {row.id: row for row in rows} | {row.title.casefold(): row for row in reversed(rows) if row.title}
    inside = [row for row in rows if folded and folded in row.title.casefold()]
    near = inside or [names[name] for name in get_close_matches(folded, names, n=3, cutoff=0.5)]
    if near:
        return f"did you mean {_names(list({row.id: row for row in near}.values()))}?"
    command = "backrooms sessions list --trash" if trash else "backrooms sessions list"
    return f"the newest is {_names(rows[:1])}; `{command}` shows all"
