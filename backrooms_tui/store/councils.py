"""The councils of a session: sessions of their own that serve its turns."""

from sqlalchemy import Connection

from backrooms_tui.store.summaries import SessionSummary, serving


def of_session(connection: Connection, session: str) -> list[SessionSummary]:
    """The councils that were held for the agents of `session`, in the order of the turns that they serve, and those of
    one turn as they began. Councils within them are theirs."""
    return serving(connection, session)
