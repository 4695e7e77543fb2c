"""A conversation that runs for a screen: started, paused, and left with everything kept."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from backrooms_tui.assembly.opening import Opened
from backrooms_tui.session.trouble import OperatorError

PATIENCE = 10.0  # seconds that the one who speaks has to stop when the conversation is left


class Performance:
    """Runs `opened` through `start` (a screen's way to run a coroutine beside itself) and tells `failed` what could not
    be kept. Once it is left, nothing more happens in it."""

    def __init__(
        self,
        opened: Opened,
        start: Callable[[Coroutine[Any, Any, None]], object],
        failed: Callable[[OperatorError], None],
    ) -> None:
        self._opened = opened
        self._start = start
        self._failed = failed
        self._over = asyncio.Event()
        self._over.set()
        self._task: asyncio.Task[None] | None = None
        self._leaving: asyncio.Task[None] | None = None
        self._pausing = False
        self._how: tuple[int | None, bool] = (None, False)

    @property
    def running(self) -> bool:
        """Whether agents take turns, or one of them finishes its last one before a pause."""
        return not self._over.is_set()

    @property
    def pausing(self) -> bool:
        """Whether it stands still when the turn that is being spoken is over."""
        return self._pausing and self.running

    @property
    def left(self) -> bool:
        """Whether it was left: its record is closed."""
        return self._leaving is not None

    def run(self, turns: int | None = None, *, past_limits: bool = False) -> None:
        """Let the agents speak; see `Conversation.run`. While they do, it changes how far."""
        if self.left:
            return
        self._pausing = False
        self._how = (turns, past_limits)
        conversation = self._opened.conversation
        self._start(self._run(lambda: conversation.run(turns, past_limits=past_limits)))

    def answered(self) -> None:
        """The operator has answered what was asked: go on as it ran, once it stands still. Where it was to pause
        meanwhile, it pauses."""
        if not self.left and not self.pausing:
            self._start(self._after_the_answer())

    def go_on(self) -> None:
        """Take back a pause that has not come yet."""
        turns, past_limits = self._how
        self.run(None if turns == 1 else turns, past_limits=past_limits)

    def keep_to_limits(self) -> None:
        """Limits were set anew: whoever was let past those before stops at these."""
        turns, past_limits = self._how
        if not self.running or not past_limits or turns == 1:
            return
        if self._pausing:
            self._how = (None, False)
        else:
            self.run()

    def pause(self) -> None:
        """Stand still after the turn that is being spoken."""
        if self.running:
            self._pausing = True
            self._opened.conversation.pause()

    async def stood_still(self) -> None:
        """Wait until it stands still."""
        await self._over.wait()

    async def leave(self) -> None:
        """Cut short the one who speaks, keep what was said, and close the record. A second call waits for the first.

        Raises OperatorError where it could not be kept.
        """
        if self._leaving is None:
            self._leaving = asyncio.create_task(self._leave())
        await asyncio.shield(self._leaving)

    async def _leave(self) -> None:
        conversation = self._opened.conversation
        if self.running:
            conversation.pause()
            conversation.stop_speaking()
            try:
                async with asyncio.timeout(PATIENCE):
                    await self._over.wait()
            except TimeoutError:
                if self._task is not None:
                    self._task.cancel()
                    await asyncio.wait([self._task])
        await self._opened.aclose()

    async def _after_the_answer(self) -> None:
        await self._over.wait()
        if not self.left:
            await self._run(self._opened.conversation.go_on)

    async def _run(self, run: Callable[[], Coroutine[Any, Any, None]]) -> None:
        if self.running:
            await run()
            return
        self._over.clear()
        self._task = asyncio.current_task()
        try:
            await run()
        except OperatorError as error:
            self._failed(error)
        finally:
            self._pausing = False
            self._task = None
            self._over.set()
