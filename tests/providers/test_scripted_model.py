"""A scripted model says what its file says."""

import asyncio
import time
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from backrooms_tui.providers.base import ReasoningChunk, Request, TextChunk, ToolCall
from backrooms_tui.providers.script_file import check_script
from backrooms_tui.providers.scripted import ScriptedProvider
from backrooms_tui.session.setup import Message, ParamValue
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.session.world_tool import Tool
from tests.providers.servers.talking import names, turn_of

Write = Callable[[str], str]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def script(text: str) -> str:
        path = tmp_path / "script.txt"
        path.write_text(text, encoding="utf-8")
        return str(path)

    return script


def asked(path: str, turns: int, *, key: str = "s:1", seat: int = 1, seeds: int = 0, **params: ParamValue) -> Request:
    """A request after `turns` own turns, with `seeds` own messages before the first."""
    messages = [Message("user", "Go on.")]
    for number in range(seeds + turns):
        messages += [Message("assistant", f"said {number}"), Message("user", "Go on.")]
    return Request(path, "", messages, params, key, seat, spoken=turns)


async def test_replies_come_in_order_and_again_from_the_top(write: Write) -> None:
    path = write("First.\n---\nSecond,\nin two lines.\n---\nThird.\n")
    provider = ScriptedProvider()
    texts = [(await turn_of(provider, asked(path, turn))).text for turn in range(4)]
    assert texts == ["First.", "Second,\nin two lines.", "Third.", "First."]


async def test_a_retry_gets_the_same_reply_and_agents_walk_by_themselves(write: Write) -> None:
    path = write("One.\n---\nTwo.\n")
    provider = ScriptedProvider()
    requests = [asked(path, 0), asked(path, 0), asked(path, 0, key="s:2", seat=2), asked(path, 1), asked(path, 1)]
    assert [(await turn_of(provider, one)).text for one in requests] == ["One.", "One.", "One.", "Two.", "Two."]


async def test_the_seeds_of_a_template_are_passed_over(write: Write) -> None:
    path = write("One.\n---\nTwo.\n---\nThree.\n")
    provider = ScriptedProvider()
    assert (await turn_of(provider, asked(path, 0, seeds=2))).text == "One."
    assert (await turn_of(provider, asked(path, 1, seeds=2))).text == "Two."


async def test_the_reply_streams_in_words_and_counts_an_estimate(write: Write) -> None:
    turn = await turn_of(ScriptedProvider(), asked(write("one two  three\nfour"), 0))
    assert [chunk.text for chunk in turn.chunks if isinstance(chunk, TextChunk)] == ["one ", "two  ", "three\n", "four"]
    assert turn.finish is not None
    assert turn.finish.stop_reason == "end"
    assert turn.finish.usage.input_tokens == 2
    assert turn.finish.usage.output_tokens == 5


async def test_it_speaks_at_the_rate_that_is_asked_for(write: Write) -> None:
    path = write("one two three four five six seven eight nine ten eleven")
    begin = time.monotonic()
    await turn_of(ScriptedProvider(), asked(path, 0, rate=50))
    assert time.monotonic() - begin >= 0.19


async def test_it_can_be_cancelled_in_mid_reply(write: Write) -> None:
    stream = cast("Any", ScriptedProvider().stream(asked(write("one " * 1000), 0, rate=1)))
    async with aclosing(stream):
        assert await anext(stream) == TextChunk("one ")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.02):
                await anext(stream)


async def test_max_tokens_cuts_a_reply_and_other_parameters_are_left_out(write: Write) -> None:
    turn = await turn_of(ScriptedProvider(), asked(write("one two three"), 0, max_tokens=2, temperature=1.0, seed=7))
    assert turn.text == "one two "
    assert turn.finish is not None
    assert turn.finish.stop_reason == "max_tokens"
    assert names(turn.omitted) == ["temperature"]


async def test_a_reply_may_reason_first(write: Write) -> None:
    turn = await turn_of(ScriptedProvider(), asked(write("#! reasoning: let me see\nYes."), 0))
    assert (turn.reasoning, turn.text) == ("let me see", "Yes.")
    assert isinstance(turn.chunks[0], ReasoningChunk)


