"""From events to rows: what a recorder has heard and not yet written, and how it is written in one transaction."""

from collections.abc import Callable
from dataclasses import replace
from functools import singledispatchmethod
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from backrooms_tui.session.codec import setup_to_json
from backrooms_tui.session.events import (
    AgentJoined,
    AnyEvent,
    CouncilEnded,
    Delta,
    Ended,
    InnerCalled,
    Interjected,
    Resumed,
    SeatChanged,
    SessionOpened,
    TurnEdited,
    TurnEnded,
    TurnFailed,
    TurnRetracted,
    TurnStarted,
    Whispered,
)
from backrooms_tui.session.setup import AgentSetup, Setup
from backrooms_tui.store import search
from backrooms_tui.store.attempt import Attempt
from backrooms_tui.store.chunks import joined, packed
from backrooms_tui.store.schema import agents, checkpoints, events, sessions, turns
from backrooms_tui.store.storable import body_of, scrubbed, storable

_KEPT_APART = Setup(title="", template="", agents=())
_SUMS = ("turns", "cost", "unpriced", "input_tokens", "output_tokens", "cached_tokens")

# Built once: SQLAlchemy then finds them compiled.
_INSERT_EVENT = insert(events)
_INSERT_TURN = insert(turns).inline()
_FINISH_TURN = update(turns).where(turns.c.session == bindparam("of"), turns.c.seq == bindparam("began"))
_INSERT_CHECKPOINT = insert(checkpoints)
_DELETE_CHECKPOINTS = delete(checkpoints).where(
    checkpoints.c.session == bindparam("of"), checkpoints.c.turn_seq == bindparam("began")
)
_UPDATE_SESSION = (
    update(sessions)
    .where(sessions.c.id == bindparam("of"))
    .values({name: sessions.c[name] + bindparam(f"more_{name}") for name in _SUMS})
    .values(last_seq=bindparam("seq"), last_at=bindparam("at"))
)
_STANDING = (
    select(turns.c.seq, turns.c.text)
    .where(
        turns.c.session == bindparam("of"),
        turns.c.turn == bindparam("number"),
        turns.c.state == "ended",
        turns.c.ended_seq < bindparam("before"),
    )
    .order_by(turns.c.seq.desc())
    .limit(1)
)


