"""Time, handed in, so that a conversation can be run without waiting and repeated exactly."""

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    """Where a conversation gets its time from."""

    def now(self) -> float:
        """Unix seconds, UTC."""
        ...

    def elapsed(self) -> float:
        """Seconds since some fixed moment; never goes back."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


class SystemClock:
    """The machine's own time."""

    def now(self) -> float:
        """Unix seconds, UTC."""
        return time.time()

    def elapsed(self) -> float:
        """Seconds of the monotonic clock."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait without holding up the event loop."""
        await asyncio.sleep(seconds)
