"""What was spent before the place where a replay stands: added up beside it, as that takes longer, the longer the
session."""

import asyncio
from collections.abc import Callable

from backrooms_tui.session.state import SessionState
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.store.database import Store
from backrooms_tui.store.seeking import Spent

HELD = 16  # turns and attempts that a state is built from
# What was spent before a place this far into a session takes a while to add up, so not before one stays there.
_QUICK = 20_000  # events
_STANDING = 1.0  # seconds


class Counting:
    """Adds what the agents of `session` had spent to the sums in a state; `counted` is called when that is done."""

    def __init__(self, store: Store, session: str, counted: Callable[[], object]) -> None:
        self._store = store
        self._session = session
        self._counted = counted
        self._state: SessionState | None = None
        self.task: asyncio.Task[None] | None = None
        self.done = False  # whether the sums are whole

    def begin(self, state: SessionState, place: int) -> None:
        """Add up for `state`, which holds what was said from a little before event `place` on."""
        if self.task is not None:
            self.task.cancel()
        self.done, self._state = False, state
        self.task = asyncio.create_task(self._count(state, place))

    async def _count(self, state: SessionState, place: int) -> None:
        if place > _QUICK:
            await asyncio.sleep(_STANDING)
        spent: dict[int, Spent]
        try:
            spent = await asyncio.to_thread(self._store.spent_before, self._session, place, held=HELD)
        except OperatorError:  # the sums stay unknown; what is wrong is told where somebody asks for more
            return
        if state is not self._state:
            return
        for seat, before in spent.items():
            agent = state.agents.get(seat)
            if agent is not None:
                agent.turns += before.turns
                agent.cost += before.cost
                agent.unpriced_turns += before.unpriced
                agent.usage = agent.usage + before.usage
        self.done = True
        self._counted()