class Unwritten:
    """What was heard of one session and is not in the database yet.

    `take` each event, `write` it all within a transaction, and say `written` once that is committed. Nothing is
    forgotten before that, so that a transaction that failed can be tried again. What is written does not grow with
    the session: rows that are finished are not touched again, and of a turn in flight only what is new is saved.
    """

    def __init__(self, session: str | None = None) -> None:
        self.session = session
        self._continues = session is not None
        self._attempt: Attempt | None = None
        self._forget()

    def _forget(self) -> None:
        self._opening: tuple[dict[str, Any], list[dict[str, Any]]] | None = None
        self._events: list[dict[str, Any]] = []
        self._attempts: list[Attempt] = []
        self._changes: list[Callable[[Connection], None]] = []
        self._sums: dict[str, float] = dict.fromkeys(_SUMS, 0)
        self._last: tuple[int, float] | None = None
        self._taken_back = 0

    @property
    def anything(self) -> bool:
        """Whether there is something to write."""
        return self._last is not None

    def take(self, event: AnyEvent) -> None:
        """One more event, in order. Raises ValueError for one that belongs to no session or to another."""
        if isinstance(event, SessionOpened):
            if self.session is not None:
                raise ValueError(f"session {self.session} is open already")
        elif self.session is None:
            raise ValueError("a session begins with SessionOpened")
        if isinstance(event, Delta):
            self._take_delta(event)
        else:
            kept = self._take(event)
            self._keep(kept if kept is not None else event)
        self._last = (event.seq, event.at)

    def write(self, connection: Connection) -> None:
        """Write everything taken. Raises the database's errors; then take back the transaction and try again."""
        assert self._last is not None
        if self._opening is not None:
            session, seated = self._opening
            connection.execute(insert(sessions), session)
            if seated:
                connection.execute(insert(agents), seated)
        if self._events:
            connection.execute(_INSERT_EVENT, self._events)
        for attempt in self._attempts:
            self._write_attempt(connection, attempt)
        self._taken_back = 0
        for change in self._changes:
            change(connection)
        more = {f"more_{name}": amount for name, amount in self._sums.items()}
        more["more_turns"] -= self._taken_back
        seq, at = self._last
        connection.execute(_UPDATE_SESSION, {"of": self.session, "seq": seq, "at": at, **more})

    def written(self) -> None:
        """The transaction is committed."""
        for attempt in self._attempts:
            attempt.stored = True
            attempt.saved = len(attempt.deltas)
        self._forget()

    def _keep(self, event: AnyEvent) -> None:
        row = {"session": self.session, "seq": event.seq, "at": event.at, "kind": event.kind, "body": body_of(event)}
        self._events.append(row)

    @singledispatchmethod
    def _take(self, event: AnyEvent) -> AnyEvent | None:
        """What else the event changes. Gives the event back without what is kept in columns, if anything is."""
        return None

    @_take.register
    def _(self, event: SessionOpened) -> AnyEvent:
        setup = event.setup
        self.session = storable(event.session)
        row: dict[str, Any] = dict.fromkeys(_SUMS, 0)
        row |= {"id": self.session, "title": storable(setup.title), "template": storable(setup.template)}
        row |= {"status": "open", "end_reason": "", "started": event.at, "last_at": event.at, "last_seq": event.seq}
        row |= {"parent": event.parent, "parent_turn": event.parent_turn}
        serves = event.serves
        row |= {"serves": serves.session if serves else None}
        row |= {"serves_turn": serves.turn if serves else None, "serves_agent": serves.agent if serves else None}
        row |= {"seed": None if setup.seed is None else str(setup.seed)}
        try:
            row["setup"] = setup_to_json(setup)
        except ValueError:
            setup = scrubbed(setup)
            row["setup"] = setup_to_json(setup)
        self._opening = (row, [self._seated(agent) for agent in setup.agents])
        return replace(event, setup=_KEPT_APART)

    def _seated(self, agent: AgentSetup) -> dict[str, Any]:
        named = {"name": storable(agent.name), "model": storable(agent.model), "kind": agent.kind}
        return {"session": self.session, "seat": agent.seat, **named}

    @_take.register
    def _(self, event: AgentJoined) -> None:
        row = self._seated(event.setup)
        self._changes.append(lambda connection: _run(connection, insert(agents).values(row)))

    @_take.register
    def _(self, event: InnerCalled | CouncilEnded) -> None:
        self._sums["cost"] += event.cost or 0.0
        self._sums["input_tokens"] += event.usage.input_tokens
        self._sums["output_tokens"] += event.usage.output_tokens
        self._sums["cached_tokens"] += event.usage.cache_read_tokens

    @_take.register
    def _(self, event: TurnStarted) -> None:
        self._give_up()
        if self._continues:
            self._continues = False
            self._changes.append(self._earlier_flights_over(event.seq))
        self._attempt = Attempt(event.seq, event.turn, event.attempt, event.agent, event.at)
        self._attempts.append(self._attempt)

    def _take_delta(self, delta: Delta) -> None:
        attempt = self._attempt
        if attempt is None or (attempt.turn, attempt.agent) != (delta.turn, delta.agent):
            self._keep(delta)
            return
        text = storable(delta.text)
        attempt.deltas.append(delta if text is delta.text else replace(delta, text=text))
        self._touch(attempt)

    @_take.register
    def _(self, event: TurnEnded) -> AnyEvent:
        attempt = self._end("ended", event)
        # Among the words between the turns, in the order in which they were said.
        self._changes.append(
            lambda connection: search.index_turn(connection, str(self.session), attempt.seq, attempt.text, event.stall)
        )
        self._sums["turns"] += 1
        self._sums["unpriced"] += event.cost is None
        return replace(event, text="", reasoning="")

    @_take.register
    def _(self, event: TurnFailed) -> AnyEvent:
        self._end("failed", event)
        return replace(event, text="", reasoning="")

    @_take.register
    def _(self, event: TurnRetracted) -> None:
        if self._attempt is not None and self._attempt.turn == event.turn:
            self._give_up()
        self._changes.append(self._retracted(event.turn, event.seq))

    @_take.register
    def _(self, event: TurnEdited) -> None:
        self._changes.append(self._edited(event.turn, event.seq, storable(event.text)))

    @_take.register
    def _(self, event: Interjected) -> None:
        self._spoken_between(event)

    @_take.register
    def _(self, event: Whispered) -> None:
        self._spoken_between(event)

    def _spoken_between(self, event: Interjected | Whispered) -> None:
        said = storable(event.text)
        self._changes.append(
            lambda connection: search.index_word(connection, str(self.session), event.seq, event.at, event.source, said)
        )

    @_take.register
    def _(self, event: SeatChanged) -> None:
        values = {"model": storable(event.model)}
        mine = (agents.c.session == self.session) & (agents.c.seat == event.agent)
        self._changes.append(lambda connection: _run(connection, update(agents).where(mine).values(values)))

    @_take.register
    def _(self, event: Ended) -> None:
        self._status("ended", event.reason)

    @_take.register
    def _(self, event: Resumed) -> None:
        self._status("open", "")

    def _status(self, status: str, reason: str) -> None:
        statement = update(sessions).where(sessions.c.id == self.session).values(status=status, end_reason=reason)
        self._changes.append(lambda connection: _run(connection, statement))

    def _touch(self, attempt: Attempt) -> None:
        if attempt not in self._attempts:
            self._attempts.append(attempt)

    def _end(self, state: str, event: TurnEnded | TurnFailed) -> Attempt:
        attempt = self._attempt
        if attempt is None or (attempt.turn, attempt.agent) != (event.turn, event.agent):
            attempt = Attempt(event.seq, event.turn, event.attempt, event.agent, event.at)
        else:
            self._attempt = None
        attempt.state, attempt.ended_seq, attempt.ended = state, event.seq, event.at
        attempt.text, attempt.reasoning = storable(event.text), storable(event.reasoning)
        self._touch(attempt)
        self._sums["cost"] += event.cost or 0.0
        self._sums["input_tokens"] += event.usage.input_tokens
        self._sums["output_tokens"] += event.usage.output_tokens
        self._sums["cached_tokens"] += event.usage.cache_read_tokens
        return attempt

    def _give_up(self) -> None:
        """A turn that never ended, and now never will."""
        if self._attempt is not None:
            self._attempt.state = "failed"
            self._touch(self._attempt)
            self._attempt = None

    def _write_attempt(self, connection: Connection, attempt: Attempt) -> None:
        mine = {"of": self.session, "began": attempt.seq}
        over = attempt.state != "in_flight"
        if not attempt.stored:
            connection.execute(_INSERT_TURN, {"session": self.session, **attempt.began(), **attempt.outcome()})
        elif over:
            connection.execute(_FINISH_TURN, {**mine, **attempt.outcome()})
            connection.execute(_DELETE_CHECKPOINTS, mine)
        new = attempt.deltas[attempt.saved :]
        if new and not over:
            piece = {"text": joined(new, "text"), "reasoning": joined(new, "reasoning"), "chunks": packed(new)}
            key = {"session": self.session, "turn_seq": attempt.seq, "seq": new[0].seq}
            connection.execute(_INSERT_CHECKPOINT, {**key, **piece})

    def _retracted(self, turn: int, seq: int) -> Callable[[Connection], None]:
        def change(connection: Connection) -> None:
            row = connection.execute(_STANDING, {"of": self.session, "number": turn, "before": seq}).first()
            if row is not None:
                search.forget_turn(connection, str(self.session), row.seq)
                _set(connection, self.session, row.seq, state="retracted")
                self._taken_back += 1

        return change

    def _edited(self, turn: int, seq: int, said: str) -> Callable[[Connection], None]:
        def change(connection: Connection) -> None:
            row = connection.execute(_STANDING, {"of": self.session, "number": turn, "before": seq}).first()
            if row is not None:
                search.before_rewording(connection, str(self.session), row.seq)
                _set(connection, self.session, row.seq, edited=said)
                search.after_rewording(connection, str(self.session), row.seq, said)

        return change

    def _earlier_flights_over(self, seq: int) -> Callable[[Connection], None]:
        flights = (turns.c.session == self.session) & (turns.c.state == "in_flight") & (turns.c.seq < seq)
        return lambda connection: _run(connection, update(turns).where(flights).values(state="failed"))


def _run(connection: Connection, statement: Any) -> None:
    connection.execute(statement)


def _set(connection: Connection, session: str | None, seq: int, **values: str) -> None:
    mine = (turns.c.session == session) & (turns.c.seq == seq)
    connection.execute(update(turns).where(mine).values(values))
