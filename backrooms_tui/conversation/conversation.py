"""The conversation: a loop of turns, and the commands that a person has over it.

Every command is safe at any moment, from the same event loop: what cannot happen now happens between turns.
"""

import asyncio
from collections.abc import Mapping, Sequence
from random import Random

from backrooms_tui.conversation import remedies
from backrooms_tui.conversation.asking import InnerCalls
from backrooms_tui.conversation.choosing import Choosing
from backrooms_tui.conversation.clock import Clock, SystemClock
from backrooms_tui.conversation.cues import Cues
from backrooms_tui.conversation.measuring import Meter
from backrooms_tui.conversation.memory import change_memory
from backrooms_tui.conversation.orders.choice import Choice, Hold
from backrooms_tui.conversation.perspective import Perspective
from backrooms_tui.conversation.picking_up import pick_up
from backrooms_tui.conversation.presence import Presence, agent_at
from backrooms_tui.conversation.publishing import Listener, Publisher
from backrooms_tui.conversation.reaching import Price, Reach, SpeakerFor
from backrooms_tui.conversation.retrying import Patience
from backrooms_tui.conversation.ruling import Ruling, check_order
from backrooms_tui.conversation.scrubbing import scrubbed
from backrooms_tui.conversation.speaking import Speaking
from backrooms_tui.conversation.stepping_in import SteppingIn
from backrooms_tui.conversation.stopping import Ending, ending, leaving
from backrooms_tui.conversation.taking_back import retract
from backrooms_tui.session.events import (
    AgentLeft,
    Ended,
    EndReason,
    Noticed,
    Paused,
    Resumed,
    SeatChanged,
    SessionOpened,
    TurnEdited,
)
from backrooms_tui.session.setup import AgentSetup, ParamValue, Rules, Setup
from backrooms_tui.session.state import SessionState
from backrooms_tui.session.trouble import OperatorError, Trouble


