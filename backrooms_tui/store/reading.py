"""Reading a session: its events as they were, in bounded memory, and any stretch of its timeline by turn numbers."""

import json
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, Row, func, select

from backrooms_tui.session.codec import event_from_dict
from backrooms_tui.session.events import AnyEvent, Delta, RequestUndone
from backrooms_tui.session.state import Entry, SessionState, TurnEntry, apply
from backrooms_tui.store import seats
from backrooms_tui.store.chunks import unpacked
from backrooms_tui.store.failures import StoreError
from backrooms_tui.store.schema import checkpoints, events, sessions, turns

# Which turns' deltas are wanted: of all, of none, or only of those that never ended.
Deltas = Literal["all", "none", "unfinished"]

PAGE = 256  # events read at once
_ALWAYS = [turns.c[name] for name in ("seq", "ended_seq", "turn", "agent", "text", "reasoning")]
_STREAMED = [turns.c.streamed_text, turns.c.streamed_reasoning, turns.c.chunks]


@dataclass(frozen=True, slots=True)
class Page:
    """Some events in order, and where to read on: None where there are no more."""

    events: list[AnyEvent]
    next_seq: int | None


def page(connection: Connection, session: str, from_seq: int, deltas: Deltas, last_seq: int | None = None) -> Page:
    """The events from `from_seq` on, up to `last_seq`, about as many as are read at once."""
    statement = select(events).where(events.c.session == session, events.c.seq >= from_seq)
    if last_seq is not None:
        statement = statement.where(events.c.seq <= last_seq)
    if deltas == "none":  # a delta outside of any turn stands here, too
        statement = statement.where(events.c.kind != "delta")
    rows = connection.execute(statement.order_by(events.c.seq).limit(PAGE)).all()
    more = len(rows) == PAGE
    end = rows[-1].seq if more else last_seq
    spoken = _turns(connection, session, from_seq, end, deltas)
    ends = {row.ended_seq: row for row in spoken if row.ended_seq is not None}
    merged = [_event(connection, session, row, ends) for row in rows]
    if deltas != "none":
        arrived = [delta for row in spoken for delta in _arrived(connection, session, row, deltas, from_seq)]
        merged += [delta for delta in arrived if delta.seq >= from_seq and (end is None or delta.seq <= end)]
        merged.sort(key=_seq)
    return Page(merged, rows[-1].seq + 1 if more else None)


def state(connection: Connection, session: str) -> SessionState:
    """What the events add up to. Only a turn that never ended is read word by word, as
    what had arrived of it stands nowhere else."""
    folded = SessionState()
    from_seq: int | None = 0
    while from_seq is not None:
        read = page(connection, session, from_seq, "unfinished")
        for event in read.events:
            apply(folded, event)
        from_seq = read.next_seq
    row = connection.execute(select(sessions.c.last_seq, sessions.c.last_at).where(sessions.c.id == session)).one()
    # The last event may have been a word that was not read.
    folded.seq, folded.last = row.last_seq, row.last_at
    return folded


def entries(connection: Connection, session: str, first: int, last: int) -> list[Entry]:
    """The timeline from after turn `first` - 1 up to turn `last`, to the very end where that is the last turn.

    The same entries as the fold of the whole session holds there; what is read does not grow with the session.
    """
    return stretch(connection, session, first, last).entries


def stretch(connection: Connection, session: str, first: int, last: int) -> SessionState:
    """The session with these `entries` alone, and its agents with what of them they missed."""
    before = _bound(connection, session, first - 1)
    final = connection.execute(select(func.max(turns.c.turn)).where(turns.c.session == session)).scalar() or 0
    if last < first or first > max(final, 1):
        return SessionState()
    until = _bound(connection, session, last) if last < final else None
    folded = SessionState()
    for event in page(connection, session, 0, "none", last_seq=1).events:
        apply(folded, event)
    seats.seat(connection, session, folded, before + 1)
    from_seq: int | None = max(before + 1, 2)
    while from_seq is not None:
        read = page(connection, session, from_seq, "none", last_seq=until)
        for event in read.events:
            apply(folded, event)
        from_seq = read.next_seq
    _brought_up_to_date(connection, session, folded.entries, before, until)
    if until is not None and folded.requests.made:
        _undone_later(connection, session, folded, until)
    return folded


