"""One turn: a request leaves, a reply streams in, trouble is retried, and what was said is kept whatever happens."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from random import Random
from typing import cast

from backrooms_tui.conversation.attempt import Attempt
from backrooms_tui.conversation.clock import Clock
from backrooms_tui.conversation.perspective import Perspective
from backrooms_tui.conversation.publishing import Publisher
from backrooms_tui.conversation.retrying import Patience
from backrooms_tui.conversation.scrubbing import scrubbed
from backrooms_tui.conversation.window import Move, estimated_tokens, move_after_refusal, move_if_full
from backrooms_tui.providers.base import (
    Chunk,
    Finish,
    Omitted,
    Progress,
    Provider,
    ReasoningChunk,
    Request,
    TextChunk,
)
from backrooms_tui.session.events import Noticed, ParameterOmitted, WindowMoved
from backrooms_tui.session.setup import ParamValue, Setup
from backrooms_tui.session.state import AgentState, SessionState
from backrooms_tui.session.trouble import OperatorError, ProviderTrouble, Trouble
from backrooms_tui.session.usage import Usage

SpeakerFor = Callable[[str], tuple[Provider, str]]
Price = Callable[[str, Usage], float | None]

SILENT = Trouble("unknown", "stopped before it said anything", "run the conversation to let it speak", may_pass=True)
EMPTY = Trouble("unknown", "the model returned an empty reply", "try again, or choose another model", may_pass=True)
ONLY_THOUGHT = Trouble(
    "bad_request",
    "the model used all of max_tokens for its reasoning and said nothing",
    "raise max_tokens for this agent, or lower its effort",
)
CUT_SHORT = Trouble("connection", "the stream ended before the reply did", "try again in a moment", may_pass=True)


class Speaking:
    """Lets one agent at a time speak. `speaker_for` gives the provider of a model reference and the provider's own
    name for the model; `price` gives what a usage of a reference costs in USD, None where nobody knows."""

    def __init__(
        self,
        publisher: Publisher,
        speaker_for: SpeakerFor,
        price: Price,
        patience: Patience,
        clock: Clock,
        rng: Random,
    ) -> None:
        self._publisher = publisher
        self._speaker_for = speaker_for
        self._price = price
        self._patience = patience
        self._clock = clock
        self._rng = rng
        self._perspectives: dict[int, Perspective] = {}
        # Characters and tokens of each seat's last request, to estimate the next one's length.
        self._measured: dict[int, tuple[int, int]] = {}
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
        self._make_room(seat)
        number = self._state.turn + 1
        tries = 0
        while True:
            tries += 1
            attempt = Attempt(
                self._publisher, self._clock, self._state.agents[seat], number, len(self._state.attempts) + 1
            )
            trouble = await self._try(attempt, seat)
            if trouble is None:
                return None
            move = self._move_after(trouble, seat)
            wait = 0.0 if move is not None else self._patience.wait(trouble, tries, self._rng)
            if wait is None:
                trouble = self._patience.told(trouble)
            attempt.fail(trouble, wait, self._spent(seat, attempt))
            if move is not None:
                self._move(seat, move)
            if wait is None:
                return trouble
            self.waiting = True
            try:
                await self._clock.sleep(wait)
            finally:
                self.waiting = False

    async def _try(self, attempt: Attempt, seat: int) -> Trouble | None:
        """One request. Returns the trouble that it met, None once the turn has ended."""
        agent = self._state.agents[seat]
        perspective = self.perspective(seat)
        params = self._params(agent)
        try:
            provider, model = self._speaker_for(agent.model)
        except OperatorError as error:
            attempt.start(params)
            return Trouble("bad_request", error.what, error.cure)
        key = f"{self._state.session}-{seat}"
        system = self._setup.agent(seat).system
        request = Request(model, system, perspective.messages, params, key, seat, spoken=agent.turns)
        attempt.start(params)
        try:
            finish = await self._listen(provider, request, attempt, seat)
        except asyncio.CancelledError:
            self._keep(attempt, seat)
            raise
        except ProviderTrouble as error:
            return error.trouble
        except OperatorError as error:
            return Trouble("bad_request", error.what, error.cure)
        except Exception as error:  # an exception in one agent's turn never takes the application down
            return Trouble("unknown", f"{type(error).__name__}: {error}"[:300], "try again, or choose another model")
        if finish is None:
            return CUT_SHORT
        if not attempt.text.strip():
            attempt.cost = self._price(agent.model, finish.usage)
            return ONLY_THOUGHT if finish.stop_reason == "max_tokens" else EMPTY
        if finish.usage.input_tokens:
            self._measured[seat] = (perspective.characters, finish.usage.input_tokens)
        attempt.end(finish.stop_reason, finish.usage, self._price(agent.model, finish.usage), finish.model)
        return None

    async def _listen(self, provider: Provider, request: Request, attempt: Attempt, seat: int) -> Finish | None:
        finish: Finish | None = None
        stream = cast("AsyncGenerator[Chunk, None]", provider.stream(request))
        async with aclosing(stream) as chunks:
            async for chunk in chunks:
                match chunk:
                    case TextChunk(text):
                        attempt.hear("text", text)
                    case ReasoningChunk(text):
                        attempt.hear("reasoning", text)
                    case Omitted(name, why):
                        self._tell_omission(seat, name, why)
                    case Progress(text):
                        self._tell_progress(seat, text)
                    case Finish():
                        finish = chunk
        return finish

    def _keep(self, attempt: Attempt, seat: int) -> None:
        """The operator stopped the one who speaks."""
        if attempt.text.strip():
            attempt.end("stopped", self._estimate(seat, attempt), self._spent(seat, attempt))
        else:
            attempt.fail(SILENT, None, self._spent(seat, attempt))

    def _estimate(self, seat: int, attempt: Attempt) -> Usage:
        """Usage of a stream that was cut before its provider could count: by length, so that totals stay honest."""
        sent = estimated_tokens(self.perspective(seat).characters, self._measured.get(seat))
        return Usage(sent, estimated_tokens(len(attempt.text) + len(attempt.reasoning), None))

    def _spent(self, seat: int, attempt: Attempt) -> float | None:
        """What a cut or failed attempt cost: by the provider's count, else by estimate; nothing where no word had
        arrived."""
        if attempt.cost is not None:
            return attempt.cost
        if not attempt.text and not attempt.reasoning:
            return 0.0
        return self._price(self._state.agents[seat].model, self._estimate(seat, attempt))

    def _params(self, agent: AgentState) -> Mapping[str, ParamValue]:
        """The seat's parameters, with a seed for this very turn where the session has one: another try of the same
        request repeats itself, a retry that the operator asked for does not."""
        seed = self._setup.seed
        if seed is None or "seed" in agent.params:
            return agent.params
        asked_again = sum(old.trouble is None for old in self._state.attempts)
        drawn = Random(f"{seed}/{self._state.turn + 1}/{asked_again}").getrandbits(31)
        return {**agent.params, "seed": drawn}

    def _make_room(self, seat: int) -> None:
        agent, characters = self._state.agents[seat], self.perspective(seat).characters
        move = move_if_full(self._state, agent, characters, self._measured.get(seat))
        if move is not None:
            self._move(seat, move)

    def _move_after(self, trouble: Trouble, seat: int) -> Move | None:
        if trouble.kind != "context_too_long":
            return None
        return move_after_refusal(self._state, self._state.agents[seat], self.perspective(seat).characters)

    def _move(self, seat: int, move: Move) -> None:
        self._publisher.emit(WindowMoved, agent=seat, first_entry=move.first_entry, turns=move.turns)

    def _tell_omission(self, seat: int, name: str, why: str) -> None:
        told = (seat, name, self._state.agents[seat].model)
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
