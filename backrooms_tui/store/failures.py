"""What can go wrong with the database, in words for the person whose sessions are in it."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import exc

from backrooms_tui.session.trouble import OperatorError


class StoreError(OperatorError):
    """The database cannot be used as asked: not ours, damaged, full, locked, out of reach, or read only."""


class DamageError(StoreError):
    """The database is damaged, or is not one at all."""


_SQLITE = {
    sqlite3.SQLITE_FULL: (
        "the disk that holds {place} is full",
        "make room, then go on: nothing that was kept is lost",
    ),
    sqlite3.SQLITE_READONLY: ("{place} cannot be written", "check who owns the file and its folder, and their modes"),
    sqlite3.SQLITE_PERM: ("{place} cannot be written", "check who owns the file and its folder, and their modes"),
    sqlite3.SQLITE_BUSY: (
        "{place} is locked by another program",
        "close the program that holds it (a database browser, a backup), then try again",
    ),
    sqlite3.SQLITE_LOCKED: (
        "{place} is locked by another program",
        "close the program that holds it (a database browser, a backup), then try again",
    ),
    sqlite3.SQLITE_CORRUPT: (
        "{place} is damaged: {detail}",
        "`backrooms restore FILE` puts a backup in its place, or move the file away; it was left as it is",
    ),
    sqlite3.SQLITE_NOTADB: (
        "{place} is not a database",
        "name another file, or move this one away to start afresh; the file was left as it is",
    ),
    sqlite3.SQLITE_CANTOPEN: ("{place} cannot be opened", "check that the path is right and that you may read it"),
    sqlite3.SQLITE_IOERR: ("{place} cannot be read or written: {detail}", "check the disk that holds it"),
    sqlite3.SQLITE_CONSTRAINT: (
        "the session is no longer as it was left in {place}",
        "another program deleted it or is recording it too",
    ),
}

# By the class, or the code, of SQLSTATE: https://www.postgresql.org/docs/current/errcodes-appendix.html
_POSTGRES = {
    "53100": ("the disk of {place} is full", "make room, then go on: nothing that was kept is lost"),
    "53300": ("{place} has no connection to spare", "close other programs that use it, or raise max_connections"),
    "55P03": ("{place} is locked by another program", "find what holds it (pg_stat_activity), then try again"),
    "25006": ("{place} is read only", "connect to the primary server, or lift default_transaction_read_only"),
    "42501": ("{place} does not allow this: {detail}", "ask its owner for the right to create and write tables"),
    "23": ("the session is no longer as it was left in {place}", "another program deleted it or is recording it too"),
}


@contextmanager
def in_words(place: str) -> Iterator[None]:
    """Turns the database's errors into `StoreError`. `place` is how the database is named to the person."""
    try:
        yield
    except exc.DBAPIError as error:
        raise explained(place, error.orig or error) from error
    except (sqlite3.Error, OSError) as error:
        raise explained(place, error) from error
    except UnicodeDecodeError as error:  # SQLite hands on bytes that it never looked at
        raise damaged(place, "it holds text that is none") from error


def explained(place: str, error: BaseException) -> StoreError:
    """The StoreError for what a database driver or the system raised."""
    if isinstance(error, sqlite3.Error):
        return _explained_sqlite(place, error)
    if isinstance(error, OSError):
        return StoreError(f"{place}: {error.strerror or error}", "check that the folder exists and that you may write")
    return _explained_postgres(place, error)


def damaged(place: str, detail: str) -> StoreError:
    """The error for damage that somebody else than the driver found."""
    return _filled(_SQLITE[sqlite3.SQLITE_CORRUPT], place, ValueError(detail), DamageError)


def _explained_sqlite(place: str, error: sqlite3.Error) -> StoreError:
    # Python's own misuse errors carry no code; the low byte of an extended code is the primary one.
    code = getattr(error, "sqlite_errorcode", None) or 0
    words = _SQLITE.get(code & 0xFF, ("{place}: {detail}", "run `backrooms doctor` to look further"))
    damage = code & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
    return _filled(words, place, error, DamageError if damage else StoreError)


def _explained_postgres(place: str, error: BaseException) -> StoreError:
    state: str = getattr(error, "sqlstate", None) or ""
    words = _POSTGRES.get(state) or _POSTGRES.get(state[:2])
    if words is None and not state:
        # Not even connected, and then the server's own code is not handed on.
        words = (
            "{place} cannot be reached: {detail}",
            "check that the server runs, that the address is right, and that the database exists (createdb makes it)",
        )
    return _filled(words or ("{place}: {detail}", "run `backrooms doctor` to look further"), place, error)


def _filled(
    words: tuple[str, str], place: str, error: BaseException, kind: type[StoreError] = StoreError
) -> StoreError:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    what, cure = words
    return kind(what.format(place=place, detail=lines[0] if lines else type(error).__name__), cure)
