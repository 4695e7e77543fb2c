"""One turn: a request leaves, a reply streams in, trouble is retried, and what was said is kept whatever happens."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing
from functools import partial
from random import Random
from typing import cast

from backrooms_tui.conversation.measuring import Measuring, Meter
from backrooms_tui.conversation.publishing import Publisher
from backrooms_tui.conversation.reaching import Reach, troubles
from backrooms_tui.conversation.remedies import changed_model, changed_params
from backrooms_tui.conversation.scrubbing import scrubbed
from backrooms_tui.conversation.sending.memory import Asking, Memories
from backrooms_tui.conversation.sending.perspective import Perspective
from backrooms_tui.conversation.sending.reminding import due
from backrooms_tui.conversation.sending.room import Room
from backrooms_tui.conversation.sending.window import estimated_tokens
from backrooms_tui.conversation.turns.accepting import Accepting
from backrooms_tui.conversation.turns.attempt import SILENT, Attempt
from backrooms_tui.conversation.turns.calling import Given
from backrooms_tui.providers.base import (
    Chunk,
    Finish,
    Omitted,
    Progress,
    Provider,
    ReasoningChunk,
    Request,
    TextChunk,
    ToolCall,
)
from backrooms_tui.session.events import Noticed, ParameterOmitted, Reminded
from backrooms_tui.session.setup import ParamValue, Setup
from backrooms_tui.session.state import SessionState
from backrooms_tui.session.trouble import ProviderTrouble, Trouble
from backrooms_tui.session.usage import Usage

EMPTY = Trouble("unknown", "the model returned an empty reply", "try again, or choose another model", may_pass=True)
ONLY_THOUGHT = Trouble(
    "bad_request",
    "the model used all of max_tokens for its reasoning and said nothing",
    "raise max_tokens for this agent, or lower its effort",
)
FOR_OTHERS = Trouble("unknown", "the reply spoke for others and said little else", "it is asked again", may_pass=True)
CUT_SHORT = Trouble("connection", "the stream ended before the reply did", "try again in a moment", may_pass=True)


# How often a reply that speaks for others and says little else is asked for again.
ASKED_AGAIN = 2


class Speaking:
    """Lets one agent at a time speak. `asking` asks what is no turn (no memories are kept without it), `measure` says
    how much the conversation stalls with a turn. `tools` gives those that a seat may call; without it nobody may."""

    def __init__(
        self,
        publisher: Publisher,
        reach: Reach,
        *,
        asking: Asking | None = None,
        measure: Meter | None = None,
        tools: Callable[[int], Awaitable[Given]] | None = None,
    ) -> None:
        self._publisher = publisher
        self._reach = reach
        self._perspectives: dict[int, Perspective] = {}
        self._room = Room(publisher, self.perspective, Memories(publisher, asking))
        self._accepting = Accepting(publisher, Measuring(publisher, measure))
        self._tools = tools
        self._told: set[tuple[int, str, str]] = set()
        # Whether a failed turn is waiting to be tried again.
        self.waiting = False

    def perspective(self, seat: int) -> Perspective:
        """What `seat` would be sent if it spoke now."""
        if seat not in self._perspectives:
            self._perspectives[seat] = Perspective(self._state, seat)
        return self._perspectives[seat]

    async def turn(self, seat: int) -> Trouble | None:
        """Let `seat` speak. None when the turn is whole, otherwise the trouble that retrying did not cure.

        Cancelled in mid-stream, it keeps what was said: as a turn that was stopped, or, where nothing was said
        yet, as a failed attempt.
        """
        given = await self._tools(seat) if self._tools is not None else Given()
        await self._room.make(seat)
        self._remind(seat)
        number = self._state.turn + 1
        tries = asked_again = 0
        while True:
            tries += 1
            agent, model = self._state.agents[seat], changed_model(self._state, seat)
            attempt = Attempt(self._publisher, self._reach.clock, agent, model, number, len(self._state.attempts) + 1)
            trouble = await self._try(attempt, seat, asked_again, given)
            if trouble is None:
                return None
            if trouble == FOR_OTHERS:
                asked_again, tries = asked_again + 1, tries - 1
                attempt.fail(trouble, 0.0, *self._spent(seat, attempt))
                continue
            move = self._room.after_refusal(seat) if trouble.kind == "context_too_long" else None
            wait = 0.0 if move is not None else self._reach.wait(trouble, tries)
            if wait is None:
                trouble = self._reach.patience.told(trouble)
            attempt.fail(trouble, wait, *self._spent(seat, attempt))
            if move is not None:
                await self._room.take(seat, move)
            if wait is None:
                return trouble
            self.waiting = True
            try:
                await self._reach.clock.sleep(wait)
            finally:
                self.waiting = False

    async def _try(self, attempt: Attempt, seat: int, asked_again: int, given: Given) -> Trouble | None:
        """One request. Returns the trouble that it met, None once the turn has ended."""
        agent = self._state.agents[seat]
        perspective = self.perspective(seat)
        params = self._params(seat)
        key = f"{self._state.session}-{seat}"
        system = self._setup.agent(seat).system
        attempt.start(params)
        try:
            with troubles():
                provider, model = self._reach.speaker_for(attempt.model)
                request = Request(
                    model, system, perspective.messages, params, key, seat, spoken=agent.turns, tools=given.tools
                )
                finish = await self._listen(provider, request, attempt, seat)
        except asyncio.CancelledError:
            self._keep(attempt, seat)
            raise
        except ProviderTrouble as error:
            return error.trouble
        if finish is None:
            return CUT_SHORT
        attempt.finish()
        attempt.usage = finish.usage
        if not attempt.text.strip() and not attempt.calls:
            return ONLY_THOUGHT if finish.stop_reason == "max_tokens" else EMPTY
        self._room.counted(seat, finish.usage.input_tokens)
        said = self._accepting.read(attempt.text, attempt.guard, partial(self._command, attempt, given))
        if said.little and asked_again < ASKED_AGAIN:
            return FOR_OTHERS
        said = self._accepting.measured(seat, said)
        attempt.end(said, finish.stop_reason, *self._spent(seat, attempt), finish.model)
        return None

    async def _listen(self, provider: Provider, request: Request, attempt: Attempt, seat: int) -> Finish | None:
        finish: Finish | None = None
        attempt.guard = self._accepting.watching(seat)
        stream = cast("AsyncGenerator[Chunk, None]", provider.stream(request))
        async with aclosing(stream) as chunks:
            async for chunk in chunks:
                match chunk:
                    case TextChunk(text):
                        if attempt.hear("text", text) is not None:
                            # All that follows would be cut: closing the stream saves what it would have cost.
                            return Finish("stop_sequence", self._estimate(seat, attempt))
                    case ReasoningChunk(text):
                        attempt.hear("reasoning", text)
                    case ToolCall():
                        attempt.calls.append(chunk)
                    case Omitted(name, why):
                        self._tell_omission(seat, attempt.model, name, why)
                    case Progress(text):
                        self._tell_progress(seat, text)
                    case Finish():
                        finish = chunk
        return finish

    def _command(self, attempt: Attempt, given: Given, stands: str) -> str:
        """What was called, as it is kept; `stands` is what the guard left of the words."""
        return attempt.give(given.commands(attempt.calls, stands, self._state)) if attempt.calls else ""

    def _keep(self, attempt: Attempt, seat: int) -> None:
        """The operator stopped the one who speaks."""
        attempt.finish()
        if attempt.text.strip():
            said = self._accepting.measured(seat, self._accepting.read(attempt.text, attempt.guard))
            attempt.end(said, "stopped", *self._spent(seat, attempt))
        else:
            attempt.fail(SILENT, None, *self._spent(seat, attempt))

    def _estimate(self, seat: int, attempt: Attempt) -> Usage:
        """Usage of a stream that was cut before its provider could count: by length, so that totals stay honest."""
        written = estimated_tokens(len(attempt.text) + len(attempt.reasoning), None)
        return Usage(self._room.tokens(seat), written)

    def _spent(self, seat: int, attempt: Attempt) -> tuple[Usage, float | None]:
        """What an attempt took, and what that costs: by the provider's count, else by estimate; nothing where no word
        had arrived."""
        if attempt.usage is None and not attempt.text and not attempt.reasoning:
            return Usage(), 0.0
        usage = attempt.usage or self._estimate(seat, attempt)
        return usage, self._reach.price(attempt.model, usage)

    def _params(self, seat: int) -> Mapping[str, ParamValue]:
        """The seat's parameters, with a seed for this very turn where the session has one: another try of the same
        request repeats itself, a retry that the operator asked for does not."""
        seed, params = self._setup.seed, changed_params(self._state, seat)
        if seed is None or "seed" in params:
            return params
        asked_again = sum(old.trouble in (None, FOR_OTHERS) for old in self._state.attempts)
        drawn = Random(f"{seed}/{self._state.turn + 1}/{asked_again}").getrandbits(31)
        return {**params, "seed": drawn}

    def _remind(self, seat: int) -> None:
        reminder = due(self._state, seat)
        if reminder is not None:
            self._publisher.emit(Reminded, agent=seat, text=reminder.text, depth=reminder.depth)

    def _tell_omission(self, seat: int, model: str, name: str, why: str) -> None:
        told = (seat, name, model)
        if told not in self._told:
            self._told.add(told)
            self._publisher.emit(ParameterOmitted, agent=seat, name=name, why=scrubbed(why))

    def _tell_progress(self, seat: int, text: str) -> None:
        told = (seat, text, "progress")
        if told not in self._told:
            self._told.add(told)
            self._publisher.emit(Noticed, level="info", text=scrubbed(text), agent=seat)

    @property
    def _state(self) -> SessionState:
        return self._publisher.state

    @property
    def _setup(self) -> Setup:
        return cast("Setup", self._state.setup)
