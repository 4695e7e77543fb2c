"""Opening the database, and what can be asked of it."""

import secrets
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import NoReturn, Self

from sqlalchemy import select, update

from backrooms_tui.session.events import AnyEvent
from backrooms_tui.session.judgement import Judgement
from backrooms_tui.session.mark import Mark
from backrooms_tui.session.state import Entry, SessionState, TurnEntry
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.store import (
    councils,
    judging,
    living,
    marking,
    migrations,
    reading,
    said,
    search,
    seeking,
    sqlite_file,
    summaries,
    trash,
)
from backrooms_tui.store.batches import Batches
from backrooms_tui.store.connection import Database, postgres_engine, sqlite_engine
from backrooms_tui.store.failures import StoreError, in_words
from backrooms_tui.store.finding import Hit, found
from backrooms_tui.store.living import Claim, Keeper
from backrooms_tui.store.marking import Moment
from backrooms_tui.store.notebooks import Notebooks
from backrooms_tui.store.place import Place, place_of
from backrooms_tui.store.query import Query, parse
from backrooms_tui.store.said import Said
from backrooms_tui.store.schema import sessions
from backrooms_tui.store.seeking import Spent
from backrooms_tui.store.storable import storable
from backrooms_tui.store.summaries import SessionSummary, Totals

PATIENCE = 30.0  # seconds to wait for another program's lock
# Crockford's base 32 in small letters: no i, l, o or u, so that an id can be read aloud and typed.
_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
_ID_LENGTH = 8


def open_store(url_or_path: str | Path, *, read_only: bool = False, patience: float = PATIENCE) -> "Store":
    """The store in a SQLite file, which is made where it is missing, or at a PostgreSQL URL.

    With `read_only` nothing is made or changed; else what has lain in the trash for too long goes, in a thread.
    `patience` is how many seconds to wait for another program's lock.
    Raises StoreError where the database is another program's, from a newer version, damaged or out of reach; it is
    then left as it is.
    """
    place = place_of(url_or_path)
    if place.file is not None:
        with in_words(place.shown):
            if not read_only:
                sqlite_file.make(place.file)
            sqlite_file.look_over(place.file)
        engine = sqlite_engine(place, patience=patience, read_only=read_only)
    else:
        engine = postgres_engine(place, patience=patience, read_only=read_only)
    database = Database(engine, place)
    try:
        _brought_up_to_date(database, place, read_only=read_only, patience=patience)
        store = Store(database)
        if not read_only:
            store.empty_old_trash()
    except BaseException:
        database.close()
        raise
    return store


def _brought_up_to_date(database: Database, place: Place, *, read_only: bool, patience: float) -> None:
    with database.reading() as connection:
        version = migrations.version_of(connection, database.place)
    if version == migrations.VERSION:
        return
    if read_only:
        what = f"{database.place} holds no sessions" if version == 0 else f"{database.place} is from an older version"
        raise StoreError(what, "open it for writing once: any command that keeps a session does")
    if place.file is not None:
        _write_ahead(database, patience)
    with database.writing() as connection:
        migrations.migrate(connection, database.place)
    if place.file is not None:
        # Into the file itself, where those who only look at its head find whose it is.
        with database.raw_sqlite() as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _write_ahead(database: Database, patience: float) -> None:
    """WAL, which the file remembers. SQLite does not wait here by itself when another process does the same."""
    end = time.monotonic() + patience
    while True:
        try:
            with database.raw_sqlite() as connection:
                connection.execute("PRAGMA journal_mode = WAL")
        except StoreError:
            if time.monotonic() > end:
                raise
            time.sleep(0.02)
        else:
            return


