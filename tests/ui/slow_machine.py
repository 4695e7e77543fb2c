"""A machine that is slow: every screen and widget takes its time before it is there, and so does work in threads.

    BACKROOMS_TEST_SLOW=0.3 python -m pytest tests/ui

What a tick, a key or a reply then meets is a screen that stands on the stack and is still empty: the races that
otherwise show themselves once in a thousand runs. The number is the seconds a screen takes; widgets take up to a tenth.
"""

import asyncio
import os
import random
import time
from collections.abc import Callable
from typing import Any

import pytest
from textual.message_pump import MessagePump
from textual.screen import Screen
from textual.widget import Widget

SECONDS = float(os.environ.get("BACKROOMS_TEST_SLOW") or 0)


def slow_down(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make this machine slow for one test, if it was asked for."""
    if not SECONDS:
        return
    chance = random.Random(7)
    begin, to_thread = MessagePump._pre_process, asyncio.to_thread

    async def begin_slowly(pump: MessagePump) -> bool:
        if isinstance(pump, Screen):
            await asyncio.sleep(SECONDS)
        elif isinstance(pump, Widget):
            await asyncio.sleep(chance.uniform(0, SECONDS / 10))
        return await begin(pump)

    async def work_slowly(do: Callable[..., Any], *args: Any, **named: Any) -> Any:
        def do_slowly() -> Any:
            time.sleep(SECONDS)
            return do(*args, **named)

        return await to_thread(do_slowly)

    monkeypatch.setattr(MessagePump, "_pre_process", begin_slowly)
    monkeypatch.setattr(asyncio, "to_thread", work_slowly)
