"""A world's turn: what was said to it since its last one is read for commands, and each is answered.

Before the turn begins everything is looked at once: where a command may only run with the operator's permission, the
conversation stands still and asks. Whatever a world does, it never ends a session: what goes wrong is its answer.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from random import Random

from backrooms_tui.conversation.clock import Clock
from backrooms_tui.conversation.orders.choice import Hold, rules_of
from backrooms_tui.conversation.publishing import Publisher
from backrooms_tui.conversation.reaching import troubles
from backrooms_tui.conversation.scrubbing import scrubbed
from backrooms_tui.conversation.turns.attempt import Attempt
from backrooms_tui.conversation.turns.said_to_worlds import (
    MOST,
    Piece,
    left_over,
    no_such_tool,
    said_since,
    taken_by,
    understood,
    unmet,
)
from backrooms_tui.session.events import Noticed, PermissionAsked
from backrooms_tui.session.setup import AgentSetup
from backrooms_tui.session.state import SessionState
from backrooms_tui.session.trouble import OperatorError, ProviderTrouble, Trouble
from backrooms_tui.session.world import Exchange, WorldSetup, permitted
from backrooms_tui.worlds.base import Answer, Taken, View, World

# The world of a seat. Raises OperatorError where there is none of its name.
WorldFor = Callable[[AgentSetup], World]
# Orders in which a world has its turn like everybody; in the others it answers right after a command.
IN_SEAT_ORDER = ("round-robin", "manual")
# Parts the answers in one turn.
BETWEEN = "\n\n"
_DENIED = "This is not allowed here."
_NOBODY = "Nobody is there to allow it."
# Why it is denied where nobody could be asked.
NOBODY = "nobody is there to allow it"


def no_worlds(agent: AgentSetup) -> World:
    """Where a conversation was given no worlds."""
    raise OperatorError(f"there is no world for {agent.name}", "choose a model for the seat")


@dataclass(frozen=True, slots=True)
class _Step:
    """One command, and who gave it. One that was `called` is answered wherever it comes from; `told` is its answer
    where no world has one."""

    taken: Taken
    name: str
    called: bool = False
    told: str = ""


class Answering:
    """Lets the worlds of a session answer. `world_for` makes the world of a seat; each is made once."""

    def __init__(self, publisher: Publisher, world_for: WorldFor, clock: Clock, rng: Random) -> None:
        self._publisher = publisher
        self._world_for = world_for
        self._clock = clock
        self._rng = rng
        self._worlds: dict[int, World] = {}
        # What was said about worlds that do not open.
        self._told: set[tuple[int, str]] = set()
        # Up to where in the timeline, as it was changed so often, there was no command for the world of a seat.
        self._looked: dict[int, tuple[int, int]] = {}

    def world(self, seat: int) -> World:
        """The world on `seat`. Raises OperatorError where it cannot be."""
        if seat not in self._worlds:
            assert self._state.setup is not None
            self._worlds[seat] = self._world_for(self._state.setup.agent(seat))
        return self._worlds[seat]

    async def opened(self, seat: int) -> World:
        """The same, ready to answer. Raises ProviderTrouble or OperatorError."""
        world = self.world(seat)
        await world.open()
        return world

    async def turn(self, seat: int) -> Trouble | Hold | None:
        """Let `seat` answer. None when the turn is whole; a Hold where the operator is asked first; else the trouble.

        Cancelled in the middle, it keeps what was answered as a turn that was stopped.
        """
        state = self._state
        heard = list(said_since(state, seat))
        try:
            with troubles():
                world = await self.opened(seat)
                steps = await self._steps(world, seat, heard)
        except ProviderTrouble as error:
            return self._unreached(seat, error.trouble)
        question = next((step for step in steps if self._asks(seat, step.taken)), None)
        if question is not None:
            return self._ask(seat, question)
        attempt = Attempt(
            self._publisher, self._clock, state.agents[seat], state.agents[seat].model, state.turn + 1, self._number
        )
        attempt.start({})
        done: list[Exchange] = []
        try:
            if steps or not heard:
                await self._answer(world, seat, steps, attempt, done)
        except asyncio.CancelledError:
            attempt.answered(done, stopped=True)
            raise
        attempt.answered(done)
        return None

    async def _steps(self, world: World, seat: int, heard: Sequence[Piece]) -> Sequence[_Step]:
        """What `world` has to answer of what it has `heard`."""
        taken = [(one, taken_by(world, one, self._state)) for one in heard]
        others = await self._others(seat) if not all(one.name for _, found in taken for one in found) else []
        mine = ((said, self._step(said, one)) for said, found in taken for one in self._mine(seat, said, found, others))
        steps = list(_few(mine))
        if rules_of(self._state).order not in IN_SEAT_ORDER:
            # It was called for a command; what else was said was said to the others.
            return [step for step in steps if step.taken.name or step.called or step.told] or steps
        return steps

    def _step(self, said: Piece, taken: Taken) -> _Step:
        told = no_such_tool(self._state, said) if said.called and not taken.name else ""
        return _Step(unmet(said) if told else taken, said.heard.name, said.called, told)

    async def _others(self, seat: int) -> list[tuple[int, World]]:
        """The other worlds at the table, ready to say what they understand; those that cannot be opened understand
        nothing."""
        found = []
        for other, agent in sorted(self._state.agents.items()):
            if other == seat or not agent.is_world or not agent.speaks:
                continue
            # Why it does not open it says in its own turn.
            with suppress(Exception):
                async with asyncio.timeout(self._setup(other).timeout):
                    found.append((other, await self.opened(other)))
        return found

    def _mine(
        self, seat: int, said: Piece, found: Sequence[Taken], others: Sequence[tuple[int, World]]
    ) -> Sequence[Taken]:
        """What of `found` the world on `seat` answers: where there are several worlds, what it does not understand is
        left to those that do; what nobody understands is answered by the first."""
        if not said.heard.by and not said.heard.turn:
            return found  # whispered to it alone
        named = [one for one in found if one.name]
        if said.manner == "beside" and not named:
            return []
        if len(named) == len(found) or not others:
            return found
        if understood((other for _, other in others), said, self._state):
            return named
        return found if named or seat < others[0][0] else []

    async def commanded(self, state: SessionState) -> int | None:
        """The seat of a world that was given a command since its last turn; None where none was. One that cannot be
        opened understands nothing: that is said once. A call that nobody understands is the first world's to answer."""
        first: int | None = None
        calls: Sequence[Piece] = ()
        for seat, agent in sorted(state.agents.items()):
            if not agent.is_world or not agent.speaks:
                continue
            revision, place = self._looked.get(seat, (state.revision, 0))
            heard = list(said_since(state, seat, place if revision == state.revision else 0))
            now = state.revision, len(state.entries)
            try:
                with troubles():
                    if heard:
                        world = await self.opened(seat)
                        if any(taken.name for one in heard for taken in taken_by(world, one, state)):
                            return seat
            except ProviderTrouble as error:
                self._tell_closed(seat, error.trouble.message)
                continue
            if first is None:
                first, calls = seat, [one for one in heard if one.called]
            if calls and first == seat:
                others = [other for _, other in await self._others(seat)]
                calls = [one for one in calls if not understood(others, one, state)]
            if not calls or first != seat:
                self._looked[seat] = now
        return first if calls else None

    def _tell_closed(self, seat: int, why: str) -> None:
        if (seat, why) not in self._told:
            self._told.add((seat, why))
            text = f"{self._state.agents[seat].name} does not answer: {why}"
            self._publisher.emit(Noticed, level="warning", text=scrubbed(text), agent=seat)

    async def aclose(self) -> None:
        """Give back what the worlds hold. One that fails at it does not keep the others from it."""
        worlds, self._worlds = list(self._worlds.values()), {}
        for world in worlds:
            try:
                await world.aclose()
            except Exception as error:
                self._publisher.emit(Noticed, level="warning", text=scrubbed(f"a world did not close: {error}"[:300]))

    async def _answer(
        self, world: World, seat: int, steps: Sequence[_Step], attempt: Attempt, done: list[Exchange]
    ) -> None:
        heads = len({step.taken.by for step in steps}) > 1
        if not steps:
            self._add(attempt, done, Taken(0, 0, "", ""), world.greeting(self._view(seat, done)), "")
        for step in steps:
            refusal = self._refusal(seat, step.taken)
            if step.told:
                answer = Answer(world.refused(step.taken, step.told), "unknown")
            elif refusal:
                answer = Answer(world.refused(step.taken, refusal), "denied")
            else:
                answer = await self._answered(world, seat, step.taken, done)
            self._add(attempt, done, step.taken, answer, step.name if heads else "")

    async def _answered(self, world: World, seat: int, taken: Taken, done: Sequence[Exchange]) -> Answer:
        """The answer, whatever happens."""
        seconds = self._setup(seat).timeout
        try:
            async with asyncio.timeout(seconds):
                return await world.answer(taken, self._view(seat, done))
        except TimeoutError:
            told = f"There was no answer within {seconds:g} seconds."
            return Answer(world.refused(taken, told), "timed_out")
        except ProviderTrouble as error:
            return Answer(world.refused(taken, f"{error.trouble.message}."), "failed")
        except OperatorError as error:
            return Answer(world.refused(taken, f"{error.what}."), "failed")
        except Exception as error:
            return Answer(world.refused(taken, f"The world failed: {type(error).__name__}: {error}"[:300]), "failed")

    def _add(self, attempt: Attempt, done: list[Exchange], taken: Taken, answer: Answer, name: str) -> None:
        screen = scrubbed(answer.screen)
        told = f"[{name}]\n{screen}" if name else screen
        attempt.hear("text", f"{BETWEEN}{told}" if done else told)
        done.append(
            Exchange(
                taken.by,
                taken.turn,
                scrubbed(taken.command),
                taken.name,
                answer.outcome,
                screen,
                answer.environment,
                answer.changes,
            )
        )

    def _asks(self, seat: int, taken: Taken) -> bool:
        """Whether the operator has to be asked, and was not, before it runs. What the operator typed runs."""
        if not taken.name or not taken.by or self._permission(seat, taken) != "ask":
            return False
        return self._state.asking.decision(seat, taken.by, taken.name, taken.command) is None

    def _refusal(self, seat: int, taken: Taken) -> str:
        """Why it does not run; "" where it does."""
        if not taken.name:
            return ""
        match self._permission(seat, taken):
            case "allow":
                return ""
            case "deny":
                return _DENIED
        decision = self._state.asking.decision(seat, taken.by, taken.name, taken.command)
        if decision is None:
            return "" if not taken.by else _NOBODY
        if decision.decision != "deny":
            return ""
        if decision.word == NOBODY:
            return _NOBODY
        return f"The operator does not allow it{f': {decision.word}' if decision.word else '.'}"

    def _permission(self, seat: int, taken: Taken) -> str:
        permissions = self._state.agents[seat].permissions
        if taken.telling:
            return permissions.get(taken.name, "allow")
        return permitted(permissions, taken.name, taken.otherwise)

    def _ask(self, seat: int, step: _Step) -> Hold:
        taken = step.taken
        if not self._state.asking.asks(seat, taken.by, taken.name, taken.command):  # else it stands as it was
            self._publisher.emit(
                PermissionAsked,
                turn=self._state.turn + 1,
                agent=seat,
                by=taken.by,
                name=taken.name,
                command=taken.command,
                reach=taken.reach,
            )
        return Hold(f"{step.name} asks for {taken.name}")

    def _unreached(self, seat: int, trouble: Trouble) -> Trouble:
        """It could not be started: a failed attempt, like that of a model that does not answer."""
        agent = self._state.agents[seat]
        attempt = Attempt(self._publisher, self._clock, agent, agent.model, self._state.turn + 1, self._number)
        attempt.start({})
        attempt.unanswered(trouble)
        return trouble

    def _view(self, seat: int, done: Sequence[Exchange]) -> View:
        setup = self._state.setup
        seeded = setup is not None and setup.seed is not None
        turn = f"{setup.seed}/{seat}/{self._state.turn + 1}/{len(done)}" if setup is not None and seeded else None
        return View(self._state, seat, tuple(done), self._clock.now(), Random(turn) if turn else self._rng)

    def _setup(self, seat: int) -> WorldSetup:
        assert self._state.setup is not None
        return self._state.setup.agent(seat).world or WorldSetup()

    @property
    def _number(self) -> int:
        return len(self._state.attempts) + 1

    @property
    def _state(self) -> SessionState:
        return self._publisher.state


def _few(steps: Iterable[tuple[Piece, _Step]]) -> Iterator[_Step]:
    """The steps, no more of one message than are answered; one more tells of those that are left."""
    for _, message in groupby(steps, key=lambda one: one[0].message):
        its = list(message)
        yield from (step for _, step in its[:MOST])
        if len(its) > MOST:
            said, last = its[-1]
            taken, told = left_over(said, len(its) - MOST)
            yield _Step(taken, last.name, told=told)
