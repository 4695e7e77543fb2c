"""Which sessions are being recorded right now, by whom, and the right to record one.

A program **claims** a session for as long as it records it: no other one can then. The mark is gone the moment the
program ends, however it ends. With SQLite it is a locked file in a folder beside the database (`sessions.db-live`),
with PostgreSQL an advisory lock of a connection that the recorder keeps.
"""

import json
import os
import re
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any

from backrooms_tui.session.harmless import harmless_line
from backrooms_tui.store import lock_file
from backrooms_tui.store.connection import Database
from backrooms_tui.store.failures import StoreError, in_words

# Seconds to wait for a recorder of this program that is about to close, and for another program: somebody there may
# only have looked at the mark, or be on the way out.
_OURS, _OTHERS = 2.0, 0.3
_PAUSE = 0.03
_FOLDER = "-live"  # behind the database's name, as SQLite's own files
_PLAIN = re.compile(r"[0-9a-z_-]{1,64}")
_NAMED = re.compile(r"backrooms (\d+) (\d+) (.*)")
_SALT = 7_266  # so that other programs' locks in the same database are not taken for ours


@dataclass(frozen=True, slots=True)
class Keeper:
    """Who records a session: a process (0 where that is not known) on `host`, since `since` (Unix seconds, or 0)."""

    process: int
    host: str
    since: float

    @property
    def here(self) -> bool:
        """Whether that is this very program."""
        return (self.process, self.host) == (os.getpid(), socket.gethostname())

    @property
    def spoken(self) -> str:
        """`process 4711 on this machine, since 14:02`."""
        if self.here:
            return "this program"
        where = "this machine" if self.host == socket.gethostname() else harmless_line(self.host)
        who = f"process {self.process} on {where}" if self.process else "another program"
        try:
            began = datetime.fromtimestamp(self.since).astimezone() if self.since else None
        except (ValueError, OverflowError, OSError):  # whatever somebody wrote there
            began = None
        if began is None:
            return who
        today = began.date() == datetime.now().astimezone().date()
        return f"{who}, since {began:%H:%M}" if today else f"{who}, since {began:%Y-%m-%d %H:%M}"


class LiveError(StoreError):
    """The session is being recorded by `keeper`."""

    def __init__(self, session: str, keeper: Keeper, cure: str = "") -> None:
        self.session = session
        self.keeper = keeper
        super().__init__(
            f"session {session} is being recorded by {keeper.spoken}",
            cure
            or f"watch it with `backrooms replay {session} --follow`, or go on from its last turn in a session of its "
            f"own with `backrooms sessions branch {session}`",
        )


class Claim:
    """The right to record a session, until it is released. `trouble` says why others cannot see it; "" if they can."""

    def __init__(
        self, let_go: Callable[[], None], trouble: str = "", *, stands: Callable[[], bool] | None = None
    ) -> None:
        self._let_go: Callable[[], None] | None = let_go
        self._stands = stands
        self.trouble = trouble

    def stands(self) -> bool:
        """Whether nobody else can have taken it since. Not so where the server was away, or the locks were cleared:
        then it has to be asked for anew before more is written."""
        return self._stands is None or self._stands()

    def release(self) -> None:
        """Others may record the session from here on. A second call does nothing."""
        let_go, self._let_go = self._let_go, None
        if let_go is not None:
            let_go()


def claim(database: Database, session: str) -> Claim:
    """The right to record `session`. Raises LiveError where somebody else has it, and does not give it back at once."""
    return _claim_file(database.file, session) if database.file is not None else _claim_lock(database, session)


@contextmanager
def unrecorded(database: Database, session: str) -> Iterator[None]:
    """Nobody records `session` meanwhile: for what must not happen to one that grows. Raises LiveError."""
    try:
        mine = claim(database, session)
    except LiveError as error:
        raise LiveError(session, error.keeper, "leave it there first, then try again") from None
    try:
        yield
    finally:
        mine.release()


def keeper_of(database: Database, session: str) -> Keeper | None:
    """Who records `session`; None where nobody does."""
    if database.file is None:
        return next(iter(_lock_holders(database, session).values()), None)
    return _holder(_folder(database.file) / _file_name(session))[1]


def living(database: Database) -> dict[str, Keeper]:
    """The sessions that are being recorded, and by whom. Costs what they cost, however many sessions there are."""
    if database.file is None:
        return _lock_holders(database)
    found = {}
    with suppress(OSError):
        for path in list(_folder(database.file).iterdir()):
            session, keeper = _holder(path)
            if keeper is not None and session:
                found[session] = keeper
    return found


def _until_taken(session: str, attempt: Callable[[], bool], holder: Callable[[], Keeper | None]) -> None:
    began = time.monotonic()
    while not attempt():
        keeper = holder()
        passed = time.monotonic() - began
        if passed > (_OURS if keeper is None or keeper.here else _OTHERS):
            raise LiveError(session, keeper or Keeper(0, "", 0.0))
        time.sleep(_PAUSE)


# SQLite: a locked file ------------------------------------------------------------------------------------------------


