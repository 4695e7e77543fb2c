"""Several branches that talk by themselves for some turns each: at once, or one after the other."""

import asyncio
from collections.abc import Sequence

from backrooms_tui.assembly.batches.standing_still import (
    Purse,
    after_turns_within,
    on_this_machine,
    raise_first,
    stood_still,
)
from backrooms_tui.assembly.branching.ways_compared import How
from backrooms_tui.assembly.opening import Opened
from backrooms_tui.assembly.worlds.deciding import Unattended
from backrooms_tui.session.events import AnyEvent
from backrooms_tui.session.state import SessionState
from backrooms_tui.session.trouble import Trouble

AT_ONCE = 4  # that talk at the same time, where their models are elsewhere


class Running:
    """One of them. Read `state`; `how` and `why` say how it stands while it does not run. Where a permission is asked
    for nobody answers: `alone` has denied it."""

    def __init__(self, opened: Opened, turns: int, *, past_limits: bool) -> None:
        self.opened = opened
        self.turns = turns
        self.begun_at = self.state.turn
        self.running = False
        self.how: How = "ready"
        self.why = ""
        self._past_limits = past_limits
        self._purse = Purse(self.state)
        self.alone = Unattended()
        opened.conversation.listen(self)
        after_turns_within(opened.conversation, self._see_to_the_purse)

    @property
    def state(self) -> SessionState:
        """The session as it stands."""
        return self.opened.conversation.state

    @property
    def spoken(self) -> int:
        """Turns so far."""
        return self.state.turn - self.begun_at

    @property
    def trouble(self) -> Trouble | None:
        """Why it stands still, where that is a provider's trouble."""
        return self.state.trouble if self.how == "trouble" else None

    def hear(self, event: AnyEvent) -> None:
        """The state knows what happens."""

    async def settled(self) -> None:
        """Called before each turn: what may be spent is seen to."""
        self._see_to_the_purse()

    def _see_to_the_purse(self) -> None:
        if not self.running or not self._past_limits:
            return
        conversation = self.opened.conversation
        over = self._purse.spent(self.state, conversation.spent_within())
        if over is not None:
            conversation.end(over.reason, over.detail)

    async def run(self, stopped: asyncio.Event) -> None:
        """Go on until all turns are spoken, or something stops it."""
        left = self.turns - self.spoken
        if stopped.is_set() or left < 1 or self.state.status == "ended":
            return
        self.running = True
        try:
            await self.opened.conversation.run(left, past_limits=self._past_limits)
            await self.alone.go_on(self.opened.conversation, lambda: not stopped.is_set())
        finally:
            self.running = False
            whole = self.spoken >= self.turns
            self.how, self.why = stood_still(self.state, whole=whole, stopped=stopped.is_set())


class RunningBranches:
    """`opened`, each going on for `turns` turns. Limits that a session has reached do not count: the person wants so
    many turns more. What is left of its money counts; and where limits were chosen for a branch (`past_limits` off, for
    all or for each of them) all of them do."""

    def __init__(self, opened: Sequence[Opened], turns: int, *, past_limits: bool | Sequence[bool] = True) -> None:
        past = [past_limits] * len(opened) if isinstance(past_limits, bool) else past_limits
        self.branches = [Running(one, turns, past_limits=its) for one, its in zip(opened, past, strict=True)]
        self.turns = turns
        self._stopped = asyncio.Event()
        self._going = False

    @property
    def going(self) -> bool:
        """Whether it runs."""
        return self._going

    @property
    def stopped(self) -> bool:
        """Whether the operator has stopped it."""
        return self._stopped.is_set()

    async def run(self) -> None:
        """Let each go on: at once, or one after the other where a model is on this machine. Raises OperatorError where
        what happened could not be kept; nobody goes on then."""
        here = any(on_this_machine(one.state) for one in self.branches)
        room = asyncio.Semaphore(1 if here else AT_ONCE)

        async def run(one: Running) -> None:
            async with room:
                try:
                    await one.run(self._stopped)
                except BaseException:
                    self.stop()
                    raise

        self._going = True
        try:
            raise_first(await asyncio.gather(*map(run, self.branches), return_exceptions=True))
        finally:
            self._going = False

    def stop(self) -> None:
        """Stand still now, all of them; what is being said is kept."""
        self._stopped.set()
        for one in self.branches:
            if one.running:
                one.opened.conversation.pause()
                one.opened.conversation.stop_speaking()

    async def aclose(self) -> None:
        """Record what is left of all of them. Raises OperatorError where it could not be kept."""
        closing = (one.opened.aclose() for one in self.branches)
        raise_first(await asyncio.gather(*closing, return_exceptions=True))


async def run_branches(opened: Sequence[Opened], turns: int, *, past_limits: bool | Sequence[bool] = True) -> None:
    """Let each of `opened` go on for `turns` turns; see `RunningBranches`."""
    await RunningBranches(opened, turns, past_limits=past_limits).run()