def _undone_later(connection: Connection, session: str, folded: SessionState, until: int) -> None:
    """Requests in the stretch may have been undone long after it: they are struck there; that they were, and what came
    of it, is told where it happened."""
    statement = select(events).where(
        events.c.session == session, events.c.seq > until, events.c.kind == "request_undone"
    )
    told = len(folded.entries)
    for row in connection.execute(statement.order_by(events.c.seq)).all():
        event = _event(connection, session, row, {})
        if isinstance(event, RequestUndone) and event.request in folded.requests.made:
            apply(folded, event)
            del folded.entries[told:]


def _bound(connection: Connection, session: str, turn: int) -> int:
    """The number of the event that ended a turn for good, or began it where none did; 0 for no such turn."""
    statement = select(func.max(func.coalesce(turns.c.ended_seq, turns.c.seq)))
    statement = statement.where(turns.c.session == session, turns.c.turn == turn)
    return connection.execute(statement).scalar() or 0


def _brought_up_to_date(
    connection: Connection, session: str, stretch: list[Entry], before: int, until: int | None
) -> None:
    """An edit or a retraction may have come long after the stretch that was read."""
    statement = select(turns.c.state, turns.c.text, turns.c.edited).where(
        turns.c.session == session, turns.c.seq > before, turns.c.state.in_(("ended", "retracted"))
    )
    if until is not None:
        statement = statement.where(turns.c.seq <= until)
    rows = connection.execute(statement.order_by(turns.c.ended_seq)).all()
    said = [entry for entry in stretch if isinstance(entry, TurnEntry)]
    for entry, row in zip(said, rows, strict=False):
        entry.retracted = row.state == "retracted"
        if row.edited is not None:
            entry.original, entry.text = row.text, row.edited


def _turns(connection: Connection, session: str, first: int, last: int | None, deltas: Deltas) -> list[Row[Any]]:
    """The turns that events from `first` to `last` belong to, in order."""
    columns = _ALWAYS if deltas == "none" else _ALWAYS + _STREAMED
    mine = select(*columns).where(turns.c.session == session)
    earlier = mine.where(turns.c.seq < first).order_by(turns.c.seq.desc()).limit(1)
    later = mine.where(turns.c.seq >= first).order_by(turns.c.seq)
    if last is not None:
        later = later.where(turns.c.seq <= last)
    return [*connection.execute(earlier), *connection.execute(later)]


def _event(connection: Connection, session: str, row: Row[Any], ends: Mapping[int, Row[Any]]) -> AnyEvent:
    with _readable(session, row.seq):
        body: dict[str, Any] = json.loads(row.body)
        if row.kind == "session_opened":
            setup = connection.execute(select(sessions.c.setup).where(sessions.c.id == session)).scalar_one()
            body["setup"] = json.loads(setup)
        elif row.kind in ("turn_ended", "turn_failed"):
            turn = ends[row.seq]
            body["text"], body["reasoning"] = turn.text, turn.reasoning
        return event_from_dict(body)


def _arrived(connection: Connection, session: str, turn: Row[Any], wanted: Deltas, from_seq: int) -> list[Delta]:
    """What was streamed of a turn, of one in flight from about `from_seq` on."""
    if wanted == "unfinished" and turn.ended_seq is not None:
        return []
    with _readable(session, turn.seq):
        if turn.chunks is not None:  # a turn that is over, or was given up
            text = turn.text if turn.streamed_text is None else turn.streamed_text
            reasoning = turn.reasoning if turn.streamed_reasoning is None else turn.streamed_reasoning
            return unpacked(turn.chunks, turn.turn, turn.agent, text, reasoning)
        mine = (checkpoints.c.session == session) & (checkpoints.c.turn_seq == turn.seq)
        # The piece that `from_seq` is in, and those after it: who follows the turn reads none of it twice.
        first = select(func.max(checkpoints.c.seq)).where(mine, checkpoints.c.seq <= from_seq).scalar_subquery()
        saved = select(checkpoints).where(mine, checkpoints.c.seq >= func.coalesce(first, 0))
        return [
            delta
            for piece in connection.execute(saved.order_by(checkpoints.c.seq))
            for delta in unpacked(piece.chunks, turn.turn, turn.agent, piece.text, piece.reasoning)
        ]


@contextmanager
def _readable(session: str, seq: int) -> Iterator[None]:
    try:
        yield
    except (ValueError, LookupError, TypeError, zlib.error) as error:
        raise StoreError(
            f"event {seq} of session {session} cannot be read",
            "the database is damaged, or a newer version of Backrooms wrote this event",
        ) from error


def _seq(event: AnyEvent) -> int:
    return event.seq
