"""Who may speak with one loaded model now: as many at once as it has slots, the others in the order they came.

llama.cpp would queue them itself, but not well: a request that is given up while it waits there stays until the model
gets to it, and can leave one behind it waiting for ever (b11549: `pop_deferred_task` wakes one request for each slot
that comes free, and none where that one was cancelled meanwhile). Here, giving up a place in the queue costs nothing.
"""

import asyncio
import threading
from collections import deque
from collections.abc import AsyncIterator
from concurrent.futures import Future
from contextlib import asynccontextmanager


class Slots:
    """`count` places. Event loops in several threads may share one object."""

    def __init__(self, count: int) -> None:
        self._free = count
        self._waiting: deque[Future[None]] = deque()
        self._lock = threading.Lock()

    @asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        """Waits for a place and holds it."""
        await self._take()
        try:
            yield
        finally:
            self._give_back()

    async def _take(self) -> None:
        with self._lock:
            if self._free:
                self._free -= 1
                return
            place: Future[None] = Future()
            self._waiting.append(place)
        try:
            await asyncio.wrap_future(place)
        except asyncio.CancelledError:
            if not place.cancel():  # it came at that very moment
                self._give_back()
            raise

    def _give_back(self) -> None:
        with self._lock:
            while self._waiting:
                place = self._waiting.popleft()
                if place.set_running_or_notify_cancel():
                    place.set_result(None)
                    return
            self._free += 1
