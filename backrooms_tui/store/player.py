"""Plays a session's events at the pace at which they happened, or another. A screen cannot tell it from a live one."""

import asyncio
import math
from collections.abc import AsyncIterator, Iterable, Iterator
from itertools import islice
from typing import Protocol

from backrooms_tui.session.events import AnyEvent, TurnEnded, TurnFailed, TurnRetracted, TurnStarted

SLOWEST, FASTEST = 0.5, 64.0
_CATCH_UP = 1.0  # seconds of lateness that are made up for; after more, the pace goes on from where it is
_READ = 256  # events read at once, in a thread: the source may be a database


class Clock(Protocol):
    """Where a player's time comes from."""

    def now(self) -> float:
        """Seconds since whenever; only differences count."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return `seconds` later."""
        ...


class Player:
    """The events of a stored session, each when its time has come: `async for event in player`.

    `speed` is a factor from 0.5 to 64, or infinity for all at once; it may be changed while it plays. A wait of more
    than `idle` seconds where nobody was speaking (the operator had paused, for hours perhaps) takes `idle` seconds, and
    one of more than `silence` seconds within a turn takes `silence`. Both are in the session's own time.

    Events from the middle of a session are waited for from `since` on (Unix seconds), the time up to which the session
    was played already; `speaking` says whether that was within a turn. Without it the first event comes at once.
    """

    def __init__(
        self,
        events: Iterable[AnyEvent],
        clock: Clock,
        *,
        speed: float = 1.0,
        idle: float = 2.0,
        silence: float = 30.0,
        since: float | None = None,
        speaking: bool = False,
    ) -> None:
        self._events = iter(events)
        self._clock = clock
        self._speed = _checked(speed)
        self._idle = idle
        self._silence = silence
        self._changed = asyncio.Event()
        self._paused = False
        self._steps = 0
        self._sought: int | None = None
        self._turn = 0
        self._speaking = speaking
        self._due: float | None = None
        self._at = since

    @property
    def paused(self) -> bool:
        """Whether it stands still. While a step is being played it does not."""
        return self._paused and self._steps == 0

    @property
    def turn(self) -> int:
        """The last turn that began."""
        return self._turn

    @property
    def speed(self) -> float:
        """How many times as fast as it happened."""
        return self._speed

    @speed.setter
    def speed(self, value: float) -> None:
        self._speed = _checked(value)
        self._changed.set()

    def pause(self) -> None:
        """Stand still after the event that is out."""
        self._paused = True
        self._steps = 0
        self._changed.set()

    def resume(self) -> None:
        """Go on."""
        self._paused = False
        self._steps = 0
        self._changed.set()

    def step(self) -> None:
        """Play to the end of the next turn, then stand still. Several steps add up."""
        self._paused = True
        self._steps += 1
        self._changed.set()

    def seek(self, turn: int) -> None:
        """Give out everything before turn `turn` without waiting, even while paused, and then go on as before.

        Raises ValueError for a turn that has begun already: to go back, play the session again from its beginning.
        """
        if turn <= self._turn:
            raise ValueError(f"turn {turn} has begun already")
        self._sought = turn
        self._changed.set()

    async def __aiter__(self) -> AsyncIterator[AnyEvent]:
        while batch := await asyncio.to_thread(_taken, self._events):
            for event in batch:
                await self._until_due(event)
                self._note(event)
                yield event

    async def _until_due(self, event: AnyEvent) -> None:
        if isinstance(event, TurnStarted) and self._sought is not None and event.turn >= self._sought:
            self._sought = None
            self._due = None
        left = self._gap(event)
        began = self._clock.now()
        if self._due is not None and not self.paused:
            # What the last event was late by is made up for, so that a long session keeps its time.
            began = max(min(began, self._due), began - _CATCH_UP)
        while self._sought is None:
            if self.paused:
                await self._change()
                began = self._clock.now()
            elif math.isinf(self._speed) or left <= 0:
                break
            else:
                speed = self._speed
                changed = await self._slept(began + left / speed - self._clock.now())
                passed = min(left, (self._clock.now() - began) * speed)
                if not changed:
                    passed = left
                left -= passed
                began += passed / speed
        self._due = began

    async def _slept(self, seconds: float) -> bool:
        """Wait, but not on after something was asked of the player. Whether something was."""
        if seconds <= 0:
            return False
        self._changed.clear()
        waits = [asyncio.ensure_future(self._clock.sleep(seconds)), asyncio.ensure_future(self._changed.wait())]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)
        return self._changed.is_set()

    async def _change(self) -> None:
        self._changed.clear()
        await self._changed.wait()

    def _gap(self, event: AnyEvent) -> float:
        if self._at is None:
            return 0.0
        return min(max(0.0, event.at - self._at), self._silence if self._speaking else self._idle)

    def _note(self, event: AnyEvent) -> None:
        self._at = event.at
        if isinstance(event, TurnStarted):
            self._turn, self._speaking = event.turn, True
        elif isinstance(event, TurnEnded | TurnFailed | TurnRetracted):
            self._speaking = False
            over = isinstance(event, TurnEnded) or (isinstance(event, TurnFailed) and event.retry_in is None)
            if over and self._steps:
                self._steps -= 1


def _checked(speed: float) -> float:
    if not (SLOWEST <= speed <= FASTEST or speed == math.inf):
        raise ValueError(f"speed is {SLOWEST:g} to {FASTEST:g}, or infinity")
    return speed


def _taken(events: Iterator[AnyEvent]) -> list[AnyEvent]:
    return list(islice(events, _READ))