class Store:
    """All sessions that were kept. Open it with `open_store`; every method may be called from any thread.

    Sessions are asked for by their id (see `find`). All methods raise StoreError for the database's troubles, and
    OperatorError for a session that is not there.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self.batches = Batches(database)
        self.notebooks = Notebooks(database)
        self._sweep: trash.Sweep | None = None

    @property
    def place(self) -> str:
        """Where the sessions are, without a password."""
        return self.database.place

    def close(self) -> None:
        """Give back all connections. Close recorders first."""
        if self._sweep is not None:
            self._sweep.stop()
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()

    def list_sessions(self, limit: int | None = None, filter: str = "") -> list[SessionSummary]:
        """Newest first, by when something last happened, at most `limit`. Each word of `filter` must stand in the id,
        the title, the template, or an agent's name or model; capitals do not matter."""
        with self.database.reading() as connection:
            return summaries.listed(connection, limit, filter)

    def summary(self, session: str) -> SessionSummary:
        """One session as the list shows it."""
        with self.database.reading() as connection:
            found = summaries.summary_of(connection, session)
        return found if found is not None else self._not_there(session)

    def councils(self, session: str) -> list[SessionSummary]:
        """The councils that were held for the session's own agents, in the order of the turns that they serve."""
        with self.database.reading() as connection:
            return councils.of_session(connection, session)

    def find(self, name: str) -> str:
        """The id of the session that the person means: an id or the beginning of one, a title, or "last"."""
        with self.database.reading() as connection:
            return summaries.found(connection, name)

    def totals(self, session: str | None = None) -> Totals:
        """Turns, cost and tokens of one session, or of all together."""
        with self.database.reading() as connection:
            return summaries.totals(connection, session)

    def events(self, session: str, *, from_seq: int = 0, deltas: bool = True) -> Iterator[AnyEvent]:
        """Everything that happened from `from_seq` on, in order and as it was, read a little at a time.

        A turn that was cut short has a start and deltas and no end. What is recorded meanwhile may be read, too.
        """
        self.summary(session)
        return self._events(session, from_seq, "all" if deltas else "none")

    def _events(self, session: str, from_seq: int | None, deltas: reading.Deltas) -> Iterator[AnyEvent]:
        while from_seq is not None:
            with self.database.reading() as connection:
                page = reading.page(connection, session, from_seq, deltas)
            yield from page.events
            from_seq = page.next_seq

    def state(self, session: str) -> SessionState:
        """What all its events add up to."""
        self.summary(session)
        with self.database.reading() as connection:
            return reading.state(connection, session)

    def entries(self, session: str, first: int, last: int) -> list[Entry]:
        """The timeline from turn `first` to turn `last`, with what stands before `first` since the turn before it, and
        with all that follows `last` where that is the last turn. Takes as long as this stretch is, however long the
        session."""
        self.summary(session)
        with self.database.reading() as connection:
            return reading.entries(connection, session, first, last)

    def stretch(self, session: str, first: int, last: int) -> SessionState:
        """The session as if nothing but these `entries` were in it, with its agents: who missed what of them."""
        self.summary(session)
        with self.database.reading() as connection:
            return reading.stretch(connection, session, first, last)

    def turns(self, session: str, first: int, last: int) -> list[TurnEntry]:
        """The turns that stand from `first` to `last`, by number, both included."""
        stretch = self.entries(session, first, last)
        spoken = (entry for entry in stretch if isinstance(entry, TurnEntry) and not entry.retracted)
        return [entry for entry in spoken if first <= entry.turn <= last]

    def said(self, session: str, first: int, last: int) -> Iterator[Said]:
        """What stands of the turns from `first` to `last`, in order, and nothing else: read a page at a time."""
        for begin in range(first, last + 1, said.PAGE):
            with self.database.reading() as connection:
                page = said.said_between(connection, session, begin, min(begin + said.PAGE - 1, last))
            yield from page

    def edited_turns(self, session: str, last: int) -> set[int]:
        """The turns up to `last` that say something else than when they were spoken."""
        with self.database.reading() as connection:
            return said.edited_until(connection, session, last)

    def place_of_turn(self, session: str, turn: int) -> int:
        """The number of the event that ended `turn`; 1, the opening, for no such turn."""
        with self.database.reading() as connection:
            return seeking.place_of_turn(connection, session, turn)

    def place_before(self, session: str, place: int, at: float) -> int:
        """The last event before `place` that ended a turn no later than `at` (Unix seconds); 1 for none."""
        with self.database.reading() as connection:
            return seeking.place_before(connection, session, place, at)

    def last_whole(self, session: str) -> int:
        """The number of the last event before the turn that is being spoken; of the last one where none is."""
        with self.database.reading() as connection:
            return seeking.last_whole(connection, session)

    def state_at(self, session: str, place: int, *, held: int = 200) -> SessionState:
        """The state as it was after event `place`, to look at: only its last `held` turns and attempts are in it and in
        the agents' sums. Takes as long as those do, however long the session."""
        self.summary(session)
        with self.database.reading() as connection:
            return seeking.state_at(connection, session, place, held)

    def spent_before(self, session: str, place: int, *, held: int = 200) -> dict[int, Spent]:
        """What each agent, by seat, had spent before that which `state_at` holds."""
        with self.database.reading() as connection:
            first = seeking.first_held(connection, session, place, held)
            return seeking.spent(connection, session, first - 1)

    def search(self, text: str, limit: int = 50) -> list[Hit]:
        """The newest places that `text` asks for, in the words that `query` explains. Raises QueryMistake."""
        return self.search_for(parse(text), limit)

    def search_for(self, query: Query, limit: int = 50) -> list[Hit]:
        """The newest places that fit: turns, and words between them."""
        with self.database.reading() as connection:
            return found(connection, query, limit)

    def turns_saying(self, session: str, text: str) -> list[int]:
        """The numbers of the session's turns that say all words and "quoted phrases" of `text`, in order. Takes as long
        as there are such turns, however long the session."""
        with self.database.reading() as connection:
            return search.turns_saying(connection, text, session)

    def rename(self, session: str, title: str) -> None:
        """Give the session another title. The setup that was recorded keeps the old one."""
        statement = update(sessions).where(sessions.c.id == session, summaries.THERE).values(title=storable(title))
        with self.database.writing() as connection:
            changed = connection.execute(statement).rowcount
        if changed == 0:
            self._not_there(session)

    def marks(self, session: str) -> dict[int, Mark]:
        """The marks of the session by turn; its own is that of turn 0."""
        with self.database.reading() as connection:
            return marking.marks_of(connection, session)

    def mark(self, session: str, turn: int, make: Callable[[Mark], Mark]) -> tuple[Mark, Mark]:
        """Mark a turn, or with turn 0 the session itself, as `make` makes it of the mark that is there. The mark before
        and after. No event comes of it: whoever records the session goes on doing so."""
        with self.database.writing() as connection:
            changed = marking.change(connection, session, turn, make)
        return changed if changed is not None else self._not_there(session)

    def moments(self, tag: str | None = None, limit: int | None = None) -> list[Moment]:
        """What was starred, in all sessions, what was starred last first; with `tag`, what has that tag, too."""
        with self.database.reading() as connection:
            return marking.moments(connection, tag, limit)

    def known_tags(self) -> list[str]:
        """All tags that anything has, by the alphabet."""
        with self.database.reading() as connection:
            return marking.known_tags(connection)

    def keep_judgement(self, judgement: Judgement) -> None:
        """Keep what judges said, in place of what was kept under the same id."""
        with self.database.writing() as connection:
            there = judging.keep(connection, judgement)
        if not there:
            _missing(judgement.session)

    def judgements(self, session: str) -> list[Judgement]:
        """What judges said of the session, newest first."""
        with self.database.reading() as connection:
            return judging.judgements_of(connection, session)

    def forget_judgement(self, id: str) -> bool:
        """Remove a judgement for good. Whether it was there."""
        with self.database.writing() as connection:
            return judging.forget(connection, id)

    def put_away(self, session: str) -> SessionSummary:
        """Put the session into the trash: nothing finds it any more, and after 30 days it is deleted. Gives back what
        it was. Raises LiveError while somebody records it."""
        with living.unrecorded(self.database, session), self.database.writing() as connection:
            found = summaries.summary_of(connection, session)
            if found is not None:
                trash.put_away(connection, session, time.time())
        return found if found is not None else self._not_there(session)

    def bring_back(self, session: str) -> SessionSummary:
        """Take the session out of the trash. Gives back what it is; does nothing where it is not there."""
        with self.database.writing() as connection:
            trash.bring_back(connection, session)
            found = summaries.summary_of(connection, session)
        return found if found is not None else _missing(session)

    def in_trash(self, limit: int | None = None, filter: str = "") -> list[SessionSummary]:
        """What lies in the trash, what was put there last first, as `list_sessions` gives it. `trash.gone_at` says how
        long each stays."""
        with self.database.reading() as connection:
            return summaries.in_trash(connection, limit, filter)

    def find_in_trash(self, name: str) -> str:
        """The id of the session in the trash that the person means, as `find` understands it."""
        with self.database.reading() as connection:
            return summaries.found(connection, name, trash=True)

    def delete(self, session: str) -> None:
        """Remove the session with everything in it, for good, wherever it is. Its branches stay. Raises LiveError
        while somebody records it."""
        with living.unrecorded(self.database, session), self.database.writing() as connection:
            there = trash.delete_for_good(connection, session)
        if not there:
            _missing(session)

    def claim(self, session: str) -> Claim:
        """The right to record the session, which nobody else has then; see `living`. Raises LiveError."""
        return living.claim(self.database, session)

    def keeper(self, session: str) -> Keeper | None:
        """Who records the session at this moment; None where nobody does."""
        return living.keeper_of(self.database, session)

    def living(self) -> dict[str, Keeper]:
        """All sessions that are being recorded at this moment, and by whom."""
        return living.living(self.database)

    def delete_from_trash(self, session: str) -> bool:
        """Remove the session for good if it is in the trash. Whether it was: somebody may have brought it back."""
        with self.database.writing() as connection:
            return trash.lies_there(connection, session) and trash.delete_for_good(connection, session)

    def empty_old_trash(self, now: float | None = None) -> None:
        """Let what has lain in the trash for 30 days at `now` go, beside whatever else happens. `close` waits."""
        at = time.time() if now is None else now
        with self.database.reading() as connection:
            old = trash.overdue(connection, at)
        if old and self._sweep is None:
            self._sweep = trash.Sweep(self.database, at, old)

    def new_id(self) -> str:
        """An id that no session here has: eight letters and digits."""
        with self.database.reading() as connection:
            while True:
                id = "".join(secrets.choice(_LETTERS) for _ in range(_ID_LENGTH))
                if connection.execute(select(sessions.c.id).where(sessions.c.id == id)).first() is None:
                    return id

    def _not_there(self, session: str) -> NoReturn:
        """The error for a session that is not there, or is in the trash."""
        with self.database.reading() as connection:
            if trash.lies_there(connection, session):
                raise trash.in_the_way(session)
        _missing(session)

    def problems(self, *, thorough: bool = False) -> list[str]:
        """What is wrong with the database, one line each; nothing where it is whole. Reads all of a SQLite file, and
        with `thorough` compares the indexes with their tables."""
        if self.database.dialect != "sqlite":
            return []
        with self.database.raw_sqlite() as connection:
            return sqlite_file.problems_of(connection, thorough=thorough)


def _missing(session: str) -> NoReturn:
    raise OperatorError(f"there is no session {session!r}", "`backrooms sessions list` shows all")
