"""Ctrl-C: once ends after keeping what was said, twice ends at once."""

import asyncio
import os
import signal
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

from backrooms_tui.cli.leaving import INTERRUPTED, complain

_SIGNALS = [s for name in ("SIGINT", "SIGTERM", "SIGHUP") if (s := getattr(signal, name, None)) is not None]


@contextmanager
def interruptible(
    gently: Callable[[], object], told: str = "Ending; what was said is kept. Ctrl-C again leaves at once."
) -> Iterator[None]:
    """While inside, the first interruption says `told` and calls `gently` from the event loop; the second leaves at
    once with 130.

    What a recorder was told is on disk within half a second, so leaving at once loses no finished turn.
    """
    loop = asyncio.get_running_loop()
    asked = False

    def begin() -> None:
        gently()
        complain(f"\n{told}")

    def handle(*_: object) -> None:
        nonlocal asked
        if asked:
            os._exit(INTERRUPTED)
        asked = True
        loop.call_soon_threadsafe(begin)

    # Not the loop's own handlers: those wait for the loop, which may be writing to a reader that stands still.
    before = {}
    for number in _SIGNALS:
        try:
            before[number] = signal.signal(number, handle)
        except ValueError:  # only the main thread has signals
            continue
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def run_interruptible(work: Coroutine[Any, Any, int]) -> int:
    """The exit status of `work`; interrupted, it is cancelled, so that it closes what it has opened."""

    async def inside() -> int:
        task = asyncio.ensure_future(work)
        with interruptible(task.cancel, "Stopping."):
            try:
                return await task
            except asyncio.CancelledError:
                return INTERRUPTED

    return asyncio.run(inside())
