"""The database for one program alone: for what must not happen while anybody else has it open."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from backrooms_tui.store.failures import StoreError, in_words

# Seconds to wait: a command that only lists something is done by then.
_PATIENCE = 3.0
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


@contextmanager
def sole_use(path: Path, *, patience: float = _PATIENCE) -> Iterator[sqlite3.Connection]:
    """A connection to the SQLite file at `path`, in no transaction; nobody else reads or writes until it is given back.

    Raises StoreError where another program has it open, be it only to look: it may be recording at any moment.
    """
    uri = f"{path.as_uri()}?mode=rw"
    with (
        in_words(str(path)),
        closing(sqlite3.connect(uri, uri=True, timeout=patience, isolation_level=None)) as connection,
    ):
        # Before the first access, so that SQLite's write-ahead log, too, is kept to this connection.
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        try:
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            if error.sqlite_errorcode & 0xFF in _BUSY:
                raise StoreError(
                    f"another program has {path} open, and may be recording a session",
                    "close Backrooms in other windows and whatever else has it open, then try again",
                ) from error
            raise
        connection.execute("PRAGMA foreign_keys = ON")
        yield connection


def put_log_back(connection: sqlite3.Connection) -> None:
    """Put SQLite's write-ahead log back into the file, and empty it. What fails here is done by the next opening."""
    with suppress(sqlite3.Error):
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
