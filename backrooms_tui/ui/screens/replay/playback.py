"""A stored session being played: where it stands, how fast it goes, and ways to be elsewhere in it.

Only what is played is read. A jump builds the state anew from a few turns, so that it takes as long in a session of
100,000 turns as in a short one. A session that is being recorded meanwhile can be followed as it grows.
"""

import asyncio
import math
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing
from dataclasses import replace
from itertools import islice
from typing import cast

from backrooms_tui.conversation.clock import Clock
from backrooms_tui.session.events import AnyEvent, RequestUndone, TurnEdited, TurnEnded, TurnRetracted
from backrooms_tui.session.state import SessionState, TurnEntry, apply
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.store.database import Store
from backrooms_tui.store.failures import StoreError
from backrooms_tui.store.following import LOOK, Fresh, fresh
from backrooms_tui.store.living import Keeper
from backrooms_tui.store.player import FASTEST, SLOWEST, Player
from backrooms_tui.store.seeking import OPENED
from backrooms_tui.store.summaries import SessionSummary
from backrooms_tui.ui.screens.replay.counting import HELD, Counting
from backrooms_tui.ui.screens.replay.held import HeldCouncils, WithCouncils
from backrooms_tui.ui.widgets.entries import EntrySource, LiveEntries, StoredEntries

_READ = 256  # events read at once, in a thread
# Between two looks at a session that nobody records, where it is waited for that somebody does again.
_WAITING = 2.0  # seconds


