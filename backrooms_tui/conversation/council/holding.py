"""Holding councils: each is a conversation of its own, run inside the one whose agent it serves."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from backrooms_tui.conversation.council.due import Due, due_before, last_council
from backrooms_tui.conversation.council.keeping import Keeping, Kept
from backrooms_tui.conversation.council.setting_up import council_setup, room_of
from backrooms_tui.conversation.council.telling import transcript
from backrooms_tui.conversation.publishing import Publisher
from backrooms_tui.conversation.scrubbing import scrubbed
from backrooms_tui.conversation.stopping import Beside, Ending
from backrooms_tui.session.events import AnyEvent, CouncilEnded, CouncilOpened, EndReason, Noticed, Serves
from backrooms_tui.session.setup import Setup
from backrooms_tui.session.state import SessionState
from backrooms_tui.session.trouble import OperatorError, Trouble
from backrooms_tui.session.usage import Usage

if TYPE_CHECKING:
    from backrooms_tui.conversation.conversation import Conversation

HearWithin = Callable[[SessionState, AnyEvent], None]
STEPPED = "stepped"


@dataclass(frozen=True, slots=True)
class Around:
    """What a council knows of the conversations that it is held in: how many they are, how deep councils are held, and
    why nothing more may be spent, if so. `before` is the last council of the same agent, as it ended."""

    depth: int
    deepest: Callable[[], int]
    used_up: Callable[[], Ending | None]
    before: SessionState | None = None


@dataclass(frozen=True, slots=True)
class Stood:
    """A council stands still and is not over: why, and the trouble that it met."""

    reason: str
    trouble: Trouble | None = None


Make = Callable[[Setup, Kept, Serves, SessionState | None], "Conversation"]


@dataclass(slots=True)
class _Held:
    seat: int
    turn: int
    kept: Kept
    conversation: "Conversation"
    running: bool = False


class Councils:
    """The councils of one conversation's agents. `make` makes the conversation of one, after the last of its host."""

    def __init__(self, publisher: Publisher, keeping: Keeping, make: Make, around: Around) -> None:
        self._publisher = publisher
        self._keeping = keeping
        self._make = make
        self._around = around
        self._held: dict[int, _Held] = {}
        # Those that are over, and not written to their end yet; nor are those that were held within them.
        self._left: list[_Held] = []
        self._hearing: list[HearWithin] = []
        self._told: set[int] = set()
        self._standing = False

    @property
    def open(self) -> Mapping[int, "Conversation"]:
        """Those that are not over, by the seat that they serve."""
        return {seat: held.conversation for seat, held in self._held.items()}

    @property
    def running(self) -> bool:
        """Whether one is being held."""
        return any(held.running for held in self._held.values())

    def listen(self, hear: HearWithin) -> None:
        """Let `hear` know of everything in them, at any depth."""
        self._hearing.append(hear)

    def spent(self) -> Beside:
        """What those that are not over have taken so far, with those within them."""
        cost, tokens = 0.0, 0
        for held in self._held.values():
            state, within = held.conversation.state, held.conversation.spent_within()
            cost += state.cost + within.cost
            tokens += state.usage.input_tokens + state.usage.output_tokens + within.tokens
        return Beside(cost, tokens)

    def due(self, seat: int, turns: int | None) -> list[Due]:
        """Those that are held before `seat` speaks; see `due_before`. None where they would be too deep."""
        found = due_before(self._publisher.state, seat, turns)
        if found and self._around.depth >= self._around.deepest():
            self._tell_too_deep(found)
            return []
        return found

    async def hold(self, due: Sequence[Due], *, one_turn: bool, wanted: Callable[[], bool]) -> Stood | None:
        """Hold these councils to their ends, at the same time; with `one_turn`, one turn of one of them. What comes
        back says why not all are over; None where they are, or where they are not `wanted` any more.

        Raises OperatorError where one could not be kept.
        """
        if one_turn:
            due = sorted(due, key=lambda one: one.seat not in self._publisher.state.councils)[:1]
        self._standing = False
        for one in due:
            if not wanted():
                return None
            await self._open(one)
        stepped = await self._run_all([self._held[one.seat] for one in due], one_turn, wanted)
        stands = [held for one in due if (held := self._held.get(one.seat)) is not None]
        if stepped:
            return Stood(STEPPED)
        if not stands or not wanted():
            return None
        return self._why(next((held for held in stands if held.conversation.state.trouble is not None), stands[0]))

    def pause(self) -> None:
        """Those that are being held stand still when the turns that are being spoken in them are over."""
        self._standing = True
        for held in self._held.values():
            held.conversation.pause()

    def stop_speaking(self) -> None:
        """Cut short those who speak in them."""
        for held in list(self._held.values()):
            if held.running:
                held.conversation.stop_speaking()

    def end(self, reason: EndReason, detail: str) -> None:
        """End them: what was said in them so far is what their hosts are told."""
        for held in list(self._held.values()):
            held.conversation.end(reason, detail)
            if not held.running:
                self._left.append(held)
                self._tell_over(held)
        for seat, open in list(self._publisher.state.councils.items()):
            if seat not in self._held:  # not a word was said in it
                self._publisher.emit(
                    CouncilEnded,
                    turn=open.turn,
                    agent=seat,
                    council=open.council,
                    text="",
                    detail=detail,
                    turns=0,
                    usage=Usage(),
                    cost=0.0,
                )

    async def pick_up(self) -> None:
        """Those that were open when the session was left are there again. Nothing runs yet."""
        state = self._publisher.state
        for seat, open in list(state.councils.items()):
            if seat in self._held:
                continue
            kept = await self._keeping.open(open.council)
            if kept.state.setup is None:
                await kept.close()  # not a word of it was kept: it begins when it is held
            else:
                await self._take_up(seat, open.turn, kept)

    async def aclose(self) -> None:
        """Write what is left of all of them. Raises OperatorError where it could not be kept."""
        errors: list[OperatorError] = []
        left, self._left = self._left, []
        for held in (*left, *self._held.values()):
            for close in (held.conversation.aclose, held.kept.close):
                try:
                    await close()
                except OperatorError as error:
                    errors.append(error)
        if errors:
            raise errors[0]

    async def _open(self, due: Due) -> None:
        state = self._publisher.state
        if due.seat in self._held:
            return
        if due.seat not in state.councils:
            council = await self._keeping.new_id()
            self._publisher.emit(CouncilOpened, turn=due.turn, agent=due.seat, council=council)
        # Kept before anything that is kept as a part of it.
        await self._publisher.settled()
        open = state.councils[due.seat]
        await self._take_up(due.seat, open.turn, await self._keeping.open(open.council))

    async def _take_up(self, seat: int, turn: int, kept: Kept) -> None:
        try:
            held = self._take(seat, turn, kept, await self._past(seat))
            await held.conversation.pick_up_councils()
        except BaseException:
            if seat not in self._held:
                await kept.close()
            raise

    def _take(self, seat: int, turn: int, kept: Kept, past: SessionState | None) -> _Held:
        """The conversation of a council, whose members go on from `past`."""
        state = self._publisher.state
        setup = kept.state.setup or council_setup(state, seat, turn, past)
        listening = Kept(kept.session, (*kept.listeners, _Relay(kept.state, self._hear)), kept.state, kept.measure)
        conversation = self._make(setup, listening, Serves(state.session, turn, seat), past)
        conversation.listen_within(self._hear)
        self._held[seat] = held = _Held(seat, turn, kept, conversation)
        return held

    async def _past(self, seat: int) -> SessionState | None:
        """The last council of `seat`: here, or where this is a council itself, in the one before it."""
        before = self._around.before
        last = last_council(self._publisher.state, seat)
        if last is None and before is not None and seat in before.agents:
            last = last_council(before, seat)
        return None if last is None else await self._keeping.state(last.council)

    async def _run_all(self, held: Sequence[_Held], one_turn: bool, wanted: Callable[[], bool]) -> bool:
        """Run them until each is over or stands still; whether a turn was stepped."""
        tasks = [asyncio.ensure_future(self._run(one, one_turn, wanted)) for one in held]
        results = await asyncio.gather(*tasks, return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result
        return one_turn and any(results)

    async def _run(self, held: _Held, one_turn: bool, wanted: Callable[[], bool]) -> bool:
        inner = held.conversation
        before, stepped = inner.state.turn, False
        try:
            if inner.state.status != "ended":
                if self._standing or not wanted():
                    return False
                held.running = True
                await inner.run(1 if one_turn else None, within=one_turn)
                stepped = inner.state.turn > before or inner.state.reason == STEPPED
            if inner.state.status == "ended":
                await inner.aclose()
                await held.kept.close()
                self._tell_over(held)
        finally:
            held.running = False
            if held.seat in self._held and not one_turn:
                # The others wait for it.
                self.pause()
        return stepped

    def _tell_over(self, held: _Held) -> None:
        """What the host is told, and what it took."""
        del self._held[held.seat]
        council, outer = held.conversation.state, self._publisher.state
        unknown = not council.cost and any(agent.unpriced_turns for agent in council.agents.values())
        self._publisher.emit(
            CouncilEnded,
            turn=held.turn,
            agent=held.seat,
            council=council.session,
            text=transcript(council, room_of(outer, held.seat)),
            detail=council.reason,
            turns=council.turn,
            usage=council.usage,
            cost=None if unknown else council.cost,
        )

    def _why(self, held: _Held) -> Stood:
        council = held.conversation.state
        name = self._publisher.state.agents[held.seat].name
        return Stood(f"in the council of {name}: {council.reason}", council.trouble)

    def _tell_too_deep(self, due: Sequence[Due]) -> None:
        for one in due:
            if one.seat not in self._told:
                self._told.add(one.seat)
                name = self._publisher.state.agents[one.seat].name
                deepest = self._around.deepest()
                text = f"the council of {name} is not held: councils are held {deepest} deep here"
                self._publisher.emit(Noticed, level="info", text=scrubbed(text), agent=one.seat)

    def _hear(self, state: SessionState, event: AnyEvent) -> None:
        for hear in self._hearing:
            hear(state, event)


class _Relay:
    """Passes on what happens in a council, with its state."""

    def __init__(self, state: SessionState, hear: HearWithin) -> None:
        self._state = state
        self._hear = hear

    def hear(self, event: AnyEvent) -> None:
        """Pass `event` on."""
        self._hear(self._state, event)

    async def settled(self) -> None:
        """Nothing is kept here."""
