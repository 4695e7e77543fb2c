"""Waiting for what a person would see, instead of for a time."""

import asyncio
from collections.abc import Callable
from time import monotonic

from textual import events
from textual.app import App
from textual.keys import _character_to_key
from textual.pilot import Pilot


async def until(pilot: Pilot[object], condition: Callable[[], object], *, seconds: float = 20.0) -> None:
    """Wait until `condition` holds, at most `seconds`. What it raises while widgets come and go counts as "not yet"."""
    end = monotonic() + seconds
    failure: Exception | None = None
    while True:
        try:
            failure = None
            if condition():
                await pilot.pause()
                await at_rest(pilot.app)
                return
        except Exception as error:  # a widget that is not there yet
            failure = error
        if monotonic() > end:
            raise AssertionError(f"it never came to it:\n{screen_text(pilot.app)}") from failure
        await asyncio.sleep(0.02)


async def at_rest(app: App[object], *, seconds: float = 1.0) -> None:
    """Wait until all that was sent to the screen's widgets is dealt with and it is laid out, at most `seconds`: what
    is never at rest (words that stream) is looked at as it is."""
    end = monotonic() + seconds
    while not _rests(app) and monotonic() < end:
        await asyncio.sleep(0.002)


def _rests(app: App[object]) -> bool:
    if not app.screen_stack:
        return True
    screen = app.screen_stack[-1]
    if screen.size != app.size or screen._layout_required or not app._message_queue.empty():
        return False
    return all(widget._message_queue.empty() for widget in screen.walk_children(with_self=True))


def screen_text(app: App[object]) -> str:
    """What stands on the screen, as text: what a person could read there."""
    width = app.size.width
    screen = app.screen_stack[-1] if app.screen_stack else None
    if screen is None:
        return ""
    lines = screen._compositor.render_strips()
    return "\n".join(strip.text[:width].rstrip() for strip in lines)


def at_once(app: App[object], *keys: str) -> None:
    """Press keys faster than any of them is dealt with. What is not the name of a key is typed letter by letter."""
    for key in keys:
        if key in _NAMES or "+" in key:
            app.post_message(events.Key(key, None))
        else:
            for letter in key:
                app.post_message(events.Key(_character_to_key(letter), letter))


_NAMES = ("enter", "escape", "tab", "space", "home", "end", "left", "right", "up", "down", "backspace")
