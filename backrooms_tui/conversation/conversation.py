"""The conversation: a loop of turns, and the commands that a person has over it.

Every command is safe at any moment, from the same event loop: what cannot happen now happens between turns.
"""

import asyncio
from collections.abc import Mapping, Sequence
from random import Random

from backrooms_tui.conversation import remedies
from backrooms_tui.conversation.asking import InnerCalls
from backrooms_tui.conversation.beginning_rounds import begin_round
from backrooms_tui.conversation.choosing import Choosing
from backrooms_tui.conversation.clock import Clock, SystemClock
from backrooms_tui.conversation.council.holding import Around, Councils
from backrooms_tui.conversation.council.keeping import InMemory, Keeping, Kept
from backrooms_tui.conversation.cues import Cues
from backrooms_tui.conversation.measuring import Meter
from backrooms_tui.conversation.operating import Operating
from backrooms_tui.conversation.orders.choice import Choice, Hold
from backrooms_tui.conversation.picking_up import pick_up
from backrooms_tui.conversation.presence import Presence
from backrooms_tui.conversation.publishing import Listener, Publisher
from backrooms_tui.conversation.reaching import Price, Reach, SpeakerFor
from backrooms_tui.conversation.requests.carrying_out import Invite, Requests, nobody_comes
from backrooms_tui.conversation.retrying import Patience
from backrooms_tui.conversation.ruling import Ruling, check_order
from backrooms_tui.conversation.scrubbing import scrubbed
from backrooms_tui.conversation.stepping_in import SteppingIn
from backrooms_tui.conversation.stopping import Ending, ending, leaving, used_up
from backrooms_tui.conversation.taking_back import retract
from backrooms_tui.conversation.turns.answering import Answering, WorldFor, no_worlds
from backrooms_tui.conversation.turns.calling import Calling
from backrooms_tui.conversation.turns.speaking import Speaking
from backrooms_tui.conversation.turns.turns import Turns
from backrooms_tui.session.events import AgentLeft, Ended, EndReason, Noticed, Paused, Resumed, Serves, SessionOpened
from backrooms_tui.session.setup import Setup
from backrooms_tui.session.state import SessionState
from backrooms_tui.session.trouble import OperatorError, Trouble


