"""The x-ray while a conversation goes on."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest

from backrooms_tui.providers.base import Chunk, Request, TextChunk
from backrooms_tui.providers.scripted import ScriptedProvider
from tests.ui.stage.conftest import OnStage
from tests.ui.xray.seeing import rows_of, screen_of

LONG = ("A long reply, which stops half way, so that there is time to look at it while it is being said.",)


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Whoever says the word "time" goes on only when this is set, however slow the machine is."""
    go_on, stream = asyncio.Event(), ScriptedProvider.stream

    async def holding(self: ScriptedProvider, request: Request) -> AsyncIterator[Chunk]:
        async with aclosing(stream(self, request)) as chunks:  # type: ignore[type-var]
            async for chunk in chunks:
                if isinstance(chunk, TextChunk) and chunk.text.strip() == "time":
                    await go_on.wait()
                yield chunk

    monkeypatch.setattr(ScriptedProvider, "stream", holding)
    return go_on


async def test_there_is_nothing_to_see_before_the_first_turn(on_stage: OnStage) -> None:
    async with on_stage() as stage:
        await stage.press("x")
        await stage.sees("There is no turn to look through yet")


async def test_the_last_turn_is_looked_through_with_what_was_just_said(on_stage: OnStage) -> None:
    async with on_stage(size=(80, 24)) as stage:
        await stage.steps(3)
        await stage.press("x")
        await stage.sees("X-ray", "turn 3 of 3", "① Mara")
        told = rows_of(stage.app)
        assert "Bo says one." in told
        assert "Ada says two." in told
        await stage.press("escape")
        await stage.until(lambda: stage.app.screen is stage.screen)


async def test_the_turn_that_is_spoken_grows_and_is_whole_when_it_is_over(
    on_stage: OnStage, held: asyncio.Event
) -> None:
    async with on_stage(ada=LONG, bo=("Heard.",)) as stage:
        await stage.press("n")
        await stage.until(lambda: stage.state.in_flight is not None and stage.state.in_flight.text)
        await stage.press("x")
        await stage.sees("X-ray", "turn 1 of 1", "speaking")
        assert "ended       not yet" in rows_of(stage.app)
        await stage.press("end")
        await stage.sees("A long")
        assert "being said." not in rows_of(stage.app)
        assert screen_of(stage.app).seen is not None
        held.set()
        await stage.until(lambda: stage.state.turn == 1)
        await stage.sees("being said.")
        await stage.until(lambda: "the model had finished" in rows_of(stage.app))
        await stage.until(lambda: "speaking" not in stage.text)


async def test_from_a_finished_turn_one_gets_to_the_one_that_is_spoken(on_stage: OnStage, held: asyncio.Event) -> None:
    async with on_stage(ada=("Quick.",), bo=LONG) as stage:
        await stage.steps(1)
        await stage.press("x")
        await stage.sees("X-ray", "turn 1 of 1")
        stage.screen.action_step()
        await stage.until(lambda: stage.state.in_flight is not None)
        await stage.press("n")
        await stage.sees("turn 2 of 2", "speaking", "② Jonas")
        assert "Quick." in rows_of(stage.app)
        await stage.press("b")
        await stage.sees("turn 1 of 2", "① Mara")
        stage.conversation.stop_speaking()
        await stage.until(lambda: stage.state.turn == 2)


async def test_whispers_to_others_are_not_in_it(on_stage: OnStage) -> None:
    async with on_stage() as stage:
        stage.conversation.whisper(1, "Only for Ada.")
        await stage.steps(2)
        await stage.press("x")
        await stage.sees("X-ray", "turn 2 of 2", "② Jonas")
        assert "Only for Ada." not in rows_of(stage.app)
        await stage.press("b")
        await stage.sees("turn 1 of 2")
        assert "Only for Ada." in rows_of(stage.app)
