"""Who hears what is said, and in which words they are told of it."""

from dataclasses import replace

import pytest

from backrooms_tui.conversation.sending.perspective import GO_ON, OPENING, UNDER_WAY
from backrooms_tui.session.events import Interjected, TurnEdited, TurnRetracted, Whispered
from backrooms_tui.session.setup import AgentSetup, Message
from tests.conversation.table import Table

ADA, BO, CY = (AgentSetup(seat, name, "marked/one") for seat, name in enumerate(("Ada", "Bo", "Cy"), 1))


async def test_who_is_away_hears_nothing_of_what_is_said_meanwhile() -> None:
    table = Table([ADA, BO, CY])
    await table.turn(1, "one")
    table.leave(3)
    await table.turn(2, "two")
    table.publisher.emit(Interjected, text="Cy is gone.")
    table.publisher.emit(Whispered, to=3, text="Can you hear me?")
    assert table.sent(3) == [("user", "Ada: one")]
    table.back(3)
    await table.turn(1, "three")
    assert table.sent(3) == [("user", "Ada: one\n\nAda: three")]
    assert table.sent(2) == [
        ("user", "Ada: one"),
        ("assistant", "two"),
        ("user", "Operator: Cy is gone.\n\nAda: three"),
    ]


async def test_a_turn_that_was_missed_stays_missed_when_it_is_changed_and_is_heard_when_it_is_spoken_again() -> None:
    table = Table([ADA, BO, CY])
    table.leave(3)
    await table.turn(1, "one")
    table.back(3)
    table.publisher.emit(TurnEdited, turn=1, text="uno")
    assert table.sent(3) == [("user", UNDER_WAY)]
    table.publisher.emit(TurnRetracted, turn=1, agent=1)
    await table.turn(1, "anew")
    assert table.sent(3) == [("user", "Ada: anew")]


async def test_a_guest_who_comes_later_hears_only_what_is_said_from_then_on() -> None:
    table = Table([ADA, BO, replace(CY, absent=True)])
    await table.turn(1, "one")
    await table.turn(2, "two")
    table.back(3)
    assert table.sent(3) == [("user", UNDER_WAY)]
    await table.turn(1, "three")
    assert table.sent(3) == [("user", "Ada: three")]


async def test_names_are_told_from_the_moment_a_third_joins_and_nothing_sent_before_changes() -> None:
    table = Table([ADA, BO])
    await table.turn(1, "one")
    await table.turn(2, "two")
    before = table.sent(1)
    table.join(CY)
    await table.turn(1, "three")
    await table.turn(2, "four")
    assert table.sent(1)[: len(before)] == before == [("user", OPENING), ("assistant", "one"), ("user", "two")]
    assert table.sent(1)[-1] == ("user", "Bo: four")
    assert table.sent(3) == [("user", "Ada: three\n\nBo: four")]


async def test_who_has_been_away_since_it_spoke_is_told_that_the_talk_went_on() -> None:
    table = Table([ADA, BO])
    await table.turn(1, "one")
    assert table.sent(1)[-1] == ("user", GO_ON)
    table.leave(1)
    await table.turn(2, "two")
    table.back(1)
    assert table.sent(1) == [("user", OPENING), ("assistant", "one"), ("user", UNDER_WAY)]
    await table.turn(1, "three")
    assert table.sent(1)[2:] == [("user", UNDER_WAY), ("assistant", "three"), ("user", GO_ON)]


@pytest.mark.parametrize(
    ("source", "to_all", "to_one"),
    [
        ("operator", "Operator: The power fails.", "Operator (only to you): The power fails."),
        ("cue", "[The power fails.]", "[Only you notice: The power fails.]"),
        ("remedy", "[The power fails.]", "[Only to you: The power fails.]"),
    ],
)
def test_a_cue_happens_and_a_nudge_is_not_the_operators_word(source: str, to_all: str, to_one: str) -> None:
    table = Table([replace(ADA, history=(Message("user", "Hi."), Message("assistant", "Hi."))), BO])
    table.publisher.emit(Interjected, text="The power fails.", source=source)
    table.publisher.emit(Whispered, to=1, text="The power fails.", source=source)
    assert table.sent(1)[-1] == ("user", f"{to_all}\n\n{to_one}")
    assert table.sent(2) == [("user", to_all)]


def test_a_cue_that_is_written_in_brackets_gets_no_second_pair() -> None:
    table = Table([ADA, BO])
    table.publisher.emit(Interjected, text="[A bell rings.]", source="cue")
    assert table.sent(2) == [("user", "[A bell rings.]")]
