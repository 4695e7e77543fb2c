"""Agents with councils over a provider that says who speaks, so that a test can tell who heard what."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

from backrooms_tui.conversation.conversation import Conversation
from backrooms_tui.conversation.council.keeping import Keeping
from backrooms_tui.providers.base import Chunk, Finish, Listing, Provider, Request, TextChunk
from backrooms_tui.session.events import AnyEvent, CouncilEnded, CouncilOpened
from backrooms_tui.session.setup import AgentSetup, CouncilSetup, Rules, Setup
from backrooms_tui.session.state import SessionState
from backrooms_tui.session.trouble import ProviderTrouble, Trouble
from backrooms_tui.session.usage import Usage
from tests.conversation.playing import Heard, PatientClock

Says = Callable[[str, Request], str | Trouble | asyncio.Event]


def agent(seat: int, name: str, council: CouncilSetup | None = None, **fields: object) -> AgentSetup:
    """An agent; its system text is its name, so that its requests are known."""
    return AgentSetup(seat, name, "said/one", name, council=council, **fields)  # type: ignore[arg-type]


def council(*members: str | AgentSetup, rules: Rules | None = None, **fields: object) -> CouncilSetup:
    """A council of these members, which speaks one round where no rules are given."""
    seated = tuple(
        agent(seat, member) if isinstance(member, str) else replace(member, seat=seat)
        for seat, member in enumerate(members, 1)
    )
    return CouncilSetup(seated, rules=rules or Rules(max_rounds=1), **fields)  # type: ignore[arg-type]


class Saying(Provider):
    """Each agent says `words of NAME N`, N counting its requests; or what `says` makes of its name and request. An
    event that is said is set, and then nothing more comes."""

    name = "said"

    def __init__(self, says: Says | None = None) -> None:
        self.says = says
        self.requests: list[Request] = []
        self.counts: dict[str, int] = {}
        self.open = self.most_open = 0

    async def stream(self, request: Request) -> AsyncIterator[Chunk]:
        who = request.system
        self.requests.append(request)
        self.counts[who] = self.counts.get(who, 0) + 1
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        try:
            answer = self.says(who, request) if self.says is not None else f"words of {who} {self.counts[who]}"
            await asyncio.sleep(0)
            if isinstance(answer, Trouble):
                raise ProviderTrouble(answer)
            if isinstance(answer, asyncio.Event):
                yield TextChunk(f"half of {who}")
                answer.set()
                await asyncio.Event().wait()
                return
            for word in answer.splitlines(keepends=True):
                yield TextChunk(word)
                await asyncio.sleep(0)
            yield Finish("end", Usage(10, 5))
        finally:
            self.open -= 1

    async def models(self) -> list[Listing]:
        return []

    def sent(self, name: str, number: int = -1) -> str:
        """All that this agent was sent in one of its requests, by default the last."""
        mine = [request for request in self.requests if request.system == name]
        return "\n".join(message.text for message in mine[number].messages)


class Seats:
    """A conversation of agents with councils; each request costs a cent."""

    def __init__(
        self,
        *agents: AgentSetup,
        rules: Rules | None = None,
        says: Says | None = None,
        seed: int | None = 1,
        state: SessionState | None = None,
        keeping: Keeping | None = None,
        provider: Saying | None = None,
    ) -> None:
        self.setup = Setup("A test", "test", agents, rules or Rules(), seed=seed)
        self.provider, self.heard, self.clock = provider or Saying(says), Heard(), PatientClock()
        self.within: list[tuple[str, AnyEvent]] = []
        self.conversation = Conversation(
            self.setup,
            session="s1",
            speaker_for=lambda reference: (self.provider, reference.partition("/")[2]),
            price=lambda reference, usage: usage.input_tokens * 0.001,
            listeners=[self.heard],
            clock=self.clock,
            state=state,
            keeping=keeping,
        )
        self.conversation.listen_within(lambda state, event: self.within.append((state.session, event)))

    @property
    def state(self) -> SessionState:
        return self.conversation.state

    async def run(self, turns: int | None = None) -> "Seats":
        await self.conversation.run(turns)
        return self

    def opened(self) -> list[CouncilOpened]:
        return [event for event in self.heard.events if isinstance(event, CouncilOpened)]

    def over(self) -> list[CouncilEnded]:
        return [event for event in self.heard.events if isinstance(event, CouncilEnded)]

    def spoke(self) -> list[str]:
        """Who spoke the turns that stand, the outer ones alone."""
        return [turn.name for _, turn in sorted(self.state.turns.items())]

    def asked(self) -> list[str]:
        """Who was asked, in order, at any depth."""
        return [request.system for request in self.provider.requests]


async def until(happened: Callable[[], bool]) -> None:
    """Wait for something that is about to happen."""
    async with asyncio.timeout(60):
        while not happened():
            await asyncio.sleep(0)
