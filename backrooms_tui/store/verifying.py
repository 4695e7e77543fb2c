"""Looking through what is kept: whether every session is whole, and what can be done where one is not."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select, text

from backrooms_tui.session.events import AnyEvent
from backrooms_tui.session.state import SessionState, apply
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.store.database import Store
from backrooms_tui.store.failures import StoreError
from backrooms_tui.store.reading import page
from backrooms_tui.store.schema import agents, sessions, turns
from backrooms_tui.store.tally import Tally
from backrooms_tui.store.trash import served, with_councils

_RESTORE = "`backrooms restore FILE` puts a backup in place of what is here"
_ANEW = (
    "its events are whole: `backrooms sessions export {id} --format jsonl`, then `sessions delete --forever {id}` and"
    " `import` of that file make the rest anew"
)
_VACUUM = "`backrooms vacuum` makes it anew"
# Problems of one kind in one session that are told; the rest is counted.
_TOLD = 20
# Turns and other things that the fold may look back to.
_HELD = 1_000


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, where (an event, a turn, a table), and what can be done."""

    place: str
    what: str
    cure: str


@dataclass(slots=True)
class Verified:
    """One session, looked through. `events` are those without the deltas."""

    id: str
    title: str
    trashed: bool
    turns: int = 0
    events: int = 0
    problems: list[Problem] = field(default_factory=list)


def verify_database(store: Store) -> list[Problem]:
    """What is wrong with the database itself. Reads all of a SQLite file; a server looks after its own."""
    found = [Problem("database", line, _RESTORE) for line in store.problems(thorough=True)]
    if store.database.dialect == "sqlite" and not found:
        with store.database.raw_sqlite() as connection:
            for table, row, parent, _ in connection.execute("PRAGMA foreign_key_check").fetchmany(_TOLD):
                what = f"{'a row' if row is None else f'row {row}'} belongs to no row of {parent}"
                found.append(Problem(f"table {table}", what, _RESTORE))
        try:
            with store.database.writing() as writing:
                # Writes nothing: SQLite only lets it be asked so. rank 1: compared with what was said, word for word.
                writing.exec_driver_sql("INSERT INTO turn_search (turn_search, rank) VALUES ('integrity-check', 1)")
        except StoreError:
            found.append(Problem("table turn_search", "it does not agree with what was said", _VACUUM))
    return found


def all_sessions(store: Store) -> list[str]:
    """The ids of all sessions, newest first, those in the trash last; each is followed by its councils."""
    return and_councils(store, [one.id for one in (*store.list_sessions(), *store.in_trash())])


def and_councils(store: Store, ids: Iterable[str]) -> list[str]:
    """These sessions, each followed by the councils that were held for it and, at any depth, within those."""
    with store.database.reading() as connection:
        return list(dict.fromkeys(each for id in ids for each in with_councils(connection, id)))


def verify(store: Store, session: str) -> Verified:
    """Look through one session, in the trash or not, as it is at this moment. Takes as long as reading all of it.

    Raises OperatorError where there is no such session. What is wrong with it is in the answer.
    """
    with store.database.reading() as connection:
        row = connection.execute(select(sessions).where(sessions.c.id == session)).first()
        if row is None:
            raise OperatorError(f"there is no session {session!r}", "`backrooms sessions list` shows all")
        verified = Verified(row.id, row.title, row.trashed is not None)
        tally = Tally()
        readable = _read(connection, session, tally, verified.problems)
        verified.turns, verified.events = tally.turns, tally.events
        if readable:
            # A council goes to a file, and comes back from it, with the session that it was held for.
            whole = served(connection, session)
            cure = _ANEW.format(id=whole)
            if verified.trashed:
                cure = f"`backrooms sessions restore {whole}` takes it out of the trash; {cure}"
            found = _first_of(_against_tables(connection, row, tally))
            verified.problems += (Problem(place, what, cure) for place, what in found)
            found = _first_of(_against_search(connection, session, tally))
            verified.problems += (Problem(place, what, cure) for place, what in found)
    return verified


def _read(connection: Connection, session: str, tally: Tally, problems: list[Problem]) -> bool:
    """Count all events and fold them. Whether they are whole."""
    state = SessionState()
    folds = True
    before = len(problems)
    try:
        for event in _events(connection, session):
            if event.seq != tally.last_seq + 1 and len(problems) < _TOLD:
                problems.append(Problem(f"event {event.seq}", _gap(tally.last_seq, event.seq), _RESTORE))
            tally.count(event)
            if folds:
                folds = _folds(state, event, problems)
    except StoreError as error:
        problems.append(Problem(f"after event {tally.last_seq}", error.what, _RESTORE))
    if tally.last_seq == 0 and len(problems) == before:
        problems.append(Problem("event 1", "it has no event at all", _RESTORE))
    return len(problems) == before


