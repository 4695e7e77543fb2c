"""A table of several agents over a provider that answers whatever a test says, turns and what is asked beside them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import replace

from backrooms_tui.conversation.conversation import Conversation
from backrooms_tui.conversation.measuring import Meter
from backrooms_tui.providers.base import Chunk, Finish, Listing, Provider, ReasoningChunk, Request, TextChunk
from backrooms_tui.session.events import AnyEvent, InnerCalled, SpeakerChosen
from backrooms_tui.session.setup import Rules, Setup
from backrooms_tui.session.state import SessionState, apply
from backrooms_tui.session.trouble import ProviderTrouble, Trouble
from backrooms_tui.session.usage import Usage
from tests.conversation.playing import Heard, PatientClock, agents

FIVE = ("Ada", "Bo", "Cy", "Dee", "Eve")
# What a model may answer: words, words after a thought, trouble, or an event that is set when nothing more comes.
Answer = str | tuple[str, str] | Trouble | asyncio.Event
Answering = Callable[[str, int, Request], Answer]


def silent(purpose: str, seat: int, request: Request) -> Answer:
    """Turns that say nothing in particular; nothing else is asked."""
    assert purpose == "turn"
    return f"words {request.spoken} of {seat}"


class Answerer(Provider):
    """Asks `answering` for each answer: the purpose ("turn", "bid", ...), the seat (0 for the table), the request."""

    name = "answerer"

    def __init__(self, answering: Answering) -> None:
        self.answering = answering
        self.asked: list[tuple[str, int, Request]] = []
        self.open_streams = self.most_open = 0

    async def stream(self, request: Request) -> AsyncIterator[Chunk]:
        _, seat, *purpose = request.cache_key.split("-")
        what, whose = purpose[0] if purpose else "turn", int(seat)
        self.asked.append((what, whose, request))
        self.open_streams += 1
        self.most_open = max(self.open_streams, self.most_open)
        try:
            answer = self.answering(what, whose, request)
            await asyncio.sleep(0)
            if isinstance(answer, Trouble):
                raise ProviderTrouble(answer)
            if isinstance(answer, tuple):
                yield ReasoningChunk(answer[0])
                answer = answer[1]
            if isinstance(answer, asyncio.Event):
                yield TextChunk("half a ")
                answer.set()
                await asyncio.Event().wait()
            else:
                yield TextChunk(answer)
                await asyncio.sleep(0)
            yield Finish("end", Usage(10, 5))
        finally:
            self.open_streams -= 1

    async def models(self) -> list[Listing]:
        return []

    def asked_for(self, purpose: str) -> list[Request]:
        return [request for what, _, request in self.asked if what == purpose]


def gathered(
    *names: str, seed: int | None = 1, rules: dict[str, object] | None = None, **each: Iterable[object]
) -> Setup:
    """A setup of these agents; `each` gives a field of theirs, one value for each seat."""
    seats = list(agents(*names))
    for field, values in each.items():
        seats = [replace(seat, **{field: value}) for seat, value in zip(seats, values, strict=True)]
    return Setup("A table", "test", tuple(seats), Rules(**(rules or {})), seed=seed)  # type: ignore[arg-type]


class Gathering:
    """A conversation over an `Answerer`; a request costs a cent."""

    def __init__(
        self,
        chosen: Setup,
        answering: Answering = silent,
        state: SessionState | None = None,
        measure: Meter | None = None,
    ) -> None:
        self.provider, self.heard, self.clock = Answerer(answering), Heard(), PatientClock()
        self.conversation = Conversation(
            chosen,
            session="s1",
            speaker_for=lambda reference: (self.provider, reference.partition("/")[2]),
            price=lambda reference, usage: usage.input_tokens * 0.001,
            listeners=[self.heard],
            clock=self.clock,
            state=state,
            measure=measure,
        )

    @property
    def state(self) -> SessionState:
        return self.conversation.state

    def spoke(self) -> list[str]:
        """Who spoke the turns that stand."""
        return [turn.name for _, turn in sorted(self.state.turns.items())]

    def reasons(self) -> list[str]:
        return [event.reason for event in self.heard.events if isinstance(event, SpeakerChosen)]

    def inner(self) -> list[InnerCalled]:
        return [event for event in self.heard.events if isinstance(event, InnerCalled)]


def folded(events: Iterable[AnyEvent]) -> SessionState:
    """The state that these events add up to."""
    state = SessionState()
    for event in events:
        apply(state, event)
    return state


async def until(happened: Callable[[], bool]) -> None:
    """Wait for something that is about to happen."""
    while not happened():
        await asyncio.sleep(0)
