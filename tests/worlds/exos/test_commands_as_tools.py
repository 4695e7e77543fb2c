"""The commands as tools: a call becomes a command text that is read back as just that call."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backrooms_tui.worlds.exos.language import Language
from backrooms_tui.worlds.exos.table import environments
from tests.worlds.exos.visiting import Visit

VISIT = Visit()
TOOLS = {tool.name: tool for tool in VISIT.world.tools()}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**12), 10**12) | st.floats(allow_nan=False) | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def test_every_command_is_a_tool_with_a_schema() -> None:
    assert {"notes_create", "notes_search", "files_write", "clock_now", "dice_roll"} <= set(TOOLS)
    for tool in TOOLS.values():
        assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", tool.name)
        assert tool.description.endswith(".")
        assert tool.schema["type"] == "object"
        assert set(tool.schema["required"]) <= set(tool.schema["properties"])  # type: ignore[call-overload]


@settings(max_examples=500, deadline=None)
@given(name=st.sampled_from(sorted(TOOLS)), data=st.data())
def test_a_call_is_read_back_as_it_was_made(name: str, data: st.DataObject) -> None:
    names = sorted(TOOLS[name].schema["properties"]) or ["x"]  # type: ignore[call-overload]
    given_arguments = data.draw(st.dictionaries(st.sampled_from(names) | st.text(max_size=8), JSON, max_size=4))
    command = VISIT.world.command(name, given_arguments)
    assert "\n" not in command
    for said in (command, f"I shall do it, and see.\n\n{command}", f"```\nnot closed\n```\nWell.\n{command}"):
        taken = VISIT.take(said)
        assert [one.command for one in taken] == [command]
        assert taken[0].name == name.replace("_", ".", 1)


@settings(max_examples=500, deadline=None)
@given(name=st.sampled_from(sorted(TOOLS)), data=st.data())
def test_right_arguments_arrive_as_they_were_given(name: str, data: st.DataObject) -> None:
    of_type = {
        "string": st.text(min_size=1, max_size=60) | st.from_regex(r"[\"'`|:=#<>{} a-z-]{1,20}", fullmatch=True),
        "integer": st.integers(0, 10**6),
    }
    properties = TOOLS[name].schema["properties"]
    arguments = {
        key: data.draw(st.sampled_from(value["enum"]) if "enum" in value else of_type[value["type"]])
        for key, value in properties.items()  # type: ignore[attr-defined]
    }
    command = VISIT.world.command(name, arguments)
    parsed = Language(environments(VISIT.means)).parse(command)
    assert parsed.trouble is None
    assert parsed.arguments == arguments


@pytest.mark.parametrize(
    ("tool", "arguments", "command"),
    [
        ("notes_read", {"note": "3"}, "notes read 3"),
        ("notes_list", {}, "notes list"),
        ("notes_create", {"title": "The door", "text": "It is green."}, 'notes create "The door" "It is green."'),
        ("files_cat", {"file": "a/b.txt"}, 'files cat "a/b.txt"'),
        ("files_write", {"file": "a", "text": "b\nc"}, 'files write {"file": "a", "text": "b\\nc"}'),
    ],
)
def test_a_call_looks_like_what_a_person_would_type(tool: str, arguments: dict[str, object], command: str) -> None:
    assert VISIT.world.command(tool, arguments) == command


def test_a_tool_that_is_not_there_is_a_command_that_is_not_understood() -> None:
    for arguments in ({}, {"a": 1}, {"a": object()}, {"a": {1, 2}}):
        command = VISIT.world.command("no such\ntool", arguments)
        assert "\n" not in command
        assert [one.name for one in VISIT.take(command)] == [""]
