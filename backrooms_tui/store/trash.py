"""The trash: a session that was deleted stays there for 30 days, whole, and nothing else finds it."""

import threading
from collections.abc import Sequence
from contextlib import suppress

from sqlalchemy import Connection, delete, select, update

from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.store import search
from backrooms_tui.store.connection import Database
from backrooms_tui.store.failures import StoreError
from backrooms_tui.store.schema import sessions

DAYS = 30
_A_DAY = 86_400.0


def gone_at(trashed: float) -> float:
    """When something goes for good that went into the trash at `trashed`; Unix seconds both."""
    return trashed + DAYS * _A_DAY


def with_councils(connection: Connection, session: str) -> list[str]:
    """The session's id and those of all councils that were held for it, and for those."""
    all_of, next = [], [session]
    while next:
        all_of += next
        serving = connection.execute(select(sessions.c.id).where(sessions.c.serves.in_(next))).scalars()
        next = [council for council in serving if council not in all_of]
    return all_of


def served(connection: Connection, session: str) -> str:
    """The session that this one is a council of, however deep; itself where it is none."""
    seen: set[str] = set()
    while session not in seen:
        seen.add(session)
        outer = connection.execute(select(sessions.c.serves).where(sessions.c.id == session)).scalar()
        session = outer or session
    return session


def put_away(connection: Connection, session: str, at: float) -> None:
    """Put the session into the trash at `at` (Unix seconds). One that lies there keeps its time."""
    mine = sessions.c.id.in_(with_councils(connection, session)) & sessions.c.trashed.is_(None)
    connection.execute(update(sessions).where(mine).values(trashed=at))


def bring_back(connection: Connection, session: str) -> None:
    """Take the session out of the trash."""
    mine = sessions.c.id.in_(with_councils(connection, session))
    connection.execute(update(sessions).where(mine).values(trashed=None))


def lies_there(connection: Connection, session: str) -> bool:
    """Whether the session with this very id is in the trash."""
    statement = select(sessions.c.id).where(sessions.c.id == session, sessions.c.trashed.is_not(None))
    return connection.execute(statement).first() is not None


def in_the_way(session: str) -> OperatorError:
    """The error for doing with a session in the trash what is only done with others."""
    return OperatorError(
        f"session {session} is in the trash", f"`backrooms sessions restore {session}` takes it out again"
    )


def delete_for_good(connection: Connection, session: str) -> bool:
    """Remove the session with everything in it, in the trash or not. Whether there was one."""
    together = with_councils(connection, session)
    for each in together:
        search.forget_session(connection, each)
    return connection.execute(delete(sessions).where(sessions.c.id.in_(together))).rowcount > 0


def overdue(connection: Connection, now: float) -> list[str]:
    """The sessions that have lain in the trash for long enough at `now` (Unix seconds)."""
    statement = select(sessions.c.id).where(sessions.c.trashed <= now - DAYS * _A_DAY)
    return list(connection.execute(statement.order_by(sessions.c.trashed)).scalars())


class Sweep:
    """Deletes, in a thread of its own and one by one, what was `overdue` at `now`. What fails stays for another day."""

    def __init__(self, database: Database, now: float, old: Sequence[str]) -> None:
        self._database = database
        self._now = now
        self._old = old
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="trash", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Let the one that is being deleted go, and then no more."""
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        with suppress(StoreError):
            for session in self._old:
                if self._stopped.is_set():
                    return
                with self._database.writing() as connection:
                    # Somebody may have brought it back in between.
                    if session in overdue(connection, self._now):
                        delete_for_good(connection, session)
