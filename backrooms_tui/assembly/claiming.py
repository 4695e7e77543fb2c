"""The right to record a session or to run a batch, asked for beside the event loop."""

import asyncio
from collections.abc import Callable

from backrooms_tui.store.database import Store
from backrooms_tui.store.living import Claim


async def claimed(store: Store, session: str) -> Claim:
    """The claim on `session`. Raises LiveError while somebody else records it; who is cancelled here keeps nothing."""
    return await _taken(lambda: store.claim(session))


async def batch_claimed(store: Store, batch: str) -> Claim:
    """The claim on `batch`. Raises OperatorError while somebody else runs it; otherwise as `claimed`."""
    return await _taken(lambda: store.batches.claim(batch))


async def _taken(take: Callable[[], Claim]) -> Claim:
    taking = asyncio.ensure_future(asyncio.to_thread(take))
    try:
        return await asyncio.shield(taking)
    except asyncio.CancelledError:
        taking.add_done_callback(_given_back)
        raise


def _given_back(taking: "asyncio.Future[Claim]") -> None:
    if not taking.cancelled() and taking.exception() is None:
        taking.result().release()
