"""A table where a test decides who comes, goes and speaks, with a provider that says something new each time."""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from random import Random

from backrooms_tui.conversation.measuring import Meter
from backrooms_tui.conversation.publishing import Publisher
from backrooms_tui.conversation.reaching import Reach
from backrooms_tui.conversation.retrying import Patience
from backrooms_tui.conversation.turns.speaking import Speaking
from backrooms_tui.providers.base import Chunk, Finish, Listing, Provider, Request, TextChunk
from backrooms_tui.session.events import AgentJoined, AgentLeft, AgentReturned, InnerPurpose, SessionOpened
from backrooms_tui.session.setup import AgentSetup, Rules, Setup
from backrooms_tui.session.state import SessionState
from backrooms_tui.session.trouble import ProviderTrouble, Trouble
from backrooms_tui.session.usage import Usage
from tests.conversation.playing import Heard, PatientClock

TOO_LONG = Trouble("context_too_long", "too long", "shorten it")
MARK = re.compile(r"mark\d+")


def marks(text: str) -> set[str]:
    """The marks that `text` carries: each thing said has one of its own."""
    return set(MARK.findall(text))


class Marked(Provider):
    """Says a new mark each time, or what it was told to say next."""

    name = "marked"

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.next: list[str | Trouble] = []
        self.given = 0

    def mark(self) -> str:
        self.given += 1
        return f"mark{self.given}"

    async def stream(self, request: Request) -> AsyncIterator[Chunk]:
        self.requests.append(request)
        say = self.next.pop(0) if self.next else f"{self.mark()} and some more words, so that it is not so short."
        if isinstance(say, Trouble):
            raise ProviderTrouble(say)
        yield TextChunk(say)
        sent = len(request.system) + sum(len(message.text) for message in request.messages)
        yield Finish("end", Usage(sent // 4, len(say) // 4, cache_read_tokens=sent // 8))

    async def models(self) -> list[Listing]:
        return []


class Asked:
    """Remembers what it was asked. It answers with the marks that it read, or what it was told to answer."""

    def __init__(self) -> None:
        self.prompts: list[tuple[InnerPurpose, int, str, str]] = []
        self.next: list[str | Exception] = []

    async def ask(
        self, purpose: InnerPurpose, agent: int, model: str, system: str, prompt: str, *, max_tokens: int
    ) -> str:
        self.prompts.append((purpose, agent, system, prompt))
        await asyncio.sleep(0)
        if self.next:
            answer = self.next.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer
        return " ".join(sorted(marks(prompt))[-20:]) or "nothing"


class Table:
    """A session without a loop: the test says who speaks."""

    def __init__(
        self,
        agents: Sequence[AgentSetup],
        rules: Rules | None = None,
        *,
        seed: int | None = None,
        asked: Asked | None = None,
        measure: Meter | None = None,
        state: SessionState | None = None,
    ) -> None:
        self.heard, self.provider, self.asked = Heard(), Marked(), asked or Asked()
        clock = PatientClock()
        self.publisher = Publisher(state or SessionState(), clock, [self.heard])
        self.speaking = Speaking(
            self.publisher,
            Reach(
                lambda reference: (self.provider, reference.partition("/")[2]),
                lambda reference, usage: 0.0,
                Patience(),
                clock,
                Random(1),
            ),
            asking=self.asked,
            measure=measure,
        )
        if state is None:
            setup = Setup("A table", "test", tuple(agents), rules or Rules(), seed=seed)
            self.publisher.emit(SessionOpened, session="s1", setup=setup)

    @property
    def state(self) -> SessionState:
        return self.publisher.state

    async def turn(self, seat: int, *say: str | Trouble) -> Trouble | None:
        """Let `seat` speak; with `say`, these words."""
        self.provider.next.extend(say)
        return await self.speaking.turn(seat)

    def leave(self, seat: int) -> None:
        self.publisher.emit(AgentLeft, agent=seat)

    def back(self, seat: int) -> None:
        self.publisher.emit(AgentReturned, agent=seat)

    def join(self, setup: AgentSetup) -> None:
        self.publisher.emit(AgentJoined, agent=setup.seat, setup=setup)

    def sent(self, seat: int) -> list[tuple[str, str]]:
        """What `seat` would be sent now."""
        return [(message.role, message.text) for message in self.speaking.perspective(seat).messages]
