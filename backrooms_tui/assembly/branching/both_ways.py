"""Trying it both ways: from one of its turns a session goes on twice, without the ladder against stalling and with it.

Each way is a branch, kept like any other session.
"""

import asyncio
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from backrooms_tui.assembly.batches.standing_still import (
    Purse,
    after_turns_within,
    on_this_machine,
    raise_first,
    stood_still,
)
from backrooms_tui.assembly.branching.ways_compared import STOPPED, How, Outcome
from backrooms_tui.assembly.continuing import branch
from backrooms_tui.assembly.measuring import Measured
from backrooms_tui.assembly.opening import Opened
from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.assembly.worlds.deciding import Unattended, asked_in
from backrooms_tui.conversation.stopping import Beside, Ending
from backrooms_tui.session.events import AnyEvent, Ended, Paused
from backrooms_tui.session.setup import Remedy
from backrooms_tui.session.state import SessionState
from backrooms_tui.session.trouble import OperatorError, Trouble
from backrooms_tui.templates.standard_ladder import STANDARD_LADDER

TURNS = 20  # that each way goes on for, where nobody says how many
_WAY_OF = re.compile(r" · from turn \d+ with(out)? the ladder$")


def turn_to_try(state: SessionState) -> int:
    """Where to begin if nobody says: the turn before the first step of the ladder, or the last one."""
    return min(state.remedies[0].turn, state.turn) if state.remedies else state.turn


def ladder_to_try(state: SessionState) -> tuple[tuple[Remedy, ...], bool]:
    """The ladder that one way goes on with, and whether it is the session's own: otherwise it is the standard one."""
    own = state.setup.rules.ladder if state.setup is not None else ()
    return own or STANDARD_LADDER, bool(own)


class Way:
    """One of the two. Read `state`; `how` and `why` say how it stands while it does not run. A permission that is asked
    for is denied, by `alone`: nobody answers."""

    def __init__(self, opened: Opened, pace: "_Pace", *, ladder: bool) -> None:
        self.opened = opened
        self.conversation = opened.conversation
        self.ladder = ladder
        self.how: How = "ready"
        self.why = ""
        self.begun_at = self.state.turn
        self._remedies = len(self.state.remedies)
        self._pace = pace
        self.alone = Unattended()
        self._go = asyncio.Event()
        self._task: asyncio.Task[object] | None = None
        # Whether it runs, and whether it waits there for leave to speak its next turn.
        self.running = False
        self.waiting = False
        self.conversation.listen(self)
        after_turns_within(self.conversation, self._see_to_the_purse)

    @property
    def name(self) -> str:
        """`with` or `without`: the ladder."""
        return "with" if self.ladder else "without"

    @property
    def state(self) -> SessionState:
        """The session as it stands."""
        return self.conversation.state

    @property
    def spoken(self) -> int:
        """Turns so far."""
        return self.state.turn - self.begun_at

    @property
    def trouble(self) -> Trouble | None:
        """Why it stands still, where that is a provider's trouble."""
        return self.state.trouble if self.how == "trouble" else None

    def goes_on(self) -> bool:
        """Whether there is more to come once it runs."""
        return self.how in ("ready", "stopped", "trouble")

    def outcome(self) -> Outcome:
        """What has become of it so far."""
        state = self.state
        assert state.setup is not None
        entries = [state.turns[turn] for turn in range(self.begun_at + 1, state.turn + 1) if turn in state.turns]
        return Outcome(
            state.session,
            state.setup.title,
            self.ladder,
            tuple(
                Measured(one.turn, one.agent, one.name, one.stall, one.stall_parts)
                for one in entries
                if one.stall is not None
            ),
            state.setup.rules.stall_at,
            tuple(state.remedies[self._remedies :]),
            self.how,
            self.why,
        )

    async def run(self, turns: int) -> None:
        """Go on until `turns` turns are spoken in all, or something stops it."""
        self._task = asyncio.current_task()
        try:
            # The operator has seen the limits and wants so many turns more; money is seen to between the turns.
            await self.conversation.run(turns - self.spoken, past_limits=True)
            await self.alone.go_on(self.conversation, lambda: not self._pace.pausing)
        except BaseException:
            self.how, self.why = "stopped", STOPPED
            raise
        else:
            self.how, self.why = self._stood_still(turns)
        finally:
            self._stands()

    def stand_still(self) -> None:
        """Not a turn more."""
        if self.running:
            self.conversation.pause()
            self._go.set()

    def look_again(self) -> None:
        """The other way has got on."""
        self._go.set()

    # Listening to its conversation: the next turn waits until this has `settled` -------------------------------------

    def hear(self, event: AnyEvent) -> None:
        """Note when it stands still."""
        if isinstance(event, Ended) or (isinstance(event, Paused) and asked_in(self.conversation) is None):
            self._stands()

    async def settled(self) -> None:
        """Wait until it is this way's turn to speak."""
        if not self.running or asyncio.current_task() is not self._task:
            return
        self.waiting = True
        self._pace.look_again()
        while not self._pace.lets(self):
            self._go.clear()
            await self._go.wait()
        self.waiting = False
        if self._pace.pausing:
            self.conversation.pause()
        else:
            self._see_to_the_purse()

    def _see_to_the_purse(self) -> None:
        over = self._pace.spent(self.state, self.conversation.spent_within())
        if over is not None and self.running:
            self.conversation.end(over.reason, over.detail)

    def _stands(self) -> None:
        self.running = self.waiting = False
        self._pace.look_again()

    def _stood_still(self, turns: int) -> tuple[How, str]:
        return stood_still(self.state, whole=self.spoken >= turns, stopped=self._pace.pausing)


