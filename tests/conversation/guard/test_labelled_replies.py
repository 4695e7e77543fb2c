"""The guard against replies that people have labelled."""

import pytest

from backrooms_tui.conversation.guard import Guarded, guarded
from tests.conversation.guard.corpus import Case, cases

TUNED, UNSEEN = cases("tuned"), cases("unseen")


def judged(case: Case) -> Guarded:
    return guarded(case.reply, speaker=case.speaker, others=case.others, operator=case.operator, play=case.play)


@pytest.mark.parametrize("case", [case for case in TUNED + UNSEEN if not case.known], ids=lambda case: case.name)
def test_a_reply_is_cut_where_it_stops_being_the_speakers_own(case: Case) -> None:
    result = judged(case)
    assert (None if result.cut is None else result.cut.at) == case.at, result
    assert result.text == case.left
    assert sorted(mark.kind for mark in result.marks) == sorted(case.marks), result.marks
    if result.cut is not None:
        assert case.reply[: result.cut.at] + result.cut.removed == case.reply
    elif case.left == case.reply:
        assert result.text == case.reply


@pytest.mark.parametrize("case", [case for case in TUNED + UNSEEN if case.known], ids=lambda case: case.name)
def test_what_is_known_to_be_misjudged_still_is(case: Case) -> None:
    """So that the list of them stays true: who mends one takes `known` off the case."""
    cut = judged(case).cut
    assert (None if cut is None else cut.at) != case.at


def test_there_are_enough_of_both_kinds() -> None:
    assert len(TUNED) >= 80
    assert len(UNSEEN) >= 25
    for some in (TUNED, UNSEEN):
        assert 0.3 < sum(case.at is None for case in some) / len(some) < 0.7


def test_few_are_misjudged() -> None:
    """None that it was tuned on; of the others fewer than one in six."""
    assert not any(case.known for case in TUNED)
    assert sum(bool(case.known) for case in UNSEEN) / len(UNSEEN) < 1 / 6
