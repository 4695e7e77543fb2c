"""Anywhere in a session: the state as it was at an event, without reading all that came before.

A place is the number of an event; place 1 is the session just opened. What is read does not grow with the session,
except for `spent`, which the database adds up.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, func, select, text

from backrooms_tui.session.events import SeatChanged, TurnStarted
from backrooms_tui.session.state import SessionState, apply
from backrooms_tui.session.usage import Usage
from backrooms_tui.store import seats
from backrooms_tui.store.reading import page
from backrooms_tui.store.schema import sessions, turns

OPENED = 1


@dataclass(frozen=True, slots=True)
class Spent:
    """What an agent had spent, its councils included: turns that stood, USD as far as prices are known, turns without a
    price, tokens."""

    turns: int
    cost: float
    unpriced: int
    usage: Usage


def place_of_turn(connection: Connection, session: str, turn: int) -> int:
    """The end of `turn` as it was spoken last, or its beginning where it never ended; `OPENED` for no such turn."""
    statement = select(func.max(func.coalesce(turns.c.ended_seq, turns.c.seq)))
    statement = statement.where(turns.c.session == session, turns.c.turn == turn)
    return connection.execute(statement).scalar() or OPENED


def last_whole(connection: Connection, session: str) -> int:
    """The number of the last event before the turn that is being spoken; of the last one of all where none is, and 0
    where there is no such session."""
    statement = select(turns.c.seq, turns.c.state).where(turns.c.session == session)
    newest = connection.execute(statement.order_by(turns.c.seq.desc()).limit(1)).first()
    if newest is not None and newest.state == "in_flight":
        return int(newest.seq) - 1
    return connection.execute(select(sessions.c.last_seq).where(sessions.c.id == session)).scalar() or 0


def place_before(connection: Connection, session: str, place: int, at: float) -> int:
    """The last end of a turn before `place` that came no later than `at` (Unix seconds); `OPENED` for none."""
    statement = select(turns.c.ended_seq).where(
        turns.c.session == session, turns.c.seq < place, turns.c.ended_seq < place, turns.c.ended <= at
    )
    return connection.execute(statement.order_by(turns.c.seq.desc()).limit(1)).scalar() or OPENED


def state_at(connection: Connection, session: str, place: int, held: int) -> SessionState:
    """The state as it was after event `place`, to look at and not to go on from.

    Only the last `held` turns and attempts are in it, and only they are in the agents' sums; `spent` tells the rest.
    A turn in flight is there with the deltas up to `place`.
    """
    began = first_held(connection, session, place, held)
    state = SessionState()
    for event in page(connection, session, 0, "none", last_seq=OPENED).events:
        apply(state, event)
    if began > OPENED + 1:
        seats.seat(connection, session, state, began)
        _seat(connection, session, state, began)
    from_seq: int | None = max(began, OPENED + 1) if place > OPENED else None
    while from_seq is not None:
        read = page(connection, session, from_seq, "none", last_seq=place)
        for event in read.events:
            apply(state, event)
        from_seq = read.next_seq
    if state.in_flight is not None:
        _catch_up(connection, session, state, place)
    return state


def first_held(connection: Connection, session: str, place: int, held: int) -> int:
    """The event from which on `state_at` holds what happened: where the oldest of `held` attempts began, or right after
    the opening where there are not so many."""
    statement = select(turns.c.seq).where(turns.c.session == session, turns.c.seq <= place)
    row = connection.execute(statement.order_by(turns.c.seq.desc()).offset(held - 1).limit(1)).scalar()
    return OPENED + 1 if row is None else int(row)


def spent(connection: Connection, session: str, place: int) -> dict[int, Spent]:
    """What each agent, by seat, had spent up to event `place`, that one included."""
    sqlite = connection.dialect.name == "sqlite"
    rows = connection.execute(_SPENT_SQLITE if sqlite else _SPENT_POSTGRES, {"session": session, "place": place})
    return {
        int(row.agent): Spent(
            int(row.turns),
            float(row.cost),
            int(row.unpriced),
            Usage(
                int(row.input_tokens),
                int(row.output_tokens),
                int(row.cache_read_tokens),
                int(row.cache_write_tokens),
                int(row.reasoning_tokens),
            ),
        )
        for row in rows
    }


def _seat(connection: Connection, session: str, state: SessionState, began: int) -> None:
    """Give each agent the model that it had when event `began` came."""
    latest: dict[int, int] = {}
    for seat in state.agents:
        mine = select(turns.c.seq).where(turns.c.session == session, turns.c.agent == seat, turns.c.seq < began)
        seq = connection.execute(mine.order_by(turns.c.seq.desc()).limit(1)).scalar()
        if seq is not None:
            latest[seat] = seq
    for seat, seq in latest.items():
        agent = state.agents[seat]
        for event in page(connection, session, seq, "none", last_seq=seq).events:
            if isinstance(event, TurnStarted) and event.model != agent.model:
                agent.model, agent.params, agent.window = event.model, event.params, None
    # A seat that was changed after it had spoken last.
    from_seq: int | None = min(latest.values(), default=began)
    while from_seq is not None:
        read = page(connection, session, from_seq, "none", last_seq=began - 1)
        for changed in read.events:
            if isinstance(changed, SeatChanged) and changed.seq > latest.get(changed.agent, 0):
                agent = state.agents[changed.agent]
                agent.model, agent.params, agent.window = changed.model, changed.params, changed.window
        from_seq = read.next_seq


def _catch_up(connection: Connection, session: str, state: SessionState, place: int) -> None:
    """The words of the turn in flight."""
    statement = select(func.max(turns.c.seq)).where(turns.c.session == session, turns.c.seq <= place)
    from_seq: int | None = connection.execute(statement).scalar()
    while from_seq is not None:
        read = page(connection, session, from_seq, "all", last_seq=place)
        for event in read.events:
            if event.kind == "delta":
                apply(state, event)
        from_seq = read.next_seq
    state.seq = place


_SPENT = """
    SELECT {agent} AS agent,
        sum(CASE kind WHEN 'turn_ended' THEN 1 WHEN 'turn_retracted' THEN -1 ELSE 0 END) AS turns,
        coalesce(sum({cost}), 0) AS cost,
        sum(CASE WHEN kind = 'turn_ended' AND {cost} IS NULL THEN 1 ELSE 0 END) AS unpriced,
        {usage}
    FROM events
    WHERE session = :session AND seq <= :place
        AND kind IN ('turn_ended', 'turn_failed', 'turn_retracted', 'council_ended')
    GROUP BY 1
"""
_TOKENS = ("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens", "reasoning_tokens")
_SPENT_SQLITE = text(
    _SPENT.format(
        agent="json_extract(body, '$.agent')",
        cost="json_extract(body, '$.cost')",
        usage=", ".join(f"coalesce(sum(json_extract(body, '$.usage.{name}')), 0) AS {name}" for name in _TOKENS),
    )
)
_SPENT_POSTGRES = text(
    _SPENT.format(
        agent="CAST(CAST(body AS json) ->> 'agent' AS integer)",
        cost="CAST(CAST(body AS json) ->> 'cost' AS double precision)",
        usage=", ".join(
            f"coalesce(sum(CAST(CAST(body AS json) -> 'usage' ->> '{name}' AS bigint)), 0) AS {name}"
            for name in _TOKENS
        ),
    )
)