async def test_a_reply_may_fail_once(write: Write) -> None:
    path = write("#! fail: overloaded\nHere I am.\n---\n#! fail: connection after 2\nOne two three.")
    provider = ScriptedProvider()
    first = await turn_of(provider, asked(path, 0))
    assert first.text == ""
    assert first.trouble is not None
    assert (first.trouble.kind, first.trouble.may_pass) == ("overloaded", True)
    assert (await turn_of(provider, asked(path, 0))).text == "Here I am."
    broken = await turn_of(provider, asked(path, 1))
    assert broken.text == "One two "
    assert broken.trouble is not None
    assert (await turn_of(provider, asked(path, 1))).text == "One two three."
    assert (await turn_of(provider, asked(path, 2))).text == "Here I am."


async def test_a_file_that_vanishes_is_trouble(tmp_path: Path) -> None:
    turn = await turn_of(ScriptedProvider(), asked(str(tmp_path / "gone.txt"), 0))
    assert turn.trouble is not None
    assert (turn.trouble.kind, turn.trouble.may_pass) == ("bad_request", False)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"---\n \n---\n", "is empty"),
        (b"caf\xe9", "is not UTF-8"),
        (b"One.\n---\n#! fail: overlaoded\nTwo.", "line 3"),
        (b"#! shout: loud\nTwo.", "unknown direction 'shout'"),
    ],
)
def test_a_file_that_cannot_be_played_is_the_operators_to_mend(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "script.txt"
    path.write_bytes(content)
    with pytest.raises(OperatorError, match=words) as caught:
        check_script(path)
    assert caught.value.cure


def test_a_script_that_is_not_there_or_a_folder(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="there is no script"):
        check_script(tmp_path / "nothing.txt")
    with pytest.raises(OperatorError, match="script"):
        check_script(tmp_path)


def test_the_nearest_kind_of_failure_is_named(tmp_path: Path) -> None:
    path = tmp_path / "script.txt"
    path.write_text("#! fail: overlaoded\nTwo.")
    with pytest.raises(OperatorError) as caught:
        check_script(path)
    assert "overloaded" in caught.value.cure


def test_a_good_script_passes_and_a_changed_one_is_read_again(write: Write) -> None:
    check_script(write("One."))
    with pytest.raises(OperatorError):
        check_script(write(""))


async def test_a_script_calls_tools(write: Write) -> None:
    path = write('#! call: notes_create {"title": "Rain"}\n#! call: clock_now\nI write it down.\n---\nnotes list\n')
    given = replace(asked(path, 0), tools=(Tool("notes_create", "Write.", {}),))
    turn = await turn_of(ScriptedProvider(), given)
    assert turn.text == "I write it down."
    assert turn.calls == [ToolCall("notes_create", '{"title": "Rain"}'), ToolCall("clock_now", "")]
    assert turn.omitted == []


async def test_a_script_that_calls_none_says_so(write: Write) -> None:
    path = write("notes list\n")
    turn = await turn_of(ScriptedProvider(), replace(asked(path, 0), tools=(Tool("notes_create", "Write.", {}),)))
    assert (turn.text, names(turn.omitted)) == ("notes list", ["tools"])


async def test_a_reply_of_a_script_may_be_a_call_alone(write: Write) -> None:
    turn = await turn_of(ScriptedProvider(), asked(write("#! call: notes_list\n"), 0))
    assert turn.trouble is None
    assert turn.calls == [ToolCall("notes_list", "")]


async def test_a_script_calls_tools_between_its_words_and_after_them_but_not_in_a_code_block(write: Write) -> None:
    path = write("Hm.\n#! call: clock_now\nSo late?\n```\n#! call: dice_roll\n```\n#! call: notes_list {}\n")
    turn = await turn_of(ScriptedProvider(), asked(path, 0))
    assert turn.text == "Hm.\nSo late?\n```\n#! call: dice_roll\n```"
    assert turn.calls == [ToolCall("clock_now", ""), ToolCall("notes_list", "{}")]
