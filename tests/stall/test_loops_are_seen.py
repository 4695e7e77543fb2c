"""Each kind of loop moves the meter above the line within a few turns; what was living before it did not."""

import pytest

from backrooms_tui.stall.meaning import Meaning
from backrooms_tui.stall.meter import STALLED, readings
from tests.stall.living_and_looping import BEGINNING, LOOPS, made

# A stall is something that lasts, so it takes each speaker a few turns to be in one.
A_FEW_TURNS = 8


@pytest.mark.parametrize("kind", LOOPS)
def test_a_loop_after_a_living_beginning_is_seen_and_stays_seen(kind: str, meaning: Meaning | None) -> None:
    values = [reading.stall for reading in readings([*BEGINNING, *LOOPS[kind]], meaning)]
    beginning, loop = values[: len(BEGINNING)], values[len(BEGINNING) :]
    assert max(beginning) < STALLED
    assert max(loop[:A_FEW_TURNS]) >= STALLED
    assert min(loop[A_FEW_TURNS:]) >= STALLED


@pytest.mark.parametrize("kind", LOOPS)
def test_the_first_turn_of_a_loop_calls_no_stall(kind: str, meaning: Meaning | None) -> None:
    values = [reading.stall for reading in readings([*BEGINNING, LOOPS[kind][0]], meaning)]
    assert values[-1] < STALLED


def test_the_same_thought_in_ever_other_words_is_seen_with_word_vectors() -> None:
    pytest.importorskip("wordllama")
    thoughts = [
        "The future is full of endless possibilities, and exploring them together is exciting.",
        "Yes, exciting possibilities without end lie in the future for us to explore.",
        "It is thrilling to explore the limitless opportunities that the future holds.",
        "The future truly holds countless opportunities, and I am thrilled to explore them with you.",
        "Together we can explore the limitless potential that lies ahead in the future.",
    ]
    turns = [*BEGINNING, *made(lambda at: thoughts[at % 5], turns=12)]
    assert readings(turns, Meaning())[-1].stall >= STALLED


def test_the_parts_name_what_the_loop_is_made_of(meaning: Meaning | None) -> None:
    def last(kind: str) -> dict[str, float]:
        return dict(readings([*BEGINNING, *LOOPS[kind]], meaning)[-1].parts)

    assert last("agreement")["agreement"] > 0.5
    assert last("goodbyes")["goodbyes"] > 0.5
    assert last("empty replies")["shrinking"] == 1
    assert last("one word")["shrinking"] > 0.5
    assert last("period 3")["cycles"] == 1
    assert last("an echo")["repetition"] > 0.5
    assert last("one sentence with small changes")["likeness"] > 0.5
    assert last("period 2")["goodbyes"] == 0


def test_a_talk_that_comes_back_to_life_is_no_longer_stalled(meaning: Meaning | None) -> None:
    values = [one.stall for one in readings([*LOOPS["period 2"], *BEGINNING], meaning)]
    assert values[len(LOOPS["period 2"]) - 1] >= STALLED
    assert values[-1] < STALLED
