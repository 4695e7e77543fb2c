"""What repeats on purpose, or by its nature, is not called stalled, at no turn."""

import pytest

from backrooms_tui.stall.meaning import Meaning
from backrooms_tui.stall.meter import STALLED, readings
from tests.stall.living_and_looping import BEGINNING, LIVING


@pytest.mark.parametrize("kind", LIVING)
def test_living_talk_is_never_called_stalled(kind: str, meaning: Meaning | None) -> None:
    assert max(reading.stall for reading in readings(LIVING[kind], meaning)) < STALLED


def test_one_repeated_turn_is_forgiven(meaning: Meaning | None) -> None:
    turns = [*BEGINNING, (1, BEGINNING[-2][1]), *LIVING["a catchphrase"]]
    assert max(reading.stall for reading in readings(turns, meaning)) < STALLED


def test_one_repeated_turn_of_somebody_alone_is_forgiven(meaning: Meaning | None) -> None:
    alone = [(1, text) for _, text in BEGINNING]
    assert max(reading.stall for reading in readings([*alone, alone[-1]], meaning)) < STALLED


def test_one_parrot_among_five_does_not_stall_the_table(meaning: Meaning | None) -> None:
    living = [text for _, text in LIVING["a long proof"]]
    turns = [(seat, "Hear, hear!" if seat == 5 else living.pop()) for _ in range(3) for seat in range(1, 6)]
    assert max(reading.stall for reading in readings(turns, meaning)) < STALLED


def test_somebody_who_left_in_the_middle_of_a_loop_does_not_count_any_more(meaning: Meaning | None) -> None:
    turns = [(3, "I said no.")] * 6 + [(1 + at % 2, text) for at, (_, text) in enumerate(LIVING["a catchphrase"])]
    assert readings(turns, meaning)[-1].stall < 0.2
