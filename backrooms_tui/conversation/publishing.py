"""Where events come from: they get their number and time, change the state, and go to whoever listens."""

from collections.abc import Sequence
from typing import Protocol, TypeVar, cast

from backrooms_tui.conversation.clock import Clock
from backrooms_tui.session.events import AnyEvent, Event
from backrooms_tui.session.state import SessionState, apply

E = TypeVar("E", bound=Event)


class Listener(Protocol):
    """Hears every event as it happens: a recorder, a screen, standard output."""

    def hear(self, event: AnyEvent) -> None:
        """Take note of `event`. Called from the event loop, so it must not wait."""
        ...

    async def settled(self) -> None:
        """Return when all that was heard is safe. The next turn waits for it. Raises OperatorError if it is not."""
        ...


class Publisher:
    """Numbers events, applies them to the one state, and tells the listeners."""

    def __init__(self, state: SessionState, clock: Clock, listeners: Sequence[Listener]) -> None:
        self.state = state
        self._clock = clock
        self._listeners = list(listeners)

    def listen(self, listener: Listener) -> None:
        """Tell `listener` everything from now on."""
        self._listeners.append(listener)

    def emit(self, kind: type[E], **fields: object) -> E:
        """Make an event of `kind` happen now. Times never run backwards, whatever the machine's clock does."""
        return self.emit_at(self._clock.now(), kind, **fields)

    def emit_at(self, time: float, kind: type[E], /, **fields: object) -> E:
        """Say that an event of `kind` happened at that time (Unix seconds), or right after the last one."""
        at = max(round(time, 6), self.state.last)
        event = kind(seq=self.state.seq + 1, at=at, **fields)
        known = cast("AnyEvent", event)
        apply(self.state, known)
        for listener in self._listeners:
            listener.hear(known)
        return event

    async def settled(self) -> None:
        """Wait until every listener has what it heard."""
        for listener in self._listeners:
            await listener.settled()
