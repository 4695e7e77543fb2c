"""Which file a session was brought in from, so that the same one is known again. It goes with the session."""

from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from backrooms_tui.store.schema import origins, sessions
from backrooms_tui.store.summaries import THERE


@dataclass(frozen=True, slots=True)
class Origin:
    """A file by what it holds: the SHA-256 of its bytes in hexadecimal digits, and the `format` that it was read as."""

    digest: str
    format: str


def keep(connection: Connection, session: str, origin: Origin) -> None:
    """The session, which is there, was brought in from `origin`."""
    connection.execute(insert(origins).values(session=session, digest=origin.digest, format=origin.format))


def known(connection: Connection, origin: Origin) -> list[str]:
    """The sessions that came from `origin`, what was heard of last first; those in the trash are none of them."""
    statement = (
        select(sessions.c.id)
        .join(origins, origins.c.session == sessions.c.id)
        .where(origins.c.digest == origin.digest, origins.c.format == origin.format, THERE)
        .order_by(sessions.c.last_at.desc(), sessions.c.id)
    )
    return list(connection.execute(statement).scalars())
