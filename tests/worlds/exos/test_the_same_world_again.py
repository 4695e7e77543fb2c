"""A world is what its exchanges add up to: one by one, afresh, after a turn was taken back, in a branch."""

import asyncio
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.worlds.exos.babble import babble
from tests.worlds.exos.visiting import Visit

_LOOK = ("notes list", "ls -a", "tree", "pwd", "history", "notes read 1", "notes search door", "grep door /")


async def same(visit: Visit) -> bool:
    """Whether the world that has been there all the time says the same as one that was made just now."""
    said: list[list[str]] = []
    for one in (visit, visit.again()):
        screens = [await one.say(command, by=seat) for seat in (1, 2) for command in _LOOK]
        for _ in screens:
            one.take_back()
        said.append(screens)
    return said[0] == said[1]


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_read_one_by_one_or_afresh_it_is_the_same(seed: int) -> None:
    async def walk() -> None:
        rng = random.Random(seed)
        visit = Visit()
        for _ in range(12):
            await visit.say(babble(rng), by=rng.choice((1, 2)))
            if rng.random() < 0.2:
                visit.take_back()
            if rng.random() < 0.2:
                assert await same(visit)
        assert await same(visit)
        middle = rng.randint(1, max(1, visit.state.turn))
        if visit.state.turn:
            branch = visit.branch(middle)
            while visit.state.turn > middle:
                visit.take_back()
            for command in _LOOK:
                assert await visit.say(command) == await branch.say(command)

    asyncio.run(walk())


async def test_changes_that_do_not_fit_change_nothing() -> None:
    visit = Visit()
    await visit.say("notes create one: two")
    world = visit.world
    for environment in world._environments.values():
        for change in (
            {},
            {"do": "create"},
            {"do": "create", "number": "x"},
            {"do": "update", "number": 77, "text": "x"},
            {"do": "nothing", "number": 1, "path": "/"},
            {"do": "rm", "path": "/"},
            {"do": "mv", "path": "/no", "to": 5},
            {"do": "cp", "path": "/no", "to": "/yes"},
            {"do": "cd", "path": "/no"},
            {"do": 7, "path": 8},
        ):
            environment.apply(1, change)
    assert "one" in await visit.say("notes list")
    assert "You are in" in await visit.say("pwd")


@pytest.mark.parametrize("times", [400])
async def test_random_commands_are_answered_without_an_exception(times: int) -> None:
    rng = random.Random(20)
    visit = Visit()
    for _ in range(times):
        await visit.say(babble(rng), by=rng.choice((0, 1, 2)))
    outcomes = [one.outcome for one in visit.exchanges]
    assert len(outcomes) >= times
    assert outcomes.count("done") > times / 8
    assert outcomes.count("unknown") > times / 8


@settings(max_examples=300, deadline=None)
@given(text=st.text(max_size=300))
def test_any_text_is_answered(text: str) -> None:
    async def say() -> None:
        visit = Visit()
        for said in (text, f"$ {text}", f"```\n{text}\n```", f"notes {text}", f"files {text}", f"notes create {text}"):
            await visit.say(said)
        assert all(one.screen for one in visit.exchanges)

    asyncio.run(say())
