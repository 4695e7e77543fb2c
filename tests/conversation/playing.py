"""A provider that plays what a test gives it, and a clock that never waits: the conversation's own test doubles."""

import asyncio
from collections.abc import AsyncIterator, Iterable

from backrooms_tui.conversation.conversation import Conversation
from backrooms_tui.conversation.retrying import Patience
from backrooms_tui.providers.base import Chunk, Finish, Listing, Provider, Request, TextChunk
from backrooms_tui.session.events import AnyEvent
from backrooms_tui.session.setup import AgentSetup, Rules, Setup
from backrooms_tui.session.state import SessionState
from backrooms_tui.session.trouble import ProviderTrouble, Trouble
from backrooms_tui.session.usage import Usage

Part = Chunk | Trouble | Exception | asyncio.Event
WHOLE = Finish("end", Usage(10, 5))


class PlayedProvider(Provider):
    """Plays one list of parts a request. An event is set when it is reached, and then nothing more comes."""

    name = "played"

    def __init__(self, *replies: str | Iterable[Part]) -> None:
        self.replies = [[TextChunk(r), WHOLE] if isinstance(r, str) else list(r) for r in replies]
        self.requests: list[Request] = []
        self.open_streams = 0

    async def stream(self, request: Request) -> AsyncIterator[Chunk]:
        parts = self.replies[len(self.requests) % len(self.replies)]
        self.requests.append(request)
        self.open_streams += 1
        try:
            for part in parts:
                if isinstance(part, Trouble):
                    raise ProviderTrouble(part)
                if isinstance(part, Exception):
                    raise part
                if isinstance(part, asyncio.Event):
                    part.set()
                    await asyncio.Event().wait()
                else:
                    yield part
                    await asyncio.sleep(0)
        finally:
            self.open_streams -= 1

    async def models(self) -> list[Listing]:
        return []


class PatientClock:
    """Remembers the waits and does not wait. Its time moves a millisecond at each look."""

    def __init__(self) -> None:
        self.time = 1_000_000.0
        self.waits: list[float] = []

    def now(self) -> float:
        self.time += 0.001
        return self.time

    def elapsed(self) -> float:
        return self.now()

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.time += seconds
        await asyncio.sleep(0)


class Heard:
    """A listener that keeps what it hears."""

    def __init__(self) -> None:
        self.events: list[AnyEvent] = []

    def hear(self, event: AnyEvent) -> None:
        self.events.append(event)

    async def settled(self) -> None:
        return

    def kinds(self) -> list[str]:
        return [event.kind for event in self.events if event.kind != "delta"]


def agents(*names: str, window: int | None = None, **params: int) -> tuple[AgentSetup, ...]:
    """One agent a name, all on the played provider."""
    return tuple(
        AgentSetup(seat, name, "played/one", f"You are {name}.", params=params, window=window)
        for seat, name in enumerate(names, 1)
    )


def setup(*names: str, seed: int | None = None, window: int | None = None, **rules: object) -> Setup:
    """A setup of these agents under these rules."""
    return Setup("A test", "test", agents(*names, window=window), Rules(**rules), seed=seed)  # type: ignore[arg-type]


class Talk:
    """A conversation over a played provider, with what it said to its listener and its clock."""

    def __init__(
        self,
        provider: PlayedProvider,
        chosen: Setup,
        patience: Patience | None = None,
        state: SessionState | None = None,
    ) -> None:
        self.provider, self.heard, self.clock = provider, Heard(), PatientClock()
        self.conversation = Conversation(
            chosen,
            session="s1",
            speaker_for=lambda reference: (provider, reference.partition("/")[2]),
            price=lambda reference, usage: usage.input_tokens * 0.001,
            listeners=[self.heard],
            clock=self.clock,
            patience=patience,
            state=state,
        )

    @property
    def state(self):
        return self.conversation.state

    def said(self) -> list[tuple[str, str]]:
        """Name and text of every turn that stands."""
        return [(turn.name, turn.text) for _, turn in sorted(self.state.turns.items())]