class Playback:
    """Plays `session` of `store`. `jumped` is called when `state` is another object than before, `moved` when it has
    changed. Open it with `open` before anything else."""

    def __init__(
        self, store: Store, session: str, clock: Clock, *, jumped: Callable[[], None], moved: Callable[[], None]
    ) -> None:
        self.store = store
        self.session = session
        self.state = SessionState()
        # What was said up to some turn, read where it is looked at; `state.entries` holds only what came after it.
        self.past: EntrySource = LiveEntries(SessionState())
        # The councils that are not over where it stands.
        self.held = HeldCouncils(store)
        self.speed = 1.0
        self.summary: SessionSummary | None = None
        # Who records it at this moment; whether what comes is shown as it comes, and whether it was at some time.
        self.keeper: Keeper | None = None
        self.following = self.followed = False
        # Why it could not go on by itself. Whoever tells the person takes it away.
        self.trouble: OperatorError | None = None
        self._clock = clock
        self._jumped, self._moved = jumped, moved
        self._at = 0.0
        self._player: Player | None = None
        self._playing: asyncio.Task[None] | None = None
        self._counting = Counting(store, session, lambda: self._moved())
        self._watching: asyncio.Task[None] | None = None
        self._waits = False
        self._over = False  # all is played, though the task may still be on its way out
        self._base = 0  # the last turn of `past`
        self._moving = asyncio.Lock()

    # Where it stands --------------------------------------------------------------

    @property
    def turns(self) -> int:
        """The turns that there are."""
        return self.summary.turns if self.summary is not None else 0

    @property
    def turn(self) -> int:
        """The last turn that began."""
        return self.state.turn + (self.state.in_flight is not None)

    @property
    def seconds(self) -> float:
        """The session's own time, from its beginning."""
        return max(0.0, self._at - self.state.started)

    @property
    def length(self) -> float:
        """Seconds from the beginning of the session to its last event."""
        return max(0.0, self.summary.last - self.summary.started) if self.summary is not None else 0.0

    @property
    def playing(self) -> bool:
        """Whether it goes on by itself."""
        return self._playing is not None and not self._playing.done() and not self._over

    @property
    def live(self) -> bool:
        """Whether somebody records it, so that it may grow."""
        return self.keeper is not None

    @property
    def at_end(self) -> bool:
        """Whether there is nothing more to play."""
        return self.summary is not None and self.state.seq >= self.summary.last_seq

    @property
    def counted(self) -> bool:
        """Whether the agents' sums are whole: a moment after a jump."""
        return self._counting.done

    # Playing --------------------------------------------------------------

    async def open(self, turn: int | None, *, follow: bool = False) -> None:
        """Stand at the beginning, or at the end of `turn`; follow the session where it is being recorded and no turn is
        asked for. With `follow` stand at its end, and follow it whenever somebody records it, also later on.

        Raises OperatorError for a session that is not there.
        """
        self._waits = follow
        try:
            self._note(await asyncio.to_thread(fresh, self.store, self.session, None))
            if turn is None and (follow or self.live):
                await self.follow()
            else:
                await self.to_turn(0 if turn is None else turn)
        except BaseException:  # also where the person has left already
            await self.aclose()
            raise

    async def follow(self) -> None:
        """Go to what was said last, and on with it as it comes, where the session is being recorded."""
        self._note(await asyncio.to_thread(fresh, self.store, self.session, None))
        if not self.following:
            await self.to_end()

    def play(self) -> None:
        """Go on from here; from the beginning again, where it is over, and with what comes, where it is live."""
        if self.live and self.at_end:
            self._follow_on()
        elif not self.playing:
            self._over = False
            self._playing = asyncio.create_task(self._play(self._playing))

    def pause(self) -> None:
        """Stand still."""
        self.following = False
        if self._playing is not None:
            self._playing.cancel()
        self._moved()

    def faster(self) -> float:
        """Twice as fast, as far as it goes."""
        return self._paced(min(FASTEST, self.speed * 2))

    def slower(self) -> float:
        """Half as fast, as far as it goes."""
        return self._paced(max(SLOWEST, self.speed / 2))

    async def aclose(self) -> None:
        """Stop, and let go of the store."""
        tasks = [task for task in (self._playing, self._counting.task, self._watching) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # Going elsewhere: it plays on from there if it was playing -------------------------------------------------------

    async def to_turn(self, turn: int) -> None:
        """Stand at the end of `turn`; 0 is the beginning."""
        turn = max(0, min(turn, self.turns))
        async with self._moving:
            await self._stopped(self._to_turn, turn)

    async def next_turn(self) -> None:
        """Stand at the end of the turn that is being spoken, or of the one after that which was spoken last."""
        async with self._moving:
            await self._stopped(self._through, self.state.turn + 1)

    async def previous_turn(self) -> None:
        """Stand where the turn that is being spoken began, or the one that was spoken last."""
        if self.state.in_flight is None:
            await self.to_turn(self.state.turn - 1)
            return
        async with self._moving:
            await self._stopped(self._to_end_of, self.state.turn)

    async def shift(self, seconds: float) -> None:
        """Stand so many seconds later, or earlier where they are below 0."""
        async with self._moving:
            await self._stopped(self._to_moment, self._at + seconds)

    async def to_end(self) -> None:
        """All of it at once."""
        async with self._moving:
            await self._stopped(self._to_place, self.summary.last_seq if self.summary is not None else 0)

    async def _stopped(self, go: Callable[..., object], where: float) -> None:
        playing = self.playing or self.following
        self.following = False
        if self._playing is not None:
            self._playing.cancel()
            await asyncio.gather(self._playing, return_exceptions=True)
        await go(where)  # type: ignore[misc]
        await self._hear_councils()
        # Whoever wants the end wants to stand there: playing from it would begin anew. Of what grows, it goes on.
        if self.at_end and (self.live or self._waits):
            self._follow_on()
        elif playing and not self.at_end:
            self.play()
        self._moved()

    async def _hear_councils(self) -> bool:
        """Know how far the councils had come that are not over here. Whether they had come on."""
        if not self.state.councils and not self.held.states:
            return False
        return await self.held.bring(self.state, math.inf if self.at_end else self._at)

    async def _to_turn(self, turn: int) -> None:
        assert self.summary is not None
        # With the last turn comes what followed it.
        if turn == self.turns and turn > 0:
            await self._to_place(self.summary.last_seq)
        else:
            await self._to_end_of(turn)

    async def _to_end_of(self, turn: int) -> None:
        """The end of the turn itself."""
        await self._to_place(await asyncio.to_thread(self.store.place_of_turn, self.session, turn) if turn else OPENED)

    async def _to_moment(self, at: float) -> None:
        at = max(self.state.started, min(at, self.summary.last if self.summary is not None else at))
        if at < self._at:
            place = await asyncio.to_thread(self.store.place_before, self.session, self.state.seq + 1, at)
            await self._to_place(place)
        await self._apply_while(lambda event: event.at <= at)
        self._at = at

    async def _to_place(self, place: int) -> None:
        self.state = await asyncio.to_thread(self.store.state_at, self.session, place, held=HELD)
        self.held.forget()
        self._at = self.state.last
        # Of what grows the last turn is not the store's to tell: what follows it may just be coming.
        grows = self.live or self._waits
        base = self._base = max(0, self.state.turn - grows)
        if base:
            spoken = (
                index
                for index, entry in enumerate(self.state.entries)
                if isinstance(entry, TurnEntry) and entry.turn == base and not entry.retracted
            )
            # With its last turn the store tells what followed it, too.
            last = len(self.state.entries) - 1 if self.at_end and not grows else max(spoken, default=-1)
            del self.state.entries[: last + 1]
            self.state.requests.begin_later(last + 1)
            for agent in self.state.agents.values():
                agent.away_since = max(0, agent.away_since - last - 1)
                missed = [(max(0, first - last - 1), after - last - 1) for first, after in agent.missed]
                agent.missed = [(first, after) for first, after in missed if after > 0]
            self.past = await asyncio.to_thread(StoredEntries, self.store, self.session, last=base)
        else:
            self.past = LiveEntries(SessionState())
        self._counting.begin(self.state, place)
        self._jumped()

    async def _through(self, turn: int) -> None:
        """Everything up to the end of `turn`, without its pace."""
        over = False

        def wanted(event: AnyEvent) -> bool:
            nonlocal over
            goes_on = not over
            over = over or (isinstance(event, TurnEnded) and event.turn >= turn)
            return goes_on

        # After the last turn comes what is left.
        await self._apply_while(wanted if turn < self.turns else lambda event: True)
        self._at = max(self._at, self.state.last)

    async def _apply_while(self, wanted: Callable[[AnyEvent], bool]) -> None:
        events = await asyncio.to_thread(self.store.events, self.session, from_seq=self.state.seq + 1)
        while batch := await asyncio.to_thread(_some, events):
            for event in batch:
                if not wanted(event):
                    return
                apply(self.state, event)

    # The pace --------------------------------------------------------------

    async def _play(self, before: asyncio.Task[None] | None) -> None:
        if before is not None:
            await asyncio.wait([before])
        try:
            if self.at_end:
                await self._to_turn(0)
            open = dict(self.held.states)
            events = await asyncio.to_thread(WithCouncils, self.store, self.session, self.state.seq, open)
            speaking = any(state.in_flight is not None for state in (self.state, *open.values()))
            since = self._at if self.state.seq > OPENED else None
            self._player = Player(events, self._clock, speed=self.speed, since=since, speaking=speaking)
            async with aclosing(cast("AsyncGenerator[AnyEvent, None]", aiter(self._player))) as played:
                async for event in played:
                    whose = events.whose()
                    if whose == self.session:
                        apply(self.state, event)
                    self.held.take(whose, event)
                    self._at = event.at
                    self._over = self.at_end and not self.live and not self.state.councils
                    self._moved()
            if self.live:
                self._follow_on()
        except OperatorError as error:  # it was deleted, or the database is out of reach
            self.trouble = error
        finally:
            self._player = None
            self._moved()

    def _paced(self, speed: float) -> float:
        self.speed = speed
        if self._player is not None:
            self._player.speed = speed
        self._moved()
        return speed

    # What comes while somebody records it -----------------------------------------------------------------------------

    def _follow_on(self) -> None:
        self.following = self.followed = True
        self._watch()
        self._moved()

    def _watch(self) -> None:
        """Look at the session every now and then, as long as it may grow."""
        if self._watching is None or self._watching.done():
            self._watching = asyncio.create_task(self._look_on())

    async def _look_on(self) -> None:
        while self.live or self._waits:
            await self._clock.sleep(LOOK if self.live else _WAITING)
            # Again at once, where there was more than is read at a time.
            while await self._look():
                pass

    async def _look(self) -> bool:
        """Look once. Whether there was something to show."""
        state, seq = self.state, self.state.seq
        try:
            found = await asyncio.to_thread(fresh, self.store, self.session, seq if self.following else None)
        except StoreError:  # the database is busy, or out of reach: perhaps not the next time
            return False
        except OperatorError:  # it was deleted
            self.keeper, self._waits, self.following = None, False, False
            self._moved()
            return False
        # What was read for another place is of no use here.
        events = found.events if self.following and self.state is state and state.seq == seq else []
        over = self.live and found.keeper is None and not found.events
        if self.live and found.keeper is None and not over:
            found = replace(found, keeper=self.keeper)  # the rest is still coming
        changed = (found.keeper, found.summary) != (self.keeper, self.summary)
        self._note(found)
        past = False
        for event in events:
            apply(self.state, event)
            past = past or (isinstance(event, TurnEdited | TurnRetracted | RequestUndone) and event.turn <= self._base)
        if events:
            self._at = self.state.last
        heard = self.following and self.state is state and await self._hear_councils()
        if past:  # what is read where it is looked at reads differently now
            async with self._moving:
                if self.state is state and self.following:
                    await self._to_place(self.state.seq)
        if over:
            self.following = self.following and self._waits
        if changed or events or heard:
            self._moved()
        return bool(events)

    def _note(self, found: Fresh) -> None:
        self.keeper, self.summary = found.keeper, found.summary
        if self.live or self._waits:
            self._watch()


def _some(events: Iterator[AnyEvent]) -> list[AnyEvent]:
    """The next few events; none at the end."""
    return list(islice(events, _READ))