def _events(connection: Connection, session: str) -> Iterator[AnyEvent]:
    from_seq: int | None = 0
    while from_seq is not None:
        read = page(connection, session, from_seq, "all")
        yield from read.events
        from_seq = read.next_seq


def _gap(last: int, seq: int) -> str:
    if seq <= last:
        return f"it comes after event {last}"
    missing = f"event {last + 1} is" if seq == last + 2 else f"events {last + 1} to {seq - 1} are"
    return f"{missing} missing before it"


def _folds(state: SessionState, event: AnyEvent, problems: list[Problem]) -> bool:
    try:
        apply(state, event)
    except (LookupError, ValueError, TypeError, AttributeError, ArithmeticError, AssertionError) as error:
        what = f"{event.kind} cannot follow what was before ({type(error).__name__} {error})"
        problems.append(Problem(f"event {event.seq}", what, _RESTORE))
        return False
    _forget(state)
    return True


def _forget(state: SessionState) -> None:
    """Only whether the next event can follow is of interest: what was said long ago is not held."""
    if len(state.entries) > _HELD:
        del state.entries[: _HELD // 2]
    if len(state.turns) > _HELD:
        for turn in list(state.turns)[: _HELD // 2]:
            del state.turns[turn]
    missed = (agent.missed for agent in state.agents.values())
    held: tuple[list[Any], ...] = (state.remedies, state.attempts, state.queued, *missed)
    for several in held:
        if len(several) > _HELD:
            del several[: _HELD // 2]


# The tables beside the events ----------------------------------------------------------------------------------------


def _against_tables(connection: Connection, row: Any, tally: Tally) -> Iterator[tuple[str, str]]:
    for what in tally.against_session(row):
        yield "totals", what
    seated = {one.seat: one.model for one in connection.execute(select(agents).where(agents.c.session == row.id))}
    if seated != tally.models:
        yield "agents", f"seats and models are {seated}, but the events make {tally.models}"
    columns = [turns.c[name] for name in ("seq", "ended_seq", "turn", "attempt", "agent", "state", "edited")]
    kept = connection.execute(select(*columns).where(turns.c.session == row.id).order_by(turns.c.seq))
    for one in kept:
        for what in tally.against_turn(one):
            yield f"turn {one.turn}", what
    for turn, seq in tally.left():
        yield f"turn {turn}", f"it began with event {seq}, but is not kept as a turn"


_NOT_FOUND = {
    # What FTS5 knows of the length of each text: a row for each one that is indexed.
    "sqlite": "SELECT 1 FROM turn_search_docsize WHERE turn_search_docsize.id = said.id",
    "postgresql": "SELECT 1 FROM turn_search WHERE turn_search.id = said.id",
}
_SAID = """
    SELECT said.seq, said.turn, said.source, EXISTS ({indexed}) AS indexed, turns.state
    FROM said LEFT JOIN turns ON turns.session = said.session AND turns.seq = said.seq
    WHERE said.session = :session
"""
_UNSAID = text(
    "SELECT turn FROM turns WHERE session = :session AND state = 'ended'"
    " AND NOT EXISTS (SELECT 1 FROM said WHERE said.session = turns.session AND said.seq = turns.seq) ORDER BY seq"
)


def _against_search(connection: Connection, session: str, tally: Tally) -> Iterator[tuple[str, str]]:
    words = set(tally.words)
    statement = text(_SAID.format(indexed=_NOT_FOUND[connection.dialect.name]))
    for row in connection.execute(statement, {"session": session}):
        place = f"event {row.seq}" if row.source is not None else f"turn {row.turn}"
        if row.source is None and row.state != "ended":
            yield place, "it does not stand, but searching finds it"
        if row.source is not None and row.seq not in words:
            yield place, "nobody spoke between the turns there, but searching finds it"
        if not row.indexed:
            yield place, "searching does not find it"
        words.discard(row.seq)
    for row in connection.execute(_UNSAID, {"session": session}):
        yield f"turn {row.turn}", "searching does not find it"
    for seq in sorted(words):
        yield f"event {seq}", "searching does not find it"


def _first_of(found: Iterator[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    more = 0
    place = ""
    for number, (place, what) in enumerate(found):
        if number < _TOLD:
            yield place, what
        else:
            more += 1
    if more:
        yield place, f"and {more:,} more like these up to here"
