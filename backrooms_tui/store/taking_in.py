"""Taking in a whole session at once, from a file say: either all of it is there, or it never was.

A long one is recorded in a database of its own beside the person's, and then taken over: nobody who records meanwhile
has to wait for the reading of the file, only for the copying.
"""

import shutil
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, Table

from backrooms_tui.session.events import AnyEvent, Delta, SessionOpened, TurnEnded
from backrooms_tui.store.database import Store, open_store
from backrooms_tui.store.failures import in_words
from backrooms_tui.store.origins import Origin, keep
from backrooms_tui.store.schema import agents, events, origins, sessions, turns
from backrooms_tui.store.writing import Unwritten

# Events, and characters of what they say, that are held before they are written.
_EVENTS = 400
_CHARACTERS = 500_000
_FOLDER = ".import-"
_SAID = (
    "INSERT INTO main.said (session, seq, turn, seat, at, stall, source, text)"
    " SELECT session, seq, turn, seat, at, stall, source, text FROM taken.said ORDER BY id",
    "INSERT INTO turn_search (rowid, text) SELECT id, text FROM spoken"
    " WHERE id IN (SELECT id FROM main.said WHERE session IN (SELECT id FROM taken.sessions))",
)
_A_DAY = 86_400.0


def take_in(
    store: Store, session: Iterator[AnyEvent], *, long: bool = False, origin: tuple[str, Origin] | None = None
) -> None:
    """Keep all events of one session, which begin with its SessionOpened, in one transaction; those of its councils may
    follow, each beginning with its own. With it goes `origin`, the session's id and where it comes from.

    Stopped or killed in the middle, nothing of it was ever there; whatever `session` raises is raised. `long` says that
    it may take seconds to get the events.
    """
    file = _file_of(store)
    if not long or file is None:
        # PostgreSQL lets others write at the same time.
        _record(store, session, origin)
    else:
        _sweep(file.parent)
        with TemporaryDirectory(prefix=_FOLDER, dir=file.parent, ignore_cleanup_errors=True) as folder:
            path = Path(folder) / "session.db"
            with open_store(path) as own:
                _record(own, session, origin)
            _take_over(store, path)
    store.database.tidy()


def _sweep(folder: Path) -> None:
    """What a killed program left here yesterday or before."""
    for left in folder.glob(f"{_FOLDER}*"):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > _A_DAY:
                shutil.rmtree(left)


def _record(store: Store, session: Iterator[AnyEvent], origin: tuple[str, Origin] | None) -> None:
    unwritten = Unwritten()
    with store.database.writing() as connection:
        for held in _batches(session):
            for event in held:
                if isinstance(event, SessionOpened) and unwritten.session is not None:
                    _write(unwritten, connection)
                    unwritten = Unwritten()
                unwritten.take(event)
            _write(unwritten, connection)
        if origin is not None:
            keep(connection, *origin)


def _write(unwritten: Unwritten, connection: Connection) -> None:
    if unwritten.anything:
        unwritten.write(connection)
        unwritten.written()


def _batches(session: Iterator[AnyEvent]) -> Iterator[Sequence[AnyEvent]]:
    held: list[AnyEvent] = []
    length = 0
    for event in session:
        held.append(event)
        length += len(event.text) if isinstance(event, TurnEnded | Delta) else 0
        if len(held) >= _EVENTS or length >= _CHARACTERS:
            yield held
            held, length = [], 0
    if held:
        yield held


def _file_of(store: Store) -> Path | None:
    if store.database.dialect != "sqlite":
        return None
    with store.database.raw_sqlite() as connection:
        return Path(connection.execute("SELECT file FROM pragma_database_list WHERE name = 'main'").fetchone()[0])


def _take_over(store: Store, path: Path) -> None:
    """Copy the session of the database at `path`, and its councils."""
    with store.database.raw_sqlite() as connection, in_words(store.place), _attached(connection, path):
        connection.execute("BEGIN IMMEDIATE")
        try:
            for table in (sessions, agents, events, turns, origins):
                connection.execute(_copying(table))
            for statement in _SAID:
                connection.execute(statement)
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise


def _copying(table: Table) -> str:
    # A turn gets a number of its own here, by which it is found.
    columns = ", ".join(column.name for column in table.columns if (table is not turns or column.name != "id"))
    order = " ORDER BY id" if table is turns else ""
    return f"INSERT INTO main.{table.name} ({columns}) SELECT {columns} FROM taken.{table.name}{order}"  # noqa: S608


@contextmanager
def _attached(connection: sqlite3.Connection, path: Path) -> Iterator[None]:
    connection.execute("ATTACH DATABASE ? AS taken", (str(path),))
    try:
        yield
    finally:
        with suppress(sqlite3.Error):
            connection.execute("DETACH DATABASE taken")
