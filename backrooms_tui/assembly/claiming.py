"""The right to record a session, asked for beside the event loop."""

import asyncio

from backrooms_tui.store.database import Store
from backrooms_tui.store.living import Claim


async def claimed(store: Store, session: str) -> Claim:
    """The claim on `session`. Raises LiveError while somebody else records it; who is cancelled here keeps nothing."""
    taking = asyncio.ensure_future(asyncio.to_thread(store.claim, session))
    try:
        return await asyncio.shield(taking)
    except asyncio.CancelledError:
        taking.add_done_callback(_given_back)
        raise


def _given_back(taking: "asyncio.Future[Claim]") -> None:
    if not taking.cancelled() and taking.exception() is None:
        taking.result().release()
