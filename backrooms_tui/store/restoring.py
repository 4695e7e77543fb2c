"""A backup in place of what is there now, which is put aside first.

Killed at any moment, the one or the other is there, whole.
"""

import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.store import sqlite_file
from backrooms_tui.store.backing_up import Told, copied, pour
from backrooms_tui.store.database import open_store
from backrooms_tui.store.failures import DamageError, StoreError, damaged, in_words
from backrooms_tui.store.place import place_of
from backrooms_tui.store.sole_use import put_log_back, sole_use

_FOLDER = ".restore-"
_A_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Restored:
    """What is there now: how many sessions, and in the trash. `aside` is where the old ones are, if there were any."""

    sessions: int
    trashed: int
    aside: Path | None


def restore(url_or_path: str | Path, backup: Path, today: date, told: Told | None = None) -> Restored:
    """Put the database of the file `backup` in place of the one at `url_or_path`. `told` hears of the bytes copied.

    The backup is looked through first, and brought up to date if it is older. Raises StoreError where it is not ours,
    damaged or from a newer version, where another program has the database open, and OperatorError where the sessions
    are on a server. Then everything is as it was.
    """
    place = place_of(url_or_path)
    if place.file is None:
        raise OperatorError(
            f"the sessions are kept on a server, {place.shown}",
            "its own tool puts back what pg_dump copied: pg_restore --clean --dbname=DATABASE FILE",
        )
    backup = backup.absolute()
    if not backup.exists():
        raise StoreError(f"{backup} does not exist", "name a file that `backrooms backup` made")
    sqlite_file.look_over(backup)
    with in_words(place.shown):
        sqlite_file.make(place.file)
        if place.file.samefile(backup):
            raise StoreError(f"{backup} is the database that is in use", "name a backup of it")
        _sweep(place.file.parent)
        with TemporaryDirectory(prefix=_FOLDER, dir=place.file.parent, ignore_cleanup_errors=True) as folder:
            ready = Path(folder) / "sessions.db"
            sessions, trashed = _made_ready(backup, ready, told)
            aside = _put_in_place(ready, place.file, today)
    return Restored(sessions, trashed, aside)


def _made_ready(backup: Path, ready: Path, told: Told | None) -> tuple[int, int]:
    """A copy of the backup, whole and up to date; how many sessions are in it, and how many in the trash."""
    with in_words(str(backup)), closing(sqlite3.connect(sqlite_file.address(backup), uri=True)) as source:
        source.isolation_level = None
        if source.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0:
            raise StoreError(f"{backup} holds no sessions", "name a file that `backrooms backup` made")
        copied(source, ready, str(backup), told)
    try:
        with open_store(ready) as store:
            problems = store.problems(thorough=True)
            sessions, trashed = store.totals().sessions, len(store.in_trash())
    except StoreError as error:
        raise StoreError(error.what.replace(str(ready), str(backup)), error.cure) from error
    if problems:
        raise damaged(str(backup), problems[0])
    return sessions, trashed


def _put_in_place(ready: Path, file: Path, today: date) -> Path | None:
    try:
        sqlite_file.look_over(file)
        with sole_use(file) as connection:
            connection.execute("PRAGMA journal_mode = WAL").fetchall()
            aside = None
            if _holds_anything(connection):
                aside = _free_name(file, today)
                copied(connection, aside, str(file))
            with _with_pages_of(connection, ready) as source:
                pour(source, connection)
            put_log_back(connection)
        return aside
    except DamageError:
        return _moved_aside(ready, file, today)


def _holds_anything(connection: sqlite3.Connection) -> bool:
    if not connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'sessions'").fetchone()[0]:
        return False
    if connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'notebooks'").fetchone()[0]:
        # Notes outlive the sessions that wrote them.
        whole = "SELECT EXISTS (SELECT 1 FROM sessions) OR EXISTS (SELECT 1 FROM notebooks)"
    else:
        whole = "SELECT EXISTS (SELECT 1 FROM sessions)"
    return bool(connection.execute(whole).fetchone()[0])


@contextmanager
def _with_pages_of(target: sqlite3.Connection, ready: Path) -> Iterator[sqlite3.Connection]:
    """The database that is ready, in pages of the size that `target` has: only then does SQLite copy them."""
    wanted = target.execute("PRAGMA page_size").fetchone()[0]
    with closing(sqlite3.connect(ready, isolation_level=None)) as source:
        if source.execute("PRAGMA page_size").fetchone()[0] != wanted:
            source.execute("PRAGMA journal_mode = DELETE").fetchall()
            source.execute(f"PRAGMA page_size = {wanted:d}")
            source.execute("VACUUM")
        yield source


def _moved_aside(ready: Path, file: Path, today: date) -> Path:
    """What is there now is damaged: the files themselves are put aside, whatever they hold."""
    aside = _free_name(file, today)
    # A log that is left would be taken for the new file's.
    with suppress(FileNotFoundError):
        file.with_name(file.name + "-wal").rename(aside.with_name(aside.name + "-wal"))
    with suppress(FileNotFoundError):
        file.with_name(file.name + "-shm").unlink()
    try:
        os.link(file, aside)
    except OSError:
        shutil.copy2(file, aside)
    os.replace(ready, file)
    return aside


def _free_name(file: Path, today: date) -> Path:
    stem = f"{file.stem}-before-restore-{today.isoformat()}"
    names = (f"{stem}{'' if number == 1 else f'-{number}'}{file.suffix}" for number in count(1))
    return next(path for name in names if not (path := file.with_name(name)).exists())


def _sweep(folder: Path) -> None:
    """What a killed program left here yesterday or before."""
    for left in folder.glob(f"{_FOLDER}*"):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > _A_DAY:
                shutil.rmtree(left)
