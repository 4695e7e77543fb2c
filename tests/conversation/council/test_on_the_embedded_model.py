"""Councils at the same time on the embedded model, whose server has fewer places than there are councils."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from backrooms_tui.conversation.conversation import Conversation
from backrooms_tui.providers.local.local import LocalProvider
from backrooms_tui.session.events import AnyEvent, TurnStarted
from backrooms_tui.session.setup import AgentSetup, CouncilSetup, Rules, Setup
from backrooms_tui.session.state import SessionState
from tests.conversation.council.seated import until


@pytest.fixture
async def provider(starter_model: Path) -> AsyncIterator[LocalProvider]:
    provider = LocalProvider(starter_model.parent)
    yield provider
    await provider.aclose()


def table(model: str) -> Setup:
    def seated(seat: int, name: str, council: CouncilSetup | None = None) -> AgentSetup:
        system = f"You are {name}. You answer with one short sentence."
        return AgentSetup(seat, name, f"local/{model}", system, params={"max_tokens": 12}, council=council)

    names = ("Ada", "Bo", "Cy")
    hosts = (
        seated(
            seat,
            name,
            CouncilSetup((seated(1, "Mara"), seated(2, "Jon")), "What is new?", Rules(max_turns=2)),
        )
        for seat, name in enumerate(names, 1)
    )
    return Setup("At once", "test", tuple(hosts), Rules(mode="statements", max_rounds=1), seed=3)


def conversation(provider: LocalProvider, model: str) -> Conversation:
    return Conversation(
        table(model),
        session="s1",
        speaker_for=lambda reference: (provider, reference.partition("/")[2]),
        price=lambda reference, usage: 0.0,
    )


async def test_one_that_is_cut_short_leaves_the_others(provider: LocalProvider, starter_model: Path) -> None:
    talk = conversation(provider, starter_model.name)
    started: list[str] = []

    def hear(state: SessionState, event: AnyEvent) -> None:
        if isinstance(event, TurnStarted):
            started.append(state.session)

    talk.listen_within(hear)
    running = asyncio.ensure_future(talk.run())
    await until(lambda: len(set(started)) == 3)
    talk.councils[2].end()
    await running

    assert talk.state.status == "ended"
    assert [turn.name for turn in talk.state.turns.values()] == ["Ada", "Bo", "Cy"]
    assert {agent.councils for agent in talk.state.agents.values()} == {1}
    turns = {entry.agent: entry.turns for entry in talk.state.entries if hasattr(entry, "council")}
    assert turns[1] == turns[3] == 2
    assert turns[2] < 2


async def test_all_that_are_cut_short_at_once_leave_a_server_that_answers(
    provider: LocalProvider, starter_model: Path
) -> None:
    for _ in range(3):
        talk = conversation(provider, starter_model.name)
        running = asyncio.ensure_future(talk.run())
        await until(lambda talk=talk: len(talk.councils) == 3)
        await until(lambda talk=talk: any(council.speaking for council in talk.councils.values()))
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
    async with asyncio.timeout(60):
        talk = conversation(provider, starter_model.name)
        await talk.run()
    assert talk.state.turn == 3
