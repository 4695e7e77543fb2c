"""One way to the database for all who read and write it, whichever kind it is."""

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool

from backrooms_tui.store.failures import StoreError, in_words
from backrooms_tui.store.place import Place

_WRITES = "backrooms_writes"
# Bytes of SQLite's write-ahead log from which on `tidy` puts it back into the file, and pages from which on SQLite does
# so by itself, in the middle of a commit. What was put back is overwritten, but the log stays as long as it was unless
# it is cut to a length: else it would be put back after every write from then on.
_LOG = 4_000_000
_LOG_CUT_TO = 1_000_000
_LOG_PAGES = 16_000


class Database:
    """An open database. Connections are made as they are needed, and may be used from any thread."""

    def __init__(self, engine: Engine, place: Place) -> None:
        self.place = place.shown
        self.file = place.file  # None for a server
        self._log = place.file.with_name(place.file.name + "-wal") if place.file is not None else None
        self.dialect = engine.dialect.name
        self._engine = engine
        # One reading transaction sees one state of the database; SQLite does so anyhow.
        options = {"isolation_level": "REPEATABLE READ"} if self.dialect == "postgresql" else {}
        self._reads = engine.execution_options(**options)
        self._writes = engine.execution_options(**{_WRITES: True})

    def reading(self) -> AbstractContextManager[Connection]:
        """A transaction that only reads. Raises StoreError."""
        return self._begun(self._reads)

    def writing(self) -> AbstractContextManager[Connection]:
        """A transaction that has the right to write from its beginning. Raises StoreError; then nothing is written."""
        return self._begun(self._writes)

    @contextmanager
    def raw_sqlite(self) -> Iterator[sqlite3.Connection]:
        """The driver's own connection, in no transaction, for what SQLite only does there. Raises StoreError."""
        with in_words(self.place), closing(self._engine.raw_connection()) as pooled:
            connection: Any = pooled.driver_connection
            yield connection

    def lasting_connection(self) -> Connection:
        """A connection to be kept for long, in no transaction; it is none of those that are shared. Raises StoreError.

        Closing it gives back what the server holds for it, as does the end of the program.
        """
        with in_words(self.place):
            connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            connection.detach()
            return connection

    @contextmanager
    def _begun(self, engine: Engine) -> Iterator[Connection]:
        with in_words(self.place), engine.begin() as connection:
            yield connection

    def tidy(self) -> None:
        """What the database would otherwise do while somebody waits for a commit. It takes some ten milliseconds, now
        and then, and failing does no harm."""
        with suppress(StoreError, FileNotFoundError):
            if self._log is not None and self._log.stat().st_size > _LOG:
                with self.raw_sqlite() as connection:
                    connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    def close(self) -> None:
        """Give back all connections."""
        self._engine.dispose()


def sqlite_engine(place: Place, *, patience: float, read_only: bool) -> Engine:
    """The engine for a SQLite file that exists. `patience` is how many seconds to wait for another program's lock."""
    assert place.file is not None
    # Never made here: the file was given its mode before SQLite first saw it.
    uri = f"{place.file.as_uri()}?mode={'ro' if read_only else 'rw'}"

    def connect() -> sqlite3.Connection:
        # isolation_level None: the driver leaves transactions alone, which begin below, where SQLAlchemy says so.
        connection = sqlite3.connect(
            uri, uri=True, timeout=patience, isolation_level=None, check_same_thread=False, cached_statements=256
        )
        connection.execute("PRAGMA foreign_keys = ON")
        # In WAL mode a crash of the program loses nothing; a power cut may lose the last turns, never the database.
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(f"PRAGMA wal_autocheckpoint = {_LOG_PAGES}")
        connection.execute(f"PRAGMA journal_size_limit = {_LOG_CUT_TO}")
        return connection

    engine = create_engine("sqlite+pysqlite://", creator=connect, poolclass=QueuePool, hide_parameters=True)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A transaction that reads first and wants to write later can fail at once when another one writes in between;
        # one that says so from the start waits its turn.
        writes = connection.get_execution_options().get(_WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def postgres_engine(place: Place, *, patience: float, read_only: bool) -> Engine:
    """The engine for a PostgreSQL server. Raises StoreError where the driver is not installed."""
    assert place.url is not None
    try:
        engine = create_engine(
            place.url, connect_args=_patient(place, patience), pool_pre_ping=True, hide_parameters=True
        )
    except ImportError:
        raise StoreError(
            "the driver for PostgreSQL is not installed", "install it: pip install 'backrooms-tui[postgres]'"
        ) from None

    @event.listens_for(engine, "connect")
    def _settings(connection: Any, _record: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SET lock_timeout = {max(1, round(patience * 1000))}")
            if read_only:
                cursor.execute("SET default_transaction_read_only = on")
        connection.commit()

    return engine


def _patient(place: Place, patience: float) -> dict[str, int]:
    assert place.url is not None
    return {} if "connect_timeout" in place.url.query else {"connect_timeout": max(2, min(10, round(patience)))}
