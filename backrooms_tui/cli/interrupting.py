"""Ctrl-C: once ends after keeping what was said, twice ends at once."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

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

    def handle() -> None:
        nonlocal asked
        if asked:
            sys.stdout.flush()
            os._exit(INTERRUPTED)
        asked = True
        complain(f"\n{told}")
        gently()

    before = {}
    for number in _SIGNALS:
        try:
            loop.add_signal_handler(number, handle)
        except (NotImplementedError, RuntimeError):
            # Windows has no signal handlers in its loop, and other threads have none at all.
            try:
                before[number] = signal.signal(number, lambda *_: loop.call_soon_threadsafe(handle))
            except ValueError:
                continue
    try:
        yield
    finally:
        for number in _SIGNALS:
            if number in before:
                signal.signal(number, before[number])
            else:
                try:
                    loop.remove_signal_handler(number)
                except (NotImplementedError, RuntimeError, ValueError):
                    continue
