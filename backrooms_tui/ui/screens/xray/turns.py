"""Where x-rays come from: the events of a stored session, or a live one with the turn that is being spoken."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from backrooms_tui.conversation.conversation import Conversation
from backrooms_tui.conversation.sending.xray import XRay, xray, xray_now
from backrooms_tui.session.events import AnyEvent, TurnEnded, TurnFailed, TurnStarted
from backrooms_tui.session.state import TurnInFlight
from backrooms_tui.store.database import Store


class Stopped(Exception):
    """Nobody waits for it any more."""


@dataclass(slots=True)
class Reading:
    """A reading under way: the turn it has come to, and whether it is still `wanted`."""

    turn: int = 0
    wanted: bool = True


class Turns(Protocol):
    """The turns of one session that can be seen through."""

    @property
    def flight(self) -> TurnInFlight | None:
        """The turn that is being spoken before the reader's eyes."""
        ...

    async def last(self) -> int:
        """The highest number of a turn that ever began. Raises OperatorError."""
        ...

    def now(self) -> XRay | None:
        """The turn that is being spoken, as far as it has come."""
        ...

    async def read(self, turn: int, reading: Reading) -> XRay:
        """A turn, from all that happened up to it. Takes the longer, the later the turn is. Raises OperatorError."""
        ...


class StoredTurns:
    """Those of `session` in `store`."""

    def __init__(self, store: Store, session: str) -> None:
        self._store = store
        self._session = session

    @property
    def flight(self) -> TurnInFlight | None:
        """Nobody speaks in what is past."""
        return None

    async def last(self) -> int:
        """The last turn that stands, or the one after it that came to nothing."""
        return await asyncio.to_thread(self._last)

    def now(self) -> XRay | None:
        """Nobody speaks in what is past."""
        return None

    async def read(self, turn: int, reading: Reading) -> XRay:
        """In a thread; `reading` may end it."""
        return await asyncio.to_thread(lambda: xray(self._events(turn, reading), turn))

    def _last(self) -> int:
        stand = self._store.summary(self._session).turns
        return stand + (self._store.place_of_turn(self._session, stand + 1) > 1)

    def _events(self, turn: int, reading: Reading) -> Iterator[AnyEvent]:
        """What happened up to the end of `turn` as it was spoken last. Of one that has no end, its words, too."""
        place = self._store.place_of_turn(self._session, turn)
        for event in self._store.events(self._session, deltas=False):
            if not reading.wanted:
                raise Stopped
            if isinstance(event, TurnStarted):
                reading.turn = event.turn
            if event.seq > place:
                break
            yield event
            if event.seq == place and isinstance(event, TurnEnded | TurnFailed):
                return
        for event in self._store.events(self._session, from_seq=place + 1):
            if not reading.wanted:
                raise Stopped
            yield event


class LiveTurns:
    """Those of a conversation that is kept in `store`."""

    def __init__(self, conversation: Conversation, store: Store) -> None:
        self._conversation = conversation
        self._stored = StoredTurns(store, conversation.state.session)

    @property
    def flight(self) -> TurnInFlight | None:
        """Whose turn it is."""
        return self._conversation.state.in_flight

    async def last(self) -> int:
        """The turn that is spoken, has failed or was taken back counts, too."""
        state = self._conversation.state
        return state.turn + (state.in_flight is not None or bool(state.attempts))

    def now(self) -> XRay | None:
        """From the state as it is."""
        return xray_now(self._conversation.state)

    async def read(self, turn: int, reading: Reading) -> XRay:
        """From the store, when everything is there."""
        await self._conversation.settled()
        return await self._stored.read(turn, reading)
