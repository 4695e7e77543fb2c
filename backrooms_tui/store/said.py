"""What stands of a session's turns, without all else that happened: for whoever counts and compares."""

import json
from dataclasses import dataclass

from sqlalchemy import Connection, select

from backrooms_tui.store.failures import StoreError
from backrooms_tui.store.schema import events, turns

PAGE = 1_000  # turns that are read at once


@dataclass(frozen=True, slots=True)
class Said:
    """A turn that stands, as it reads now: `cost` in USD, None where nobody knows, and how much it stalled, None where
    that was not measured."""

    turn: int
    agent: int
    text: str
    cost: float | None
    stall: float | None


def said_between(connection: Connection, session: str, first: int, last: int) -> list[Said]:
    """The turns from `first` to `last` that stand, in order. Raises StoreError for one that cannot be read."""
    columns = (turns.c.turn, turns.c.agent, turns.c.text, turns.c.edited, events.c.body)
    ended = (events.c.session == turns.c.session) & (events.c.seq == turns.c.ended_seq)
    mine = (turns.c.session == session) & (turns.c.state == "ended") & turns.c.turn.between(first, last)
    rows = connection.execute(select(*columns).join(events, ended).where(mine).order_by(turns.c.turn))
    try:
        return [_said(*row) for row in rows]
    except (ValueError, AttributeError) as error:
        raise StoreError(f"a turn of session {session} cannot be read", "the database is damaged") from error


def _said(turn: int, agent: int, text: str, edited: str | None, body: str) -> Said:
    told = json.loads(body)
    return Said(turn, agent, text if edited is None else edited, told.get("cost"), told.get("stall"))


def edited_until(connection: Connection, session: str, last: int) -> set[int]:
    """The turns up to `last` that say something else than when they were spoken."""
    statement = select(turns.c.turn).where(
        turns.c.session == session, turns.c.turn <= last, turns.c.state == "ended", turns.c.edited.is_not(None)
    )
    return set(connection.execute(statement).scalars())