class _Pace:
    """Keeps the ways in step: a turn of one, a turn of the other, or both at once."""

    def __init__(self, *, one_at_a_time: bool, reached: SessionState) -> None:
        self.ways: list[Way] = []
        self.pausing = False
        self.one_at_a_time = one_at_a_time
        self._purse = Purse(reached)

    def lets(self, way: Way) -> bool:
        """Whether `way` may speak its next turn, or has to look around before it."""
        if self.pausing:
            return True
        going = [one for one in self.ways if one.running]
        fewest = min(one.spoken for one in going)
        behind = [one for one in going if one.spoken == fewest]
        if not self.one_at_a_time:
            return way in behind
        return way is behind[0] and all(one.waiting for one in going)

    def look_again(self) -> None:
        """Something has changed."""
        for way in self.ways:
            way.look_again()

    def spent(self, state: SessionState, beside: Beside) -> Ending | None:
        """Why a way is over before its turns are: money or tokens that the session itself had not used up. `beside` is
        what councils that are not over have taken."""
        return self._purse.spent(state, beside)


class BothWays:
    """A session going on `turns` turns without the ladder and with it. Run it, and close it; see `open_both_ways`."""

    def __init__(self, without: Way, with_ladder: Way, pace: _Pace, turn: int, turns: int) -> None:
        self.without = without
        self.with_ladder = with_ladder
        self.ways = (without, with_ladder)
        self.turn = turn
        self.turns = turns
        self._pace = pace
        pace.ways = [without, with_ladder]

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the person should know before it runs: the same for both."""
        return self.without.opened.warnings

    @property
    def running(self) -> bool:
        """Whether one of them goes on."""
        return any(way.running for way in self.ways)

    @property
    def pausing(self) -> bool:
        """Whether they stand still when the turns that are being spoken are over."""
        return self._pace.pausing and self.running

    def goes_on(self) -> bool:
        """Whether there is more to come once they run."""
        return any(way.goes_on() for way in self.ways)

    async def run(self) -> None:
        """Let both go on until they stand still. One that a provider's trouble had stopped tries again.

        Raises OperatorError where what happened could not be kept; both stand still then.
        """
        self._pace.pausing = False
        going = [way for way in self.ways if way.goes_on()]
        for way in going:
            # Known before either begins, so that none runs ahead.
            way.running = way.waiting = True
        raise_first(await asyncio.gather(*(self._run(way) for way in going), return_exceptions=True))

    async def _run(self, way: Way) -> None:
        try:
            await way.run(self.turns)
        except OperatorError:
            self.pause()
            raise

    def pause(self) -> None:
        """Stand still when the turns that are being spoken are over."""
        self._pace.pausing = True
        for way in self.ways:
            way.stand_still()

    def stop(self) -> None:
        """Stand still now; what is being said is kept."""
        self.pause()
        for way in self.ways:
            if way.running:
                way.conversation.stop_speaking()

    def outcomes(self) -> tuple[Outcome, Outcome]:
        """What has become of the way without the ladder, and of the one with it."""
        return self.without.outcome(), self.with_ladder.outcome()

    async def aclose(self) -> None:
        """Record what is left of both. Raises OperatorError where it could not be kept."""
        closing = (way.opened.aclose() for way in self.ways)
        raise_first(await asyncio.gather(*closing, return_exceptions=True))


async def open_both_ways(
    workspace: Workspace, session: str, turn: int, *, turns: int = TURNS, ladder: Sequence[Remedy] | None = None
) -> BothWays:
    """Two branches of `session` from the end of `turn`, ready to run `turns` turns each: one without a ladder, one with
    `ladder` (by default the session's own, or the standard one).

    Both begin from the same words, rules and seed; which ladder they have is in their records. Raises OperatorError for
    a session or a turn that is not there, or one in which the operator picks who speaks.
    """
    source = await asyncio.to_thread(workspace.store.state, session)
    assert source.setup is not None
    if source.setup.rules.order == "manual":
        raise OperatorError(
            "in the order 'manual' somebody picks who speaks, and two ways at once leave nobody to do it",
            "go on with the session in another order first",
        )
    title = (await asyncio.to_thread(workspace.store.summary, session)).title
    steps = tuple(ladder) if ladder is not None else ladder_to_try(source)[0]
    opened: list[Opened] = []
    try:
        # Kept one by one, so that the first is closed where there can be no second.
        opened.append(await branch(workspace, session, turn, title=_titled(title, turn, "without")))
        opened.append(await branch(workspace, session, turn, title=_titled(title, turn, "with")))
        for one, its_ladder in zip(opened, ((), steps), strict=True):
            setup = one.conversation.state.setup
            assert setup is not None
            one.conversation.change_rules(replace(setup.rules, ladder=its_ladder))
        pace = _Pace(one_at_a_time=any(on_this_machine(one.conversation.state) for one in opened), reached=source)
        without, with_ladder = (Way(one, pace, ladder=number == 1) for number, one in enumerate(opened))
    except BaseException:
        for one in opened:
            with suppress(OperatorError):
                await one.aclose()
        raise
    return BothWays(without, with_ladder, pace, turn, turns)


def _titled(title: str, turn: int, name: str) -> str:
    """The title of a way. Of a session that is itself such a way, the first part counts."""
    return f"{_WAY_OF.sub('', title)} · from turn {turn} {name} the ladder"