class Conversation(Operating):
    """Runs a session and takes commands.

    `session` is its id. `speaker_for` and `price` are described at `Reach`. `listeners` hear every event.
    Randomness comes from `setup.seed` where there is one. `state` continues a session that already has a past, if it
    has one; a new one begins with `notices`, some of them `about` a seat. `measure` says how much it stalls; without it
    no step of the ladder is ever due. `keeping` keeps the councils, `world_for` makes the worlds, `invite` finds whom
    agents ask for. A council `serves` another session, and knows what is `around` it.
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
        about: Mapping[str, int | None] | None = None,
        state: SessionState | None = None,
        measure: Meter | None = None,
        keeping: Keeping | None = None,
        world_for: WorldFor = no_worlds,
        invite: Invite = nobody_comes,
        serves: Serves | None = None,
        around: Around | None = None,
    ) -> None:
        if not setup.agents:
            raise OperatorError("a conversation needs at least one agent", "add [[agents]] to the template")
        check_order(setup.rules)
        self._clock = clock or SystemClock()
        self._rng = rng = Random(setup.seed)
        self._publisher = Publisher(state or SessionState(), self._clock, listeners)
        self._reach = reach = Reach(speaker_for, price, patience or Patience(), self._clock, rng)
        inner = InnerCalls(self._publisher, reach)
        self._world_for = world_for
        worlds = Answering(self._publisher, world_for, self._clock, rng)
        tools = Calling(self._publisher, worlds).given
        speaking = Speaking(self._publisher, reach, asking=inner, measure=measure, tools=tools)
        self._turns = Turns(self._publisher, speaking, worlds)
        self._choosing = Choosing(self._publisher, inner, rng, self._turns.worlds.commanded)
        self._cues = Cues(self._publisher)
        self._between = SteppingIn(self._publisher, lambda: self._task is not None)
        self._presence = Presence(self._publisher, self._between.do)
        self._requests = Requests(self._publisher, self._presence, invite)
        self._ruling = Ruling(self._publisher, self._between.do)
        self._around = around or Around(0, self._council_depth, lambda: None)
        self._keeping = keeping or InMemory(session)
        self._permitting = {}
        self._councils = Councils(self._publisher, self._keeping, self._council, self._around)
        # Who speaks, and before that who is being asked who speaks next.
        self._task: asyncio.Task[Trouble | Hold | None] | None = None
        self._asking: asyncio.Task[Choice | Hold] | None = None
        self._running = False
        self._turns_left: int | None = None
        # Whether turns in councils count as well.
        self._within = False
        self._past_limits = False
        self._begun_at = 0
        self._pause_asked = False
        self._end_asked: Ending | None = None
        self._retry_asked: int | None = None
        if self.state.setup is None:
            self._publisher.emit(SessionOpened, session=session, setup=setup, serves=serves)
            for notice in notices:
                self._publisher.emit(Noticed, level="info", text=scrubbed(notice), agent=(about or {}).get(notice))
        else:
            pick_up(self._publisher)

    @property
    def speaking(self) -> bool:
        """Whether an agent is speaking, or waiting to be asked again."""
        return self._task is not None

    @property
    def choosing(self) -> bool:
        """Whether a model is being asked who speaks next."""
        return self._asking is not None

    @property
    def councils(self) -> Mapping[int, "Conversation"]:
        """The councils that are not over, by the seat that they serve. To run, step, pause, stop speaking and end holds
        for them, too; words are said to each by itself."""
        return self._councils.open

    # Running -------------------------------------------------------------------------------------------------------

    async def run(self, turns: int | None = None, *, past_limits: bool = False, within: bool = False) -> None:
        """Let the agents speak until the session pauses or ends, or `turns` more turns were spoken; with `within` those
        in councils count, which are then held one by one.

        With `past_limits` it goes on although a limit or the budget is reached, or a stop text was said: the operator
        has seen that and wants more. Called while it already runs, it only changes how far. Raises
        OperatorError where a listener could not keep what happened; the session is paused then.
        """
        self._turns_left = turns
        self._within = within
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

    async def go_on(self) -> None:
        """Run on as it was running before it stood still: as far, within councils or past limits."""
        await self.run(self._turns_left, past_limits=self._past_limits, within=self._within)

    async def step(self) -> None:
        """Let one agent speak one turn: in a council, where one is held."""
        await self.run(turns=1, within=True)

    def pause(self) -> None:
        """Stand still when the turn that is being spoken is over; at once while one waits to be tried again, or while
        it is being asked who speaks next."""
        self._pause_asked = True
        self._stop_asking()
        self._councils.pause()
        if self._task is not None and self._turns.waiting:
            self._task.cancel()

    def stop_speaking(self) -> None:
        """Cut short the one who speaks; what was said is kept as its turn. Where nobody does yet, stand still."""
        if self._task is not None:
            self._task.cancel()
        elif self._asking is not None:
            self.pause()
        self._councils.stop_speaking()

    def end(self, reason: EndReason = "operator", detail: str = "The operator ended the session.") -> None:
        """End the session now; what is being said is kept."""
        if not self._running:
            if self.state.status != "ended":
                self._end(Ending(reason, detail))
            return
        self._end_asked = Ending(reason, detail)
        self.stop_speaking()
        if self._councils.running:
            self._councils.end(reason, detail)

    # Stepping in ---------------------------------------------------------------------------------------------------

    def retry(self) -> None:
        """Have the last turn spoken again, by the same agent; while somebody speaks, that turn. Run to go on."""
        if self._task is not None and not self._task.done():
            self._retry_asked = self.state.turn + 1
            self._task.cancel()
        else:
            self._retract(self.state.turn)
            self._stop_asking()

    # Who takes part ------------------------------------------------------------------------------------------------
    # While somebody speaks, each of these comes with the end of that turn.

    def choose_speaker(self, seat: int) -> None:
        """Let `seat` speak next, whatever the order is. Raises OperatorError for a seat that may not speak."""
        self._choosing.pick(seat)
        self._stop_asking()

    # The loop ------------------------------------------------------------------------------------------------------

    async def _loop(self) -> None:
        while True:
            self._settle_accounts()
            asks = await self._requests.carry_out()
            await self._publisher.settled()
            over = self._end_asked or self._ending()
            if over is not None:
                self._end(over)
                return
            if asks:
                self._pause(self._requests.ask().reason)
                return
            if self._pause_asked:
                self._pause("paused by the operator")
                return
            if self._turns_left == 0:
                self._pause("stepped")
                return
            before = self.state.turn
            choice = await self._choose()
            if choice is None:
                continue
            if isinstance(choice, Hold):
                self._pause(choice.reason)
                return
            if not self._climb(choice.seat):
                return
            self._choosing.announce(choice)
            due = self._councils.due(choice.seat, self._turns_left)
            if due:
                picked = self._choosing.picked
                stood = await self._councils.hold(due, one_turn=self._within, wanted=lambda: not self._stands())
                if stood is not None and not self._stands():
                    self._pause(stood.reason, stood.trouble)
                    return
                if not self._still(choice, before) or self._choosing.picked != picked:
                    continue
            stop = await self._turn(choice)
            if stop is not None and self._end_asked is None and self._retry_asked is None:
                self._between.settle()
                if isinstance(stop, Hold):
                    self._pause(stop.reason)
                else:
                    self._pause(stop.message, stop)
                return

    def _climb(self, seat: int) -> bool:
        """Take a step of the ladder before `seat` speaks, where one is due; whether the conversation goes on."""
        step = remedies.due(self.state)
        if step is None or self.state.agents[seat].is_world:
            return True
        outcome = remedies.take(step, seat, self._publisher, self._rng)
        if outcome.what == "pause":
            self._pause(outcome.reason)
        elif outcome.what == "end":
            self._end(Ending(remedies.STALL, outcome.reason))
        return outcome.what == "go on"

    def _ending(self) -> Ending | None:
        over = ending(self.state, self._clock.now(), self._councils.spent()) or self._around.used_up()
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
        begin_round(self._publisher)
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
        return choice if self._still(choice, before) else None

    def _still(self, choice: Choice, before: int) -> bool:
        """Whether `choice`, made after turn `before`, still holds."""
        if self._stands() or self._ending() is not None:
            return False
        return self.state.turn == before and self.state.agents[choice.seat].speaks

    def _stands(self) -> bool:
        """Whether the operator wants it to stand still or to end."""
        return self._end_asked is not None or self._pause_asked

    async def _turn(self, choice: Choice) -> Trouble | Hold | None:
        before = self.state.turn
        self._task = asyncio.ensure_future(self._turns.turn(choice.seat))
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

    def _end(self, over: Ending) -> None:
        self._councils.end(over.reason, over.detail)
        self._publisher.emit(Ended, reason=over.reason, detail=over.detail)

    # Councils ------------------------------------------------------------------------------------------------------

    def _council(self, setup: Setup, kept: Kept, serves: Serves, before: SessionState | None) -> "Conversation":
        """The conversation of a council, which reaches models as this one does."""
        return Conversation(
            setup,
            session=kept.session,
            speaker_for=self._reach.speaker_for,
            price=self._reach.price,
            listeners=kept.listeners,
            patience=self._reach.patience,
            clock=self._clock,
            state=kept.state,
            measure=kept.measure,
            keeping=self._keeping,
            world_for=self._world_for,
            serves=serves,
            around=Around(self._around.depth + 1, self._around.deepest, self._used_up, before),
        )

    def _used_up(self) -> Ending | None:
        """Why nothing more may be spent here, nor in any council; None where something may."""
        if self._past_limits:
            return self._around.used_up()
        return used_up(self.state, self._clock.now(), self._councils.spent()) or self._around.used_up()

    def _council_depth(self) -> int:
        return self.state.setup.rules.council_depth if self.state.setup is not None else 0
