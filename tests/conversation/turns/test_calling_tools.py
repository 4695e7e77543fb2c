"""A model that calls tools: each call becomes the command that it is, and the world answers it as if it was typed."""

import json

import pytest

from backrooms_tui.conversation.sending.xray import xray
from backrooms_tui.conversation.turns.calling import MOST
from backrooms_tui.providers.base import Omitted, TextChunk, ToolCall
from backrooms_tui.session.codec import event_from_json, event_to_json
from backrooms_tui.session.state import SessionState, apply
from backrooms_tui.session.trouble import OperatorError, ProviderTrouble, Trouble
from backrooms_tui.session.usage import Usage
from tests.conversation.office import Desk, Office, calling
from tests.conversation.playing import WHOLE
from tests.conversation.playing import Part as Played


async def test_a_call_is_the_command_at_the_end_of_what_was_said() -> None:
    office = Office(calling(("put", '{"what": "lamp"}'), words="I put it there."))
    await office.conversation.run(2)
    assert office.said() == [
        ("Ada", 'I put it there.\nput {"what": "lamp"}'),
        ("CLI", 'done: put {"what": "lamp"}'),
    ]
    exchange = office.state.turns[2].exchanges[0]
    assert (exchange.by, exchange.turn, exchange.command, exchange.name) == (1, 1, 'put {"what": "lamp"}', "put")


async def test_a_reply_that_is_only_a_call_is_a_turn() -> None:
    office = Office(calling(("look", "{}")))
    await office.conversation.run(2)
    assert office.said() == [("Ada", "look"), ("CLI", "done: look")]
    assert office.state.turns[1].stop_reason == "end"
    assert office.state.turns[1].usage == Usage(10, 5)
    assert office.state.turns[1].cost == 0.5


async def test_several_calls_are_a_line_each_in_one_delta() -> None:
    office = Office(calling(("look", ""), ("put", '{"what": "key"}'), words="Both:\n"))
    await office.conversation.run(2)
    assert office.said()[0][1] == 'Both:\nlook\nput {"what": "key"}'
    deltas = [event.text for event in office.heard.events if event.kind == "delta" and event.agent == 1]
    assert deltas == ["Both:\n", 'look\nput {"what": "key"}']
    assert office.said()[1][1] == 'done: look\n\ndone: put {"what": "key"}'


async def test_a_command_that_is_typed_and_called_is_given_once() -> None:
    office = Office(calling(("look", "{}"), ("put", '{"what": "key"}'), words="Let me see.\nlook"))
    await office.conversation.run(2)
    assert office.said()[0][1] == 'Let me see.\nlook\nput {"what": "key"}'
    assert [one.command for one in office.state.turns[2].exchanges] == ["look", 'put {"what": "key"}']


async def test_the_model_sees_its_command_and_the_screen_as_plain_text() -> None:
    office = Office(calling(("look", "{}")))
    await office.conversation.run(3)
    seen = [(message.role, message.text) for message in office.provider.requests[1].messages[-2:]]
    assert seen == [("assistant", "look"), ("user", "done: look")]


async def test_the_tools_are_the_same_each_turn_and_recorded_once() -> None:
    office = Office(calling(("look", "{}")))
    await office.conversation.run(6)
    assert office.given(0) == ["put", "look"]
    assert all(request.tools == office.provider.requests[0].tools for request in office.provider.requests)
    given = [event for event in office.heard.events if event.kind == "tools_given"]
    assert len(given) == 1
    assert given[0].agent == 1
    assert event_from_json(event_to_json(given[0])) == given[0]


async def test_an_agent_without_tools_is_given_none() -> None:
    office = Office("look", tools=False)
    await office.conversation.run(2)
    assert office.given() == []
    assert "tools_given" not in office.heard.kinds()
    assert office.said()[1] == ("CLI", "done: look")