def _folder(database: Path) -> Path:
    real = database.resolve()  # one folder, by whichever name the database was opened
    return real.with_name(real.name + _FOLDER)


def _file_name(session: str) -> str:
    """The id, or a name for one that would be no good name for a file."""
    return session if _PLAIN.fullmatch(session) else f"x{blake2b(session.encode(), digest_size=16).hexdigest()}"


def _claim_file(database: Path, session: str) -> Claim:
    folder = _folder(database)
    path = folder / _file_name(session)
    mine = {"session": session, "process": os.getpid(), "host": socket.gethostname(), "since": time.time()}
    taken: lock_file.LockFile | None = None

    def attempt() -> bool:
        nonlocal taken
        with suppress(FileNotFoundError):  # the folder was taken away in between
            folder.mkdir(mode=0o700, exist_ok=True)
            taken = lock_file.take(path, json.dumps(mine))
        return taken is not None

    def release() -> None:
        if taken is not None:
            taken.release()
        with suppress(OSError):  # others are in it
            folder.rmdir()

    try:
        _until_taken(session, attempt, lambda: _holder(path)[1])
    except OSError as error:
        why = error.strerror or type(error).__name__
        trouble = f"{folder} cannot hold locks ({why}): other programs cannot see that this session is being recorded"
        return Claim(lambda: None, trouble)
    return Claim(release, stands=lambda: taken is None or taken.stands())


def _holder(path: Path) -> tuple[str, Keeper | None]:
    """The session that a file stands for, and who holds it."""
    try:
        text = lock_file.text_of_holder(path)
    except OSError:  # a file system without locks, or a file that is not ours
        return "", None
    if text is None:
        return "", None
    try:
        told: dict[str, Any] = json.loads(text)
        return str(told["session"]), Keeper(int(told["process"]), str(told["host"]), float(told["since"]))
    except (ValueError, LookupError, TypeError):  # it is about to be written
        return path.name, Keeper(0, "", 0.0)


# PostgreSQL: an advisory lock -----------------------------------------------------------------------------------------

_TRY = "SELECT pg_try_advisory_lock(hashtextextended(%s, %s))"
# A program whose machine was switched off is given up after half a minute; one that only waits is not cut off.
_KEEP = """
    SELECT set_config(name, value, false) FROM (VALUES
        ('application_name', %s), ('tcp_keepalives_idle', '15'), ('tcp_keepalives_interval', '5'),
        ('tcp_keepalives_count', '3'), ('idle_session_timeout', '0')
    ) AS wanted(name, value) JOIN pg_settings USING (name)
"""
_HOLDERS = """
    SELECT {session}, a.application_name
    FROM pg_locks l
    JOIN pg_database d ON d.oid = l.database AND d.datname = current_database()
    JOIN {sessions} ON hashtextextended({session}, {salt}) = (l.classid::bigint << 32 | l.objid::bigint)
    LEFT JOIN pg_stat_activity a ON a.pid = l.pid
    WHERE l.locktype = 'advisory' AND l.objsubid = 1 AND l.granted
"""
_ALL_HOLDERS = _HOLDERS.format(session="s.id", sessions="sessions s", salt=_SALT)
_ONE_HOLDER = _HOLDERS.format(session="s.id", sessions="(SELECT CAST(%s AS text) AS id) s", salt=_SALT)


def _claim_lock(database: Database, session: str) -> Claim:
    connection = database.lasting_connection()
    raw: Any = connection.connection.dbapi_connection

    def attempt() -> bool:
        with in_words(database.place):
            return bool(connection.exec_driver_sql(_TRY, (session, _SALT)).scalar_one())

    def stands() -> bool:
        try:
            with in_words(database.place):
                connection.exec_driver_sql("SELECT 1")
        except StoreError:
            return False
        return True

    def release() -> None:
        if not raw.closed:  # nor broken
            # The server notices a while later that a connection was closed; this it does at once.
            with suppress(StoreError), in_words(database.place):
                connection.exec_driver_sql("SELECT pg_advisory_unlock_all()")
            connection.close()
        raw.close()  # SQLAlchemy only forgets one that broke

    try:
        _until_taken(session, attempt, lambda: keeper_of(database, session))
        name = f"backrooms {os.getpid()} {int(time.time())} {socket.gethostname()}"
        with in_words(database.place):
            # As PostgreSQL would cut it.
            connection.exec_driver_sql(_KEEP, (name.encode("ascii", "replace")[:63].decode(),)).all()
    except BaseException:
        release()
        raise
    return Claim(release, stands=stands)


def _lock_holders(database: Database, session: str | None = None) -> dict[str, Keeper]:
    with database.reading() as connection:
        if session is None:
            rows = connection.exec_driver_sql(_ALL_HOLDERS).all()
        else:
            rows = connection.exec_driver_sql(_ONE_HOLDER, (session,)).all()
    return {str(id): _named(str(name or "")) for id, name in rows}


def _named(application: str) -> Keeper:
    told = _NAMED.fullmatch(application)
    return Keeper(int(told[1]), told[3], float(told[2])) if told is not None else Keeper(0, "", 0.0)
