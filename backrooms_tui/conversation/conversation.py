"""The conversation: a loop of turns, and the commands that a person has over it.

Every command is safe at any moment, from the same event loop: what cannot happen now happens between turns.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from random import Random

from backrooms_tui.conversation.clock import Clock, SystemClock
from backrooms_tui.conversation.order import ORDERS
from backrooms_tui.conversation.perspective import Perspective
from backrooms_tui.conversation.publishing import Listener, Publisher
from backrooms_tui.conversation.retrying import Patience
from backrooms_tui.conversation.scrubbing import scrubbed
from backrooms_tui.conversation.speaking import Price, SpeakerFor, Speaking
from backrooms_tui.conversation.stopping import Ending, ending
from backrooms_tui.session.events import (
    Ended,
    EndReason,
    Interjected,
    Noticed,
    Paused,
    Resumed,
    SeatChanged,
    SessionOpened,
    SpeakerChosen,
    TurnEdited,
    TurnFailed,
    TurnRetracted,
    Whispered,
    WordQueued,
)
from backrooms_tui.session.setup import ParamValue, Setup
from backrooms_tui.session.state import SessionState, TurnInFlight
from backrooms_tui.session.trouble import OperatorError, Trouble

CUT_OFF = Trouble("unknown", "the program was stopped while it spoke", "run the conversation to go on", may_pass=True)


class Conversation:
    """Runs a session and takes commands.

    `session` is its id. `speaker_for` and `price` are described at `Speaking`. `listeners` hear every event.
    Randomness comes from `setup.seed` where there is one. `state` continues a session that already has a past.
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
    ) -> None:
        if not setup.agents:
            raise OperatorError("a conversation needs at least one agent", "add [[agents]] to the template")
        if setup.rules.order not in ORDERS:
            raise OperatorError(f"unknown order {setup.rules.order!r}", f"known are {', '.join(sorted(ORDERS))}")
        clock = clock or SystemClock()
        self._publisher = Publisher(state or SessionState(), clock, listeners)
        self._order = ORDERS[setup.rules.order]()
        rng = Random(setup.seed)
        self._speaking = Speaking(self._publisher, speaker_for, price, patience or Patience(), clock, rng)
        self._task: asyncio.Task[Trouble | None] | None = None
        self._running = False
        self._turns_left: int | None = None
        self._past_limits = False
        self._begun_at = 0
        self._pause_asked = False
        self._end_asked: Ending | None = None
        self._retry_asked: int | None = None
        self._between_turns: list[Callable[[], None]] = []
        if state is None:
            self._publisher.emit(SessionOpened, session=session, setup=setup)
            for notice in notices:
                self._publisher.emit(Noticed, level="info", text=scrubbed(notice))
        else:
            if state.in_flight is not None:
                self._give_up(state.in_flight)
            if state.status == "running":
                # Whoever ran it was stopped short, or it is a branch: nobody runs it now.
                self._pause("it was left here")

    @property
    def state(self) -> SessionState:
        """The session as it stands. Read it; only events change it."""
        return self._publisher.state

    @property
    def speaking(self) -> bool:
        """Whether an agent is speaking, or waiting to be asked again."""
        return self._task is not None

    def listen(self, listener: Listener) -> None:
        """Let `listener` hear everything from now on; what was before is in the state."""
        self._publisher.listen(listener)

    def perspective(self, seat: int) -> Perspective:
        """What `seat` would be sent if it spoke now."""
        return self._speaking.perspective(seat)

    # Running -------------------------------------------------------------------------------------------------------

    async def run(self, turns: int | None = None, *, past_limits: bool = False) -> None:
        """Let the agents speak until the session pauses or ends, or `turns` more turns were spoken.

        With `past_limits` it goes on although the turn limit or the budget is reached, or a stop text was said: the
        operator has seen that and wants more. Called while it already runs, it only changes how far. Raises
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
            self._pause("the conversation was left")
            raise
        finally:
            self._running = False
            self._end_asked = None

    async def step(self) -> None:
        """Let one agent speak one turn."""
        await self.run(turns=1)

    def pause(self) -> None:
        """Stand still when the turn that is being spoken is over, at once while one waits to be tried again."""
        self._pause_asked = True
        if self._task is not None and self._speaking.waiting:
            self._task.cancel()

    def stop_speaking(self) -> None:
        """Cut short the one who speaks; what was said is kept as its turn."""
        if self._task is not None:
            self._task.cancel()

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
        self._say(text, 0)

    def whisper(self, seat: int, text: str) -> None:
        """Speak to one agent only. Raises OperatorError for a seat that nobody has."""
        self._check_seat(seat)
        self._say(text, seat)

    def retry(self) -> None:
        """Have the last turn spoken again, by the same agent; while somebody speaks, that turn. Run to go on."""
        if self._task is not None and not self._task.done():
            self._retry_asked = self.state.turn + 1
            self._task.cancel()
        else:
            self._retract(self.state.turn)

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
        self._check_seat(seat)

        def change() -> None:
            agent = self.state.agents[seat]
            self._publisher.emit(
                SeatChanged,
                agent=seat,
                model=model or agent.model,
                asked=asked,
                params=agent.params if params is None else params,
                window=window if model is not None else agent.window,
            )

        if self._task is None:
            change()
        else:
            self._between_turns.append(change)

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
            trouble = await self._turn()
            if trouble is not None and self._end_asked is None and self._retry_asked is None:
                self._pause(trouble.message, trouble)
                return

    def _ending(self) -> Ending | None:
        over = ending(self.state)
        if over is None or not self._past_limits:
            return over
        # A stop text that is said from here on still ends it.
        return over if over.reason == "stop" and self.state.turn > self._begun_at else None

    async def _turn(self) -> Trouble | None:
        choice = self._order.choose(self.state)
        self._publisher.emit(SpeakerChosen, agent=choice.seat, reason=choice.reason)
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
        for change in self._between_turns:
            change()
        self._between_turns.clear()
        for word in list(self.state.queued):
            self._deliver(word.text, word.to, queued=True)

    def _say(self, text: str, to: int) -> None:
        text = scrubbed(text)
        if not text.strip():
            return
        if self._task is not None:
            self._publisher.emit(WordQueued, text=text, to=to)
        else:
            self._deliver(text, to, queued=False)

    def _deliver(self, text: str, to: int, *, queued: bool) -> None:
        if to == 0:
            self._publisher.emit(Interjected, text=text, queued=queued)
        else:
            self._publisher.emit(Whispered, to=to, text=text, queued=queued)

    def _give_up(self, flight: TurnInFlight) -> None:
        """The program that let it speak was stopped short: what had arrived is a failed attempt."""
        self._publisher.emit(
            TurnFailed,
            turn=flight.turn,
            agent=flight.agent,
            name=flight.name,
            attempt=flight.attempt,
            text="".join(flight.text),
            reasoning="".join(flight.reasoning),
            trouble=CUT_OFF,
        )

    def _retract(self, turn: int) -> None:
        last = self.state.turns.get(turn)
        if last is not None:
            self._publisher.emit(TurnRetracted, turn=last.turn, agent=last.agent)

    def _pause(self, reason: str, trouble: Trouble | None = None) -> None:
        self._publisher.emit(Paused, reason=reason, trouble=trouble)

    def _check_seat(self, seat: int) -> None:
        if seat not in self.state.agents:
            raise OperatorError(f"there is no seat {seat}", f"seats go from 1 to {max(self.state.agents)}")
