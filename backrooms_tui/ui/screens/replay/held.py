"""Councils that are not over where a replay stands: how far they had come at that moment, at any depth."""

import asyncio
import heapq
from collections import deque
from collections.abc import Iterator, Mapping

from backrooms_tui.session.events import AnyEvent, CouncilEnded, CouncilOpened
from backrooms_tui.session.state import SessionState, apply
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.store.database import Store

_HELD = 16  # turns and attempts of a council that its state is built from
_READ = 256  # events read at once
_TIMES = 64  # readings after which a council that grows and grows is let be until the next look


class HeldCouncils:
    """The councils of a session in `store` that are not over at some moment; `states` has their own states, by id."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.states: dict[str, SessionState] = {}

    @property
    def cost(self) -> float:
        """USD that they had taken, as far as that is known."""
        return sum(folded.cost for folded in self.states.values())

    def forget(self) -> None:
        """Another moment, perhaps an earlier one."""
        self.states = {}

    async def bring(self, state: SessionState, at: float) -> bool:
        """Read what was said up to `at` (Unix seconds) in the councils that are open in `state`, and in those within
        them. Whether anything has changed. What cannot be read is as if nothing were known of it."""
        open = {council.council for council in state.councils.values()}
        before, changed = set(self.states), False
        waiting, there = list(open), set[str]()
        while waiting:
            council = waiting.pop()
            there.add(council)
            try:
                changed = await self._bring(council, at) or changed
            except OperatorError:  # it was deleted, is not written yet, or the database is out of reach
                continue
            inner = self.states[council]
            waiting += (one.council for one in inner.councils.values() if one.council not in there)
        self.states = {council: folded for council, folded in self.states.items() if council in there}
        return changed or set(self.states) != before

    async def _bring(self, council: str, at: float) -> bool:
        folded, changed = self.states.get(council), False
        if folded is None or folded.last > at:
            folded = self.states[council] = await asyncio.to_thread(self._stood, council, at)
            changed = True
        for _ in range(_TIMES):
            events, more = await asyncio.to_thread(self._after, council, folded.seq, at)
            for event in events:
                apply(folded, event)
            changed = changed or bool(events)
            if not more:
                break
        return changed

    def _stood(self, council: str, at: float) -> SessionState:
        """The end of its last turn that was over by then, or its beginning."""
        place = self._store.place_before(council, self._store.summary(council).last_seq + 1, at)
        return self._store.state_at(council, place, held=_HELD)

    def _after(self, council: str, seq: int, at: float) -> tuple[list[AnyEvent], bool]:
        events: list[AnyEvent] = []
        for event in self._store.events(council, from_seq=seq + 1):
            if event.at > at:
                return events, False
            events.append(event)
            if len(events) == _READ:
                return events, True
        return events, False

    def take(self, session: str, event: AnyEvent) -> None:
        """An event of the council `session`, or, as it opens or ends others, of the one around it."""
        folded = self.states.get(session)
        if folded is not None:
            apply(folded, event)
        if isinstance(event, CouncilOpened):
            self.states[event.council] = SessionState()
        elif isinstance(event, CouncilEnded):
            self.states.pop(event.council, None)


class WithCouncils:
    """The events of `session` after event `seq`, and between them those of its councils, as they happened. Whoever
    takes one asks `whose` it is, once for each and in the same order. `held` are the councils that are open."""

    def __init__(self, store: Store, session: str, seq: int, held: Mapping[str, SessionState]) -> None:
        self._store = store
        self._session = session
        self._whose: deque[str] = deque()
        # Those that happened first, and of one moment those within first: a council is over before it is said to be.
        self._next: list[tuple[float, int, str, AnyEvent, Iterator[AnyEvent]]] = []
        self._deep = 0
        self._begun: set[str] = set()
        self._begin(session, seq)
        for council, folded in held.items():
            self._begin(council, folded.seq)

    def whose(self) -> str:
        """The session of the next event."""
        return self._whose.popleft()

    def __iter__(self) -> Iterator[AnyEvent]:
        while self._next:
            _, deep, session, event, events = heapq.heappop(self._next)
            self._push(deep, session, events)
            if isinstance(event, CouncilOpened):
                self._begin(event.council, 0)
            self._whose.append(session)
            yield event

    def _begin(self, session: str, seq: int) -> None:
        if session in self._begun:
            return
        self._begun.add(session)
        try:
            events = self._store.events(session, from_seq=seq + 1)
        except OperatorError:
            if session == self._session:
                raise
            return
        self._deep -= 1
        self._push(self._deep, session, events)

    def _push(self, deep: int, session: str, events: Iterator[AnyEvent]) -> None:
        event = next(events, None)
        if event is not None:
            # No two have the same depth: what comes after it is never compared.
            heapq.heappush(self._next, (event.at, deep, session, event, events))
