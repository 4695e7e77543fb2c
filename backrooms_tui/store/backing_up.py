"""A copy of the database while sessions are being recorded: as it was at one moment, whole, and for its owner only."""

import errno
import os
import secrets
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.store.database import Store
from backrooms_tui.store.failures import StoreError, damaged, explained, in_words
from backrooms_tui.store.sqlite_file import problems_of

# Hears how many bytes of how many are copied.
Told = Callable[[int, int], None]

_PAGES = 2_000  # copied at once: 8 MB
_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def back_up(store: Store, path: Path, told: Told | None = None) -> int:
    """Copy the database to `path`, which must not exist yet; its size in bytes.

    Who records meanwhile does not wait, and what is recorded meanwhile is not in the copy. Stopped in the middle, there
    is nothing at `path`. Raises StoreError, and OperatorError where `path` is taken or the sessions are on a server.
    """
    if store.database.dialect != "sqlite":
        raise OperatorError(
            f"the sessions are kept on a server, {store.place}",
            "its own tool copies them while they are in use: pg_dump --format=custom --file=FILE DATABASE",
        )
    with store.database.raw_sqlite() as connection:
        return copied(connection, path, store.place, told)


def copied(connection: sqlite3.Connection, path: Path, place: str, told: Told | None = None) -> int:
    """Copy what `connection` sees now to `path`, which must not exist yet. `place` names where it comes from. Its size
    in bytes. Raises StoreError."""
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with in_words(str(path)):
            if path.exists():
                raise _taken(path)
            os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        # A transaction that has begun to read sees one state, and so the copy is never begun afresh.
        connection.execute("BEGIN")
        try:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchall()
            _copy(connection, partial, path, place, told)
        finally:
            connection.execute("ROLLBACK")
        with in_words(str(path)):
            _name(partial, path)
            return path.stat().st_size
    finally:
        for end in ("", "-journal", "-wal", "-shm"):
            with suppress(OSError):
                partial.with_name(partial.name + end).unlink()


def pour(source: sqlite3.Connection, target: sqlite3.Connection, told: Told | None = None) -> None:
    """Make `target` what `source` is, in one transaction of `target`. Raises sqlite3's errors; then nothing was
    changed."""
    size: int = source.execute("PRAGMA page_size").fetchone()[0]

    def progress(_status: int, remaining: int, total: int) -> None:
        if told is not None:
            told((total - remaining) * size, total * size)

    source.backup(target, pages=_PAGES, progress=progress)


def _copy(connection: sqlite3.Connection, partial: Path, path: Path, place: str, told: Told | None) -> None:
    with closing(sqlite3.connect(partial, isolation_level=None)) as target:
        # Nobody needs a half of it: if it fails, all of it goes.
        target.execute("PRAGMA journal_mode = OFF")
        try:
            pour(connection, target, told)
            problems = problems_of(target)
        except sqlite3.Error as error:
            here = place if error.sqlite_errorcode & 0xFF in _DAMAGE else str(path)
            raise explained(here, error) from error
    if problems:
        raise damaged(place, problems[0])


def _name(partial: Path, path: Path) -> None:
    """Let what is whole have its name, and never another file's."""
    with open(partial, "rb+") as file:
        os.fsync(file.fileno())
    try:
        os.link(partial, path)
    except FileExistsError:
        raise _taken(path) from None
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EACCES):
            raise
        # A file system without second names: nearly as good.
        if path.exists():
            raise _taken(path) from None
        partial.rename(path)


def _taken(path: Path) -> StoreError:
    return StoreError(f"{path} is there already", "name another file; nothing is overwritten")
