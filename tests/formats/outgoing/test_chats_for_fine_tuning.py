"""What one agent lived through, as a chat that a hosted service would take."""

import json
from typing import Any

import pytest
from openai.types.chat import ChatCompletionMessageParam
from pydantic import TypeAdapter

from backrooms_tui.assembly.files.fine_tuning import write_chat
from backrooms_tui.session.events import AgentLeft, AgentReturned, Remembered, WindowMoved
from backrooms_tui.session.trouble import OperatorError
from tests.formats.outgoing.evenings import STORABLE, full_evening, hostile_evening, record_of, saying, written
from tests.store.scripts import Script


def chat(script: Script, agent: str = "") -> list[dict[str, Any]]:
    """The messages of the one line that is written."""
    (line,) = written(write_chat, record_of(script.events), agent=agent).splitlines()
    messages: list[dict[str, Any]] = json.loads(line)["messages"]
    assert json.loads(line).keys() == {"messages"}
    TypeAdapter(list[ChatCompletionMessageParam]).validate_python(messages)
    roles = [message["role"] for message in messages]
    spoken = roles[1:] if roles[0] == "system" else roles
    assert spoken == ["user", "assistant"] * (len(spoken) // 2)
    return messages


def test_own_turns_are_the_assistants_and_what_was_heard_the_users() -> None:
    assert chat(full_evening(), "Simulator") == [
        {
            "role": "user",
            "content": "Hello, is anybody there?\n\nOperator: Look up.\n\nOperator (only to you): Say no.",
        },
        {"role": "assistant", "content": "Yes, here below."},
        {"role": "user", "content": "A third thing, put differently."},
        {"role": "assistant", "content": "And a fourth."},
    ]


def test_the_first_agent_has_its_system_text_and_seeds_and_no_whisper_to_another() -> None:
    messages = chat(full_evening())
    assert messages == chat(full_evening(), "1") == chat(full_evening(), "explorer")
    assert [message["role"] for message in messages[:3]] == ["system", "user", "assistant"]
    assert [message["content"] for message in messages[1:3]] == ["hello", "ls"]
    assert messages[-1] == {"role": "assistant", "content": "A third thing, put differently."}
    assert not any("Say no." in message["content"] for message in messages)


def test_who_was_away_did_not_hear_it_but_nothing_is_lost_for_want_of_room() -> None:
    script = Script("abcdefgh").open()
    for text in ("one", "two"):
        script.speak(text)
    script.add(WindowMoved, agent=2, first_entry=2, turns=2)
    script.add(Remembered, agent=2, text="they counted")
    script.speak("three")
    script.speak("four")
    script.add(AgentLeft, agent=2)
    script.speak("only for me")
    script.turn += 1
    script.add(AgentReturned, agent=2)
    script.speak("seven")
    script.speak("eight")
    assert [message["content"] for message in chat(script, "2")] == ["one", "two", "three", "four", "seven", "eight"]


def test_hostile_texts_come_through_as_they_were_said() -> None:
    messages = chat(hostile_evening(), "2")
    assert [message["content"] for message in messages if message["role"] == "assistant"] == list(STORABLE[1::2])


def test_an_agent_that_is_not_there_or_was_silent_is_said_to_be() -> None:
    with pytest.raises(OperatorError, match="no agent 'Nobody'") as error:
        written(write_chat, saying("one"), agent="Nobody")
    assert "1 Explorer, 2 Simulator" in error.value.cure
    with pytest.raises(OperatorError, match="Simulator has said nothing"):
        written(write_chat, saying("one"), agent="2")
