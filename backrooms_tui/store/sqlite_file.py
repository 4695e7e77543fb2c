"""The SQLite file itself: made with the right modes, and looked over before anything is allowed to write to it."""

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from backrooms_tui.store.failures import StoreError, damaged, in_words
from backrooms_tui.store.migrations import APPLICATION_ID, VERSION, newer, not_ours

# A file up to this size, in bytes, is looked through for damage whenever it is opened: measured at 25 ms. A larger one
# is looked through by `Store.problems`, on request; SQLite notices much damage by itself when it comes upon it.
_LOOKED_THROUGH = 32_000_000
_LARGEST_PAGE = 65_536


def make(path: Path) -> None:
    """Make the file, 0600, and its folder, 0700, where they are missing. Raises OSError."""
    missing = []
    folder = path.parent
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    for folder in reversed(missing):
        folder.mkdir(mode=0o700, exist_ok=True)
    with suppress(FileExistsError):
        # What SQLite puts beside the file (-wal, -shm) takes over its mode.
        path.touch(mode=0o600, exist_ok=False)


def look_over(path: Path) -> None:
    """Raises StoreError where the file is another program's, from a newer version, or damaged.

    Nothing is written, not even beside a file that turns out not to be ours. The file is only ever opened through
    SQLite: closing a file descriptor of our own would take away the locks of this process's other connections.
    """
    if path.is_dir():
        raise StoreError(f"{path} is a folder", "name a file in it")
    if not path.exists():
        raise StoreError(f"{path} does not exist", "check the path; a database is made by the first session")
    if _size(path, "-journal") and path.stat().st_size <= _LARGEST_PAGE:
        # A program was stopped while it made this file; SQLite takes the beginnings back once it may write.
        return
    in_use, changed = _in_use(path), path.stat().st_mtime_ns
    try:
        # `immutable` leaves no files beside this one, but holds only while nobody writes.
        _look(path, "mode=ro" if in_use else "immutable=1")
    except StoreError:
        if in_use or not (_in_use(path) or path.stat().st_mtime_ns != changed):
            raise
        # Somebody began to write while we looked, so what we saw may have been half of a change.
        _look(path, "mode=ro")


def address(path: Path) -> str:
    """The URI by which to read the file and leave nothing beside it, as long as nobody begins to write to it."""
    return f"{path.as_uri()}?{'mode=ro' if _in_use(path) else 'immutable=1'}"


def problems_of(connection: sqlite3.Connection, *, thorough: bool = False) -> list[str]:
    """What is wrong with the file's structure, in SQLite's words; nothing where it is whole. `thorough` compares every
    index with its table, too, which takes several times as long."""
    check = "integrity_check" if thorough else "quick_check"
    rows = [str(row[0]) for row in connection.execute(f"PRAGMA {check}(10)")]
    return [line for row in rows for line in row.splitlines() if line != "ok" and not line.startswith("***")]


def _look(path: Path, how: str) -> None:
    place = str(path)
    with in_words(place):
        opened = sqlite3.connect(f"{path.as_uri()}?{how}", uri=True, timeout=5.0, isolation_level=None)
        with closing(opened) as connection:
            mark, version = _number(connection, "application_id"), _number(connection, "user_version")
            tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
            if (mark, version, tables) == (0, 0, 0):
                return
            if mark != APPLICATION_ID:
                raise not_ours(place)
            if version > VERSION:
                raise newer(place)
            problems = problems_of(connection) if path.stat().st_size <= _LOOKED_THROUGH else []
    if problems:
        raise damaged(place, problems[0])


def _in_use(path: Path) -> bool:
    return bool(_size(path, "-wal") or _size(path, "-journal"))


def _size(path: Path, end: str) -> int:
    try:
        return path.with_name(path.name + end).stat().st_size
    except FileNotFoundError:
        return 0


def _number(connection: sqlite3.Connection, pragma: str) -> int:
    number: int = connection.execute(f"PRAGMA {pragma}").fetchone()[0]
    return number