class Conversation:
    """Runs a session and takes commands.

    `session` is its id. `speaker_for` and `price` are described at `Reach`. `listeners` hear every event.
    Randomness comes from `setup.seed` where there is one. `state` continues a session that already has a past.
    `measure` says how much it stalls; without it no step of the ladder is ever due.
    """

    def __init__(
        self,
        setup: Setup,
        *,
        session: str,
        speaker_for: SpeakerFor,
        price: Price,
        listeners: Sequence[Listener] = (),
        patience: Patience | None = None,
        clock: Clock | None = None,
        notices: Sequence[str] = (),
        state: SessionState | None = None,
        measure: Meter | None = None,
    ) -> None:
        if not setup.agents:
            raise OperatorError("a conversation needs at least one agent", "add [[agents]] to the template")
        check_order(setup.rules)
        self._clock = clock or SystemClock()
        self._rng = rng = Random(setup.seed)
        self._publisher = Publisher(state or SessionState(), self._clock, listeners)
        reach = Reach(speaker_for, price, patience or Patience(), self._clock, rng)
        inner = InnerCalls(self._publisher, reach)
        self._speaking = Speaking(self._publisher, reach, asking=inner, measure=measure)
        self._choosing = Choosing(self._publisher, inner, rng)
        self._cues = Cues(self._publisher)
        self._between = SteppingIn(self._publisher, lambda: self._task is not None)
        self._presence = Presence(self._publisher, self._between.do)
        self._ruling = Ruling(self._publisher, self._between.do)
        # Who speaks, and before that who is being asked who speaks next.
        self._task: asyncio.Task[Trouble | None] | None = None
        self._asking: asyncio.Task[Choice | Hold] | None = None
        self._running = False
        self._turns_left: int | None = None
        self._past_limits = False
        self._begun_at = 0
        self._pause_asked = False
        self._end_asked: Ending | None = None
        self._retry_asked: int | None = None
        if state is None:
            self._publisher.emit(SessionOpened, session=session, setup=setup)
            for notice in notices:
                self._publisher.emit(Noticed, level="info", text=scrubbed(notice))
        else:
            pick_up(self._publisher)

    @property
    def state(self) -> SessionState:
        """The session as it stands. Read it; only events change it."""
        return self._publisher.state

    @property
    def speaking(self) -> bool:
        """Whether an agent is speaking, or waiting to be asked again."""
        return self._task is not None

    @property
    def choosing(self) -> bool:
        """Whether a model is being asked who speaks next."""
        return self._asking is not None

    @property
    def picked(self) -> int | None:
        """The seat that the operator has picked to speak next."""
        return self._choosing.picked

    def listen(self, listener: Listener) -> None:
        """Let `listener` hear everything from now on; what was before is in the state."""
        self._publisher.listen(listener)

    def perspective(self, seat: int) -> Perspective:
        """What `seat` would be sent if it spoke now."""
        return self._speaking.perspective(seat)

    # Running -------------------------------------------------------------------------------------------------------

    async def run(self, turns: int | None = None, *, past_limits: bool = False) -> None:
        """Let the agents speak until the session pauses or ends, or `turns` more turns were spoken.

        With `past_limits` it goes on although a limit or the budget is reached, or a stop text was said: the operator
        has seen that and wants more. Called while it already runs, it only changes how far. Raises
        OperatorError where a listener could not keep what happened; the session is paused then.
        """
        self._turns_left = turns
        self._past_limits = past_limits
        self._pause_asked = False
        if self._running:
            return
        self._running = True
        self._begun_at = self.state.turn
        self._publisher.emit(Resumed, turns=turns)
        try:
            await self._loop()
            await self._publisher.settled()
        except OperatorError as error:
            self._pause(error.what)
            raise
        except asyncio.CancelledError:
            self._between.settle()
            self._pause("the conversation was left")
            raise
        finally:
            self._running = False
            self._end_asked = None

    async def step(self) -> None:
        """Let one agent speak one turn."""
        await self.run(turns=1)

    def pause(self) -> None:
        """Stand still when the turn that is being spoken is over; at once while one waits to be tried again, or while
        it is being asked who speaks next."""
        self._pause_asked = True
        self._stop_asking()
        if self._task is not None and self._speaking.waiting:
            self._task.cancel()

    def stop_speaking(self) -> None:
        """Cut short the one who speaks; what was said is kept as its turn. Where nobody does yet, stand still."""
        if self._task is not None:
            self._task.cancel()
        elif self._asking is not None:
            self.pause()

    def end(self, reason: EndReason = "operator", detail: str = "The operator ended the session.") -> None:
        """End the session now; what is being said is kept."""
        if not self._running:
            if self.state.status != "ended":
                self._publisher.emit(Ended, reason=reason, detail=detail)
            return
        self._end_asked = Ending(reason, detail)
        self.stop_speaking()

    async def settled(self) -> None:
        """Wait until everything that happened is kept."""
        await self._publisher.settled()

    # Stepping in ---------------------------------------------------------------------------------------------------

    def interject(self, text: str) -> None:
        """Speak to all. Heard at once, or when the turn that is being spoken is over."""
        self._between.say(text, 0)

    def whisper(self, seat: int, text: str) -> None:
        """Speak to one agent only. Raises OperatorError for a seat that nobody has."""
        agent_at(self.state, seat)
        self._between.say(text, seat)

    def retry(self) -> None:
        """Have the last turn spoken again, by the same agent; while somebody speaks, that turn. Run to go on."""
        if self._task is not None and not self._task.done():
            self._retry_asked = self.state.turn + 1
            self._task.cancel()
        else:
            self._retract(self.state.turn)
            self._stop_asking()

    def edit(self, turn: int, text: str) -> None:
        """Change what a finished turn says, from the next request on. Raises OperatorError for an unknown turn."""
        if turn not in self.state.turns:
            raise OperatorError(f"there is no turn {turn}", f"turns go from 1 to {self.state.turn}")
        self._publisher.emit(TurnEdited, turn=turn, text=scrubbed(text))

    def change_seat(
        self,
        seat: int,
        *,
        model: str | None = None,
        asked: str = "",
        window: int | None = None,
        params: Mapping[str, ParamValue] | None = None,
    ) -> None:
        """Go on with another model (a full reference, with its context window in tokens) or other parameters.

        While the seat speaks, the change comes with its next turn. Raises OperatorError for an unknown seat.
        """
        agent = agent_at(self.state, seat)

        def change() -> None:
            self._publisher.emit(
                SeatChanged,
                agent=seat,
                model=model or agent.model,
                asked=asked,
                params=agent.params if params is None else params,
                window=window if model is not None else agent.window,
            )

        self._between.do(change)

    def change_rules(self, rules: Rules) -> None:
        """Go on by `rules` once the turn that is being spoken is over. Raises OperatorError where they cannot be."""
        self._ruling.change_rules(rules)

    def change_agent(self, manners: AgentSetup) -> None:
        """Give the seat of `manners` its description, talkativeness, reminder, memory and guard, when the turn that is
        being spoken is over. Raises OperatorError for an unknown seat."""
        self._ruling.change_agent(manners)

    # Who takes part ------------------------------------------------------------------------------------------------
    # While somebody speaks, each of these comes with the end of that turn.

    def choose_speaker(self, seat: int) -> None:
        """Let `seat` speak next, whatever the order is. Raises OperatorError for a seat that may not speak."""
        self._choosing.pick(seat)
        self._stop_asking()

    def mute(self, seat: int, on: bool = True) -> None:
        """Let `seat` hear everything and not speak, or speak again. Raises OperatorError for an unknown seat."""
        self._presence.mute(seat, on)

    def send_away(self, seat: int, reason: str = "") -> None:
        """Let `seat` leave: it neither speaks nor hears. Raises OperatorError for an unknown seat."""
        self._presence.send_away(seat, reason)

    def bring_back(self, seat: int) -> None:
        """Let `seat` take part again. Raises OperatorError for an unknown seat."""
        self._presence.bring_back(seat)

    def add_agent(self, setup: AgentSetup) -> AgentSetup:
        """Let somebody new take part, on the next free seat; what comes back says which, and under which name."""
        return self._presence.add(setup)

    def change_memory(self, seat: int, text: str) -> None:
        """Rewrite what `seat` remembers, from the next request on. Raises OperatorError for an unknown seat."""
        change_memory(self._publisher, seat, text)

    # The loop ------------------------------------------------------------------------------------------------------

    async def _loop(self) -> None:
        while True:
            self._settle_accounts()
            await self._publisher.settled()
            over = self._end_asked or self._ending()
            if over is not None:
                self._publisher.emit(Ended, reason=over.reason, detail=over.detail)
                return
            if self._pause_asked:
                self._pause("paused by the operator")
                return
            if self._turns_left == 0:
                self._pause("stepped")
                return
            choice = await self._choose()
            if choice is None:
                continue
            if isinstance(choice, Hold):
                self._pause(choice.reason)
                return
            if not self._climb(choice.seat):
                return
            trouble = await self._turn(choice)
            if trouble is not None and self._end_asked is None and self._retry_asked is None:
                self._between.settle()
                self._pause(trouble.message, trouble)
                return

    def _climb(self, seat: int) -> bool:
        """Take a step of the ladder before `seat` speaks, where one is due; whether the conversation goes on."""
        step = remedies.due(self.state)
        if step is None:
            return True
        outcome = remedies.take(step, seat, self._publisher, self._rng)
        if outcome.what == "pause":
            self._pause(outcome.reason)
        elif outcome.what == "end":
            self._publisher.emit(Ended, reason=remedies.STALL, detail=outcome.reason)
        return outcome.what == "go on"

    def _ending(self) -> Ending | None:
        over = ending(self.state, self._clock.now())
        if over is None or not self._past_limits:
            return over
        # A stop text that is said from here on still ends it.
        return over if over.reason == "stop" and self.state.turn > self._begun_at else None

    async def _choose(self) -> Choice | Hold | None:
        """Who speaks next, after what happens by itself before; None where everything has to be looked at again."""
        hold = self._choosing.nobody()
        if hold is not None:
            return hold
        self._cues.say()
        before = self.state.turn
        self._asking = asyncio.ensure_future(self._choosing.next())
        try:
            choice = await self._asking
        except asyncio.CancelledError:
            runner = asyncio.current_task()
            if runner is not None and runner.cancelling():
                raise
            return None
        finally:
            self._asking = None
        if isinstance(choice, Hold):
            return choice
        # What was asked may have spent the budget, and the operator may have stepped in meanwhile.
        if self._end_asked or self._pause_asked or self._ending() is not None:
            return None
        return choice if self.state.turn == before and self.state.agents[choice.seat].speaks else None

    async def _turn(self, choice: Choice) -> Trouble | None:
        self._choosing.announce(choice)
        before = self.state.turn
        self._task = asyncio.ensure_future(self._speaking.turn(choice.seat))
        try:
            trouble = await self._task
        except asyncio.CancelledError:
            runner = asyncio.current_task()
            if runner is not None and runner.cancelling():
                # Whoever runs the conversation is leaving. The turn was cancelled with it and has kept what was said.
                raise
            agent = self.state.agents[choice.seat]
            trouble = agent.trouble if agent.phase == "failed" else None
            if self.state.turn == before and trouble is None and self._retry_asked is None:
                # Stopped while waiting to try again: the failed attempt stands as it is.
                self._pause_asked = True
        finally:
            self._task = None
        if self._turns_left is not None and self.state.turn > before and self._retry_asked is None:
            self._turns_left -= 1
        return trouble

    def _settle_accounts(self) -> None:
        """What was asked for while somebody spoke happens now, between turns."""
        if self._retry_asked is not None:
            self._retract(self._retry_asked)
            self._retry_asked = None
        why = leaving(self.state)
        if why is not None:
            self._publisher.emit(AgentLeft, agent=self.state.turns[self.state.turn].agent, reason=why)
        self._between.settle()

    def _stop_asking(self) -> None:
        """Whoever is being asked who speaks next: the answer is no longer wanted."""
        if self._asking is not None:
            self._asking.cancel()

    def _retract(self, turn: int) -> None:
        if retract(self._publisher, turn):
            self._choosing.speak_again()

    def _pause(self, reason: str, trouble: Trouble | None = None) -> None:
        self._publisher.emit(Paused, reason=reason, trouble=trouble)
