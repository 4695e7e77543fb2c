"""Who takes part at some place of a session, in what manner and by which rules: what happened to that before it."""

from sqlalchemy import Connection, text

from backrooms_tui.session.codec import event_from_json
from backrooms_tui.session.state import SessionState, apply

# The words of the index that migration 3 makes: only so does the database use it.
_KINDS = (
    "('agent_joined', 'agent_left', 'agent_returned', 'agent_muted', 'remembered', 'agent_changed', 'rules_changed')"
)
_BEFORE = (
    "SELECT body FROM events {index} WHERE session = :session AND seq < :place "  # noqa: S608
    f"AND kind IN {_KINDS} ORDER BY seq"
)
# SQLite takes the one index for as good as the other, and then reads the whole session.
_INDEX = {"sqlite": "INDEXED BY events_of_seats"}


def seat(connection: Connection, session: str, state: SessionState, place: int) -> None:
    """Bring the agents of a session just opened (`state`) to where they were before event `place`."""
    statement = text(_BEFORE.format(index=_INDEX.get(connection.dialect.name, "")))
    for body in connection.execute(statement, {"session": session, "place": place}).scalars():
        apply(state, event_from_json(body))
    # What was before is not in the timeline that begins here: who is away has missed none of it yet.
    state.entries.clear()
    for agent in state.agents.values():
        agent.missed.clear()
        agent.away_since = 0
