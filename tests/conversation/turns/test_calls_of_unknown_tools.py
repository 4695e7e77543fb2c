"""Every call of a tool is answered: also one of a tool that there is not, beside others that there are."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from backrooms_tui.session.codec import event_from_json, event_to_json
from backrooms_tui.session.state import SessionState, apply
from backrooms_tui.session.world import WorldSetup
from backrooms_tui.session.world_tool import Tool
from backrooms_tui.worlds.base import Heard, Taken, World
from backrooms_tui.worlds.exos.exos import Exos
from backrooms_tui.worlds.exos.table import Means
from tests.conversation.office import Desk, Office, calling


def exos(seat: int = 2) -> Mapping[str, World]:
    return {"CLI": Exos(Means(WorldSetup(), seat))}


async def test_an_unknown_call_beside_others_is_told_which_tool_is_near() -> None:
    office = Office(
        calling(("look", "{}"), ("putt", '{"what": "key"}'), ("put", '{"what": "key"}'), words="All three.")
    )
    await office.conversation.run(2)
    exchanges = office.state.turns[2].exchanges
    assert [(one.command, one.outcome) for one in exchanges] == [
        ("look", "done"),
        ('putt {"what": "key"}', "unknown"),
        ('put {"what": "key"}', "done"),
    ]
    assert "There is no tool putt. Did you mean put?" in exchanges[1].screen
    assert exchanges[1].by == 1
    assert exchanges[1].name == ""
    assert "There is no tool putt." in office.said()[1][1]


async def test_the_model_reads_the_answer_in_its_next_request() -> None:
    office = Office(calling(("look", "{}"), ("fly", "{}")))
    await office.conversation.run(3)
    sent = office.provider.requests[1].messages[-1].text
    assert "There is no tool fly. There are put, look." in sent
    assert "done: look" in sent


async def test_the_built_in_world_names_the_tool_that_is_near() -> None:
    calls = calling(("notes_create", '{"text": "a door"}'), ("notez_list", '{"number": 1}'), ("teleport", ""))
    office = Office(calls, desks=exos())
    await office.conversation.run(2)
    first, second, third = office.state.turns[2].exchanges
    assert (first.name, first.outcome) == ("notes.create", "done")
    assert (second.command, second.outcome) == ('notez_list {"number": 1}', "unknown")
    assert "There is no tool notez_list. Did you mean notes_" in second.screen
    assert "There is no tool teleport." in third.screen


async def test_a_known_tool_whose_arguments_nobody_can_read_is_answered_by_its_world() -> None:
    office = Office(calling(("notes_list", "{}"), ("notes_create", '{"text": "a do')), desks=exos())
    await office.conversation.run(2)
    assert [one.name for one in office.state.turns[2].exchanges] == ["notes.list", "notes.create"]
    assert "no tool" not in office.said()[1][1]


async def test_words_beside_calls_are_not_answered_unless_there_is_a_command_in_them() -> None:
    office = Office(calling(("fly", "{}"), words="I want to leave.\nlook"))
    await office.conversation.run(2)
    assert [one.command for one in office.state.turns[2].exchanges] == ["look", "fly {}"]
    office = Office(calling(("fly", "{}"), words="I want to leave."))
    await office.conversation.run(2)
    assert [one.command for one in office.state.turns[2].exchanges] == ["fly {}"]


async def test_what_stands_like_a_call_in_ordinary_words_is_none() -> None:
    office = Office('I would like to\nfly {"to": "Rome"}\nlook')
    await office.conversation.run(2)
    assert [one.command for one in office.state.turns[2].exchanges] == ["look"]


async def test_a_call_of_nothing_is_answered() -> None:
    office = Office(calling(("look", "{}"), ("", "")))
    await office.conversation.run(2)
    assert "There is no tool without a name." in office.said()[1][1]


async def test_of_two_worlds_the_first_answers_what_neither_has() -> None:
    desks = {"Left": Desk("a"), "Right": Desk("b")}
    office = Office(calling(("b", "{}"), ("fly", "{}")), desks=desks)
    await office.conversation.run(3)
    assert [one.command for one in office.state.turns[2].exchanges] == ["fly {}"]
    assert office.said()[2] == ("Right", "done: b")


async def test_a_world_without_tools_takes_no_call_for_a_command() -> None:
    class Mouth(Desk):
        def tools(self) -> tuple[Tool, ...]:
            return ()

    desks = {"Left": Desk("a"), "Right": Mouth("fly")}
    office = Office(calling(("a", "{}"), ("fly", "{}")), desks=desks)
    await office.conversation.run(3)
    assert [one.outcome for one in office.state.turns[2].exchanges] == ["done", "unknown"]
    assert office.said()[2] == ("Right", "")


async def test_in_an_order_without_seats_an_unknown_call_alone_is_answered_once() -> None:
    desks = {"Left": Desk("a"), "Right": Desk("b")}
    office = Office(calling(("fly", "{}")), "And on.", names=("Ada", "Bo"), desks=desks, order="random")
    await office.conversation.run(6)
    after = [now for before, now in pairwise(office.said()) if before[1] == "fly {}"]
    assert after
    assert all(name == "Left" and "There is no tool fly." in text for name, text in after)
    assert "Right" not in [name for name, _ in office.said()]


async def test_what_another_world_has_answered_calls_nobody_again() -> None:
    desks = {"Left": Desk("a"), "Right": Desk("b")}
    office = Office(calling(("b", "{}")), "And on.", names=("Ada", "Bo"), desks=desks, order="random")
    await office.conversation.run(6)
    assert "Left" not in [name for name, _ in office.said()]
    assert ("Right", "done: b") in office.said()


async def test_what_was_looked_at_once_is_not_looked_at_in_every_turn() -> None:
    class Counting(Desk):
        looked = 0

        def take(self, heard: Heard, state: SessionState) -> Sequence[Taken]:
            self.looked += 1
            return super().take(heard, state)

    left, right = Counting("a"), Counting("b")
    office = Office(
        *(["So."] * 9),
        calling(("b", "{}")),
        *(["On."] * 9),
        names=("Ada", "Bo"),
        desks={"Left": left, "Right": right},
        order="random",
    )
    await office.conversation.run(60)
    assert "Left" not in [name for name, _ in office.said()]
    assert left.looked + right.looked < 400
    office.conversation.edit(2, "a")
    await office.conversation.run(1)
    assert office.said()[-1] == ("Left", "done: a")


async def test_a_session_that_goes_on_from_its_record_answers_the_calls() -> None:
    office = Office(calling(("look", "{}"), ("fly", "{}")))
    await office.conversation.run(1)
    state = SessionState()
    for event in office.heard.events:
        apply(state, event_from_json(event_to_json(event)))
    again = Office("look", state=state)
    await again.conversation.run(1)
    assert [one.command for one in again.state.turns[2].exchanges] == ["look", "fly {}"]


async def test_a_turn_that_the_operator_has_changed_is_read_as_it_stands() -> None:
    office = Office(calling(("look", "{}"), ("fly", "{}")))
    await office.conversation.run(1)
    office.conversation.edit(1, 'put {"what": "lamp"}')
    await office.conversation.run(1)
    assert [one.command for one in office.state.turns[2].exchanges] == ['put {"what": "lamp"}']