@pytest.mark.parametrize("arguments", ['{"what": "la', "[1]", "nonsense", '"text"'])
async def test_what_the_model_wrote_and_nobody_can_read_is_left_to_the_world(arguments: str) -> None:
    office = Office(calling(("put", arguments)))
    await office.conversation.run(2)
    assert office.said() == [("Ada", f"put {arguments}"), ("CLI", f"done: put {arguments}")]


async def test_an_object_within_a_string_is_read_all_the_same() -> None:
    office = Office(calling(("put", json.dumps('{"what": "rope"}'))))
    await office.conversation.run(1)
    assert office.said() == [("Ada", 'put {"what": "rope"}')]


async def test_a_command_that_is_asked_for_is_asked_for_when_it_is_called() -> None:
    office = Office(calling(("put", "{}")), permissions={"put": "ask"})
    await office.conversation.run(2)
    asked = office.conversation.asked
    assert asked is not None
    assert (asked.command, asked.by) == ("put", 1)
    office.conversation.decide("deny", "not now")
    await office.conversation.go_on()
    assert "not now" in office.said()[1][1]


async def test_what_is_denied_is_no_tool_until_it_is_allowed() -> None:
    office = Office("look", permissions={"put": "deny"})
    await office.conversation.run(2)
    assert office.given() == ["look"]
    office.conversation.change_permissions(2, {})
    await office.conversation.run(1)
    assert office.given() == ["put", "look"]


async def test_a_reply_that_goes_on_for_the_world_is_cut_and_not_waited_for() -> None:
    words = "I look around the room and wait for what comes.\n\nCLI: you see a lamp, a key and a rope\n"
    office = Office(calling(("look", "{}"), words=words), guard=True)
    await office.conversation.run(1)
    turn = office.state.turns[1]
    assert turn.text.startswith("I look around the room")
    assert "you see a lamp" not in turn.text


async def test_a_call_after_words_that_do_not_end_the_stream_stands_whatever_the_guard_takes() -> None:
    office = Office(calling(("look", "{}"), words="Ada: I look around."), guard=True)
    await office.conversation.run(1)
    turn = office.state.turns[1]
    assert turn.text == "I look around.\nlook"
    assert turn.raw == "Ada: I look around.\nlook"


async def test_a_model_that_cannot_call_any_types_its_commands() -> None:
    reply: list[Played] = [Omitted("tools", "it cannot"), TextChunk("look"), WHOLE]
    office = Office(reply)
    await office.conversation.run(4)
    omitted = [event for event in office.heard.events if event.kind == "parameter_omitted"]
    assert [(event.name, event.why) for event in omitted] == [("tools", "it cannot")]
    assert office.said()[-1] == ("CLI", "done: look")
    seen = xray(office.heard.events, 1)
    assert seen.tools == ()
    assert seen.omitted == {"tools": "it cannot"}


async def test_the_xray_of_a_turn_names_the_tools_that_were_sent() -> None:
    office = Office(calling(("look", "{}")))
    await office.conversation.run(3)
    for turn in (1, 3):
        assert [tool.name for tool in xray(office.heard.events, turn).tools] == ["put", "look"]
    seen = xray(office.heard.events, 1)
    assert seen.characters > sum(len(message.text) for message in seen.messages) + 20


async def test_a_session_that_goes_on_gives_the_same_tools_without_a_word() -> None:
    office = Office(calling(("look", "{}")))
    await office.conversation.run(2)
    state = SessionState()
    for event in office.heard.events:
        apply(state, event_from_json(event_to_json(event)))
    again = Office(calling(("look", "{}")), state=state)
    await again.conversation.run(1)
    assert again.given() == ["put", "look"]
    assert "tools_given" not in again.heard.kinds()


async def test_tools_of_one_name_in_two_worlds_are_told_apart() -> None:
    office = Office(calling(("Left_look", "{}")), desks={"Left": Desk("look", "a"), "Right": Desk("look", "b")})
    await office.conversation.run(1)
    assert office.given() == ["Left_look", "a", "Right_look", "b"]
    assert office.said() == [("Ada", "look")]


