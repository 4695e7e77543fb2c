"""Following a session that is being recorded, here or elsewhere: what comes is read by its number, little by little."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

from backrooms_tui.session.events import AnyEvent
from backrooms_tui.store.database import Store
from backrooms_tui.store.living import Keeper
from backrooms_tui.store.summaries import SessionSummary

# Seconds between two looks. A recorder saves what is being said about as often.
LOOK = 0.5
_READ = 256  # events taken at once


class Clock(Protocol):
    """Where waiting comes from."""

    async def sleep(self, seconds: float) -> None:
        """Return `seconds` later."""
        ...


@dataclass(frozen=True, slots=True)
class Fresh:
    """What one look at a session found: who records it (None: nobody any more), its summary, and events in order."""

    keeper: Keeper | None
    summary: SessionSummary
    events: list[AnyEvent]


def fresh(store: Store, session: str, after: int | None) -> Fresh:
    """Look at the session, and read some of what came after event `after`; with None nothing is read.

    Where nobody records it and there are no events, there will be no more. Raises OperatorError, as where the session
    was deleted.
    """
    # Whoever has stopped by now has written everything by now.
    keeper = store.keeper(session)
    summary = store.summary(session)
    if after is None or summary.last_seq <= after:
        return Fresh(keeper, summary, [])
    return Fresh(keeper, summary, list(islice(store.events(session, from_seq=after + 1), _READ)))


async def followed(store: Store, session: str, clock: Clock, *, after: int = 0) -> AsyncIterator[AnyEvent]:
    """All events after event `after`, and then those to come, until nobody records the session any more."""
    while True:
        found = await asyncio.to_thread(fresh, store, session, after)
        for event in found.events:
            yield event
        if found.events:
            after = found.events[-1].seq
        elif found.keeper is None:
            return
        if len(found.events) < _READ and found.keeper is not None:
            await clock.sleep(LOOK)


def newest_living(store: Store) -> SessionSummary | None:
    """Of the sessions that are being recorded, the one in which something happened last; None where there is none."""
    living = store.living()
    return next((one for one in store.list_sessions() if one.id in living), None) if living else None
