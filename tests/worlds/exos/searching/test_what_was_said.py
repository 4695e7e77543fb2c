"""An agent finds what was said in the session, and nothing that was not for it."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from backrooms_tui.conversation.sending.hearing import heard_by
from backrooms_tui.session.events import Interjected, RoundBegan, TurnEdited
from backrooms_tui.session.setup import Rules
from backrooms_tui.session.state import CouncilEntry, apply
from backrooms_tui.session.table_events import AgentLeft, AgentReturned
from backrooms_tui.session.usage import Usage
from backrooms_tui.stall.meaning import Meaning
from backrooms_tui.worlds.exos.searching.search import Search
from tests.hostile import HOSTILE
from tests.worlds.exos.sitting import Sitting


def search() -> Search:
    return Search(hears=heard_by)


@pytest_asyncio.fixture
async def sitting() -> AsyncIterator[Sitting]:
    made = Sitting([search()])
    yield made
    await made.world.aclose()


async def test_what_was_said_is_found_with_its_turn_and_who_said_it(sitting: Sitting) -> None:
    sitting.says("The door to the archive was locked.", by=1)
    sitting.says("I heard an owl.", by=2)
    screen = await sitting.gives("search session locked doors")
    assert "turn 1 · Ada\n    The door to the archive was locked." in screen
    assert "owl" not in screen
    assert "turn 2 · Ben" in await sitting.gives("search session OWL")


async def test_what_is_not_there_is_said(sitting: Sitting) -> None:
    sitting.says("The door was locked.", by=1)
    assert "Nothing like it" in await sitting.gives("search session zeppelin")
    for odd in ('"', "*", "AND OR NOT", "a" * 3000, "NEAR(x, 2)", "'; DROP TABLE words; --", *HOSTILE):
        await sitting.gives(f"search session {odd}")


async def test_whispers_to_anybody_are_not_found(sitting: Sitting) -> None:
    sitting.whispers("the password is heliotrope", to=1)
    sitting.whispers("the password is heliotrope", to=2)
    for by in (1, 2, 0):
        assert "Nothing like it" in await sitting.gives("search session password heliotrope", by=by)


async def test_thoughts_councils_and_requests_are_not_found(sitting: Sitting) -> None:
    council = CouncilEntry("c", 2, 1, "The heliotrope is agreed.", "", 3, Usage(), 0.0, 1.0, 2.0)
    sitting.says("Good morning.", by=1, reasoning="I must not say heliotrope.")
    sitting.says("!whisper Ada heliotrope\nGood evening.", by=2, heard="Good evening.")
    sitting.state.entries.append(council)
    for by in (1, 2, 0):
        assert "Nothing like it" in await sitting.gives("search session heliotrope", by=by)
    assert "turn 2 · Ben" in await sitting.gives("search session evening")


async def test_statements_are_not_found_before_their_round_is_over() -> None:
    sitting = Sitting([search()], rules=Rules(mode="statements", rounds=3))
    apply(sitting.state, RoundBegan(seq=80, at=3.0, round=1, label="Round 1", text="State your view."))
    sitting.says("I am for the heliotrope.", by=1)
    assert "Nothing like it" in await sitting.gives("search session heliotrope", by=2)
    apply(sitting.state, RoundBegan(seq=85, at=4.0, round=2, label="Round 2", text="Answer."))
    assert "turn 1 · Ada" in await sitting.gives("search session heliotrope", by=2)
    await sitting.world.aclose()


async def test_what_the_operator_said_to_all_is_found(sitting: Sitting) -> None:
    sitting.says("Hello.", by=1)
    apply(sitting.state, Interjected(seq=99, at=7.0, text="Look behind the tapestry."))
    assert "after turn 1 · said to all" in await sitting.gives("search session tapestry")


async def test_who_was_away_does_not_find_what_was_said_meanwhile(sitting: Sitting) -> None:
    apply(sitting.state, AgentLeft(seq=90, at=7.0, agent=2))
    sitting.says("The treasure lies under the oak.", by=1)
    apply(sitting.state, AgentReturned(seq=91, at=8.0, agent=2))
    assert "Nothing like it" in await sitting.gives("search session treasure", by=2)
    assert "under the oak" in await sitting.gives("search session treasure", by=1)


async def test_a_turn_that_was_taken_back_or_edited_is_found_as_it_is(sitting: Sitting) -> None:
    sitting.says("A red balloon.", by=1)
    sitting.says("A blue balloon.", by=2)
    assert "blue" in await sitting.gives("search session balloon")
    for _ in range(3):
        sitting.retract()
    apply(sitting.state, TurnEdited(seq=95, at=9.0, turn=1, text="A green balloon."))
    screen = await sitting.gives("search session balloon")
    assert "green" in screen
    assert "blue" not in screen
    assert "A red" not in screen


async def test_answers_of_a_search_are_not_found_again(sitting: Sitting) -> None:
    sitting.says("The lighthouse keeper hums.", by=1)
    await sitting.gives("search session lighthouse", by=2)
    screen = await sitting.gives("search session lighthouse", by=2)
    assert screen.count("keeper hums") == 1


async def test_languages_without_spaces_are_searched(sitting: Sitting) -> None:
    sitting.says("図書館の扉は閉まっていた。", by=1)
    assert "turn 1" in await sitting.gives("search session 扉")


@pytest.mark.skipif(not Meaning.installed(), reason="the optional package is not installed")
async def test_what_is_near_in_meaning_is_found_and_said_so() -> None:
    sitting = Sitting([Search(hears=heard_by, meaning=Meaning())])
    sitting.says("The physician prescribed a remedy for the fever.", by=1)
    sitting.says("Trains leave at noon.", by=2)
    screen = await sitting.gives("search session doctor gave medicine")
    assert "(by meaning)\n    The physician" in screen
    assert "Trains" not in screen
    await sitting.world.aclose()


async def test_a_new_start_finds_the_same(sitting: Sitting) -> None:
    sitting.says("The door was locked.", by=1)
    before = await sitting.gives("search session locked")
    old = sitting.world
    sitting.again([search()])
    assert await sitting.gives("search session locked") != ""
    assert "door was locked" in before
    await old.aclose()


async def test_a_long_past_is_read_on_while_it_answers() -> None:
    sitting = Sitting([Search(hears=heard_by, patience=0.0)])
    for number in range(400):
        sitting.says(f"The number of the day is {number}. " * 40, by=1 + number % 2)
    assert "still being read" in await sitting.gives("search session number 399")
    async with asyncio.timeout(60):
        while "turn 400 · Ben" not in await sitting.gives("search session number 399"):
            await asyncio.sleep(0)
    await sitting.world.aclose()