async def test_only_the_world_that_understands_answers() -> None:
    office = Office(calling(("b", "{}")), desks={"Left": Desk("a"), "Right": Desk("b")})
    await office.conversation.run(4)
    assert office.said() == [("Ada", "b"), ("Left", ""), ("Right", "done: b"), ("Ada", "b")]
    # Who has nothing to answer says nothing that anybody is sent.
    assert [message.text for message in office.provider.requests[1].messages[-2:]] == ["b", "Right: done: b"]


async def test_what_nobody_understands_is_answered_by_the_first() -> None:
    office = Office("hello there", desks={"Left": Desk("a"), "Right": Desk("b")})
    await office.conversation.run(3)
    assert office.said()[1:] == [("Left", "what?"), ("Right", "")]


async def test_calls_for_two_worlds_in_one_turn_reach_both() -> None:
    office = Office(calling(("a", "{}"), ("b", "{}")), desks={"Left": Desk("a"), "Right": Desk("b")})
    await office.conversation.run(3)
    assert office.said()[1:] == [("Left", "done: a"), ("Right", "done: b")]


async def test_what_is_whispered_to_one_world_is_answered_by_it() -> None:
    office = Office("a", desks={"Left": Desk("a"), "Right": Desk("b")})
    office.conversation.whisper(3, "whatever")
    await office.conversation.run(3)
    assert office.said()[2] == ("Right", "what?")


async def test_a_world_that_cannot_be_opened_leaves_what_it_would_understand_to_itself() -> None:
    right = Desk("b")
    right.down = ProviderTrouble(Trouble("connection", "nobody is there", "start it"))
    office = Office("b", desks={"Left": Desk("a"), "Right": right})
    await office.conversation.run(2)
    assert office.said()[1] == ("Left", "what?")


@pytest.mark.parametrize(
    "error",
    [
        ProviderTrouble(Trouble("connection", "nobody is there", "start it")),
        OperatorError("nobody is there", "start it"),
        RuntimeError("nobody is there"),
    ],
)
async def test_a_world_that_does_not_start_has_no_tools_and_the_agent_speaks(error: Exception) -> None:
    right = Desk("b")
    right.down = error
    office = Office("a", desks={"Left": Desk("a"), "Right": right})
    await office.conversation.run(1)
    assert office.given() == ["a"]
    assert [text for text in office.told() if "no tools of Right" in text and "nobody is there" in text]
    right.down = None
    await office.conversation.run(3)
    assert office.given() == ["a", "b"]


async def test_a_thousand_tools_are_too_many() -> None:
    office = Office("w1", desks={"CLI": Desk(*(f"w{number}" for number in range(1000)))})
    await office.conversation.run(3)
    assert len(office.given()) == MOST
    assert len([text for text in office.told() if "1,000 tools" in text]) == 1


async def test_a_world_that_is_away_has_no_tools() -> None:
    office = Office("a", desks={"Left": Desk("a"), "Right": Desk("b")})
    office.conversation.send_away(3)
    await office.conversation.run(1)
    assert office.given() == ["a"]


async def test_in_an_order_without_seats_the_world_answers_right_after_a_call() -> None:
    office = Office(calling(("look", "{}")), names=("Ada", "Bo"), order="random")
    await office.conversation.run(4)
    assert [name for name, _ in office.said()][1::2] == ["CLI", "CLI"]


async def test_a_call_in_a_stream_that_breaks_is_not_made() -> None:
    office = Office([TextChunk("Well,"), ToolCall("look", "{}"), RuntimeError("the line broke")], "look")
    await office.conversation.run(1)
    failed = [event for event in office.heard.events if event.kind == "turn_failed"]
    assert failed[0].text == "Well,"


async def test_hostile_arguments_are_commands_like_others() -> None:
    office = Office(calling(("put", json.dumps({"what": "\x1b]52;c;x\x07 \ud800"}))))
    await office.conversation.run(2)
    assert office.said()[1][1].startswith("done: put")
