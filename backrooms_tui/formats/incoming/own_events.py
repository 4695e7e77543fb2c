"""Our own JSON Lines: every event of a session, the first being `session_opened`; after them those of its councils,
each beginning with its own."""

import math
import re
from collections.abc import Iterator
from typing import Any

from backrooms_tui.formats.incoming.glance import Glance
from backrooms_tui.formats.incoming.saying import Reading
from backrooms_tui.formats.incoming.source import Source, short_line
from backrooms_tui.session.codec import event_from_json, event_to_dict
from backrooms_tui.session.events import AgentJoined, AnyEvent, CouncilEnded, CouncilOpened, Delta, SessionOpened
from backrooms_tui.session.state import SessionState, apply

NAME = "events of Backrooms"
LOOKS_FOR = 'lines of {"seq", "at", "kind"}, the first of kind session_opened'

_BEGINS = re.compile(r'\{\s*"(?:seq|at|kind)"\s*:')
_CURE = "the file is damaged, or was cut: export the session again"
# The year 3000, in Unix seconds, and the greatest whole number that every reader of JSON keeps.
_LATEST = 32_503_680_000.0
_GREATEST = 2**53
_INTEGER = 2**31 - 1
_SEATS = 1_000
_DELTAS = 200_000  # pieces of one turn: more than the longest reply has tokens
_KEPT = 500  # entries of the timeline that are held while it is checked


def fits(glance: Glance) -> bool:
    """Whether its first line is an event."""
    first = glance.first_line
    return _BEGINS.match(first) is not None and all(f'"{key}"' in first for key in ("seq", "at", "kind"))


def read(source: Source) -> Reading:
    """The session, as it was recorded."""
    return Reading(NAME, _events(source), own=True)


def _events(source: Source) -> Iterator[AnyEvent]:
    state = SessionState()
    councils = _Councils()
    for number, line in source.lines():
        if not line.strip():
            continue
        event = _event(source, number, line)
        if state.seq == 0 and not isinstance(event, SessionOpened):
            cure = "the beginning is missing: export the session again"
            raise source.wrong(f"is {event.kind}, but a session begins with session_opened", cure, number)
        if state.seq and isinstance(event, SessionOpened):
            if event.session not in councils.to_come:
                raise source.wrong("a second session begins here", "import one file for each session", number)
            state = SessionState()
        if event.seq != state.seq + 1:
            what = f"is event {event.seq}, but {state.seq + 1} follows here"
            raise source.wrong(what, "lines are missing or in disorder: export the session again", number)
        if not math.isfinite(event.at) or not max(0.0, state.last) <= event.at <= _LATEST:
            raise source.wrong("happens at a time that cannot be", _CURE, number)
        try:
            _check(event, state)
            councils.note(event)
            apply(state, event)
        except (LookupError, ValueError, TypeError, AttributeError, ArithmeticError, AssertionError) as error:
            reason = short_line(f"{type(error).__name__} {error}")
            raise source.wrong(f"{event.kind} cannot follow what was before ({reason})", _CURE, number) from None
        _forget(state)
        yield event
    if state.seq == 0:
        raise source.wrong("holds no event", "export the session again")


class _Councils:
    """The councils that a file tells of: each is opened once, by one session, and comes after it. So none can be
    within itself."""

    def __init__(self) -> None:
        self.to_come: set[str] = set()
        self._known: set[str] = set()
        self._mine: set[str] = set()  # of the session that is being read

    def note(self, event: AnyEvent) -> None:
        """Hear the next event. Raises ValueError where it cannot be."""
        if isinstance(event, SessionOpened):
            self.to_come.discard(event.session)
            self._known.add(event.session)
            self._mine.clear()
        elif isinstance(event, CouncilOpened):
            if event.council in self._known:
                raise ValueError("that council was opened before")
            self.to_come.add(event.council)
            self._known.add(event.council)
            self._mine.add(event.council)
        elif isinstance(event, CouncilEnded) and event.council not in self._mine:
            raise ValueError("that council was never opened")


def _event(source: Source, number: int, line: str) -> AnyEvent:
    try:
        return event_from_json(line)
    except ValueError as error:
        raise source.wrong(f"is no event: {_first_problem(error)}", _CURE, number) from None
    except RecursionError:
        raise source.wrong("is nested too deeply", _CURE, number) from None


def _first_problem(error: ValueError) -> str:
    from pydantic import ValidationError

    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        return short_line(f"{where}: {first['msg']}" if where else first["msg"])
    return short_line(str(error))


def _check(event: AnyEvent, state: SessionState) -> None:
    """What the fold does not mind, but a database and whoever goes on with the session do. Raises ValueError."""
    if isinstance(event, SessionOpened):
        seats = [agent.seat for agent in event.setup.agents]
        if not 0 < len(seats) <= _SEATS or len(set(seats)) != len(seats) or min(seats) < 1:
            raise ValueError("every agent needs a seat of its own")
        if not 0 < len(event.session) <= 200 or not event.session.isprintable():
            raise ValueError("the session has no id")
    if isinstance(event, Delta):
        flight = state.in_flight
        said = 0 if flight is None else len(flight.text) + len(flight.reasoning)
        if said > _DELTAS or not (0 < event.turn <= _INTEGER and 0 < event.agent <= _INTEGER):
            raise ValueError("too many pieces of one turn" if said > _DELTAS else "turn is out of range")
        return
    if isinstance(event, AgentJoined) and (event.agent in state.agents or len(state.agents) >= _SEATS):
        raise ValueError("the seat is taken")
    values = event_to_dict(event)
    waiting: list[tuple[str, object]] = [(key, value) for key, value in values.items() if key != "seq"]
    while waiting:
        key, value = waiting.pop()
        if isinstance(value, dict):
            waiting += value.items()
        elif isinstance(value, list):
            waiting += ((key, each) for each in value)
        elif isinstance(value, float) and not math.isfinite(value):
            raise ValueError(f"{key} is no number")
        elif isinstance(value, int) and not isinstance(value, bool) and key != "seed":
            tokens = key.endswith("tokens")
            if abs(value) > (_GREATEST if tokens else _INTEGER):
                raise ValueError(f"{key} is out of range")


def _forget(state: SessionState) -> None:
    """Only whether the next event can follow is of interest: what was said long ago is not held."""
    if len(state.entries) > _KEPT:
        del state.entries[: _KEPT // 2]
    if len(state.turns) > _KEPT:
        for turn in list(state.turns)[: _KEPT // 2]:
            del state.turns[turn]
    held: tuple[list[Any], ...] = (state.remedies, state.attempts, state.queued)
    for several in held:
        if len(several) > _KEPT:
            del several[: _KEPT // 2]
    if len(state.inner_calls) > _KEPT:
        state.inner_calls.clear()
