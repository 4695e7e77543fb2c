"""A model that is given tools calls some: how each kind of server is told of them, and how the calls come back."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from backrooms_tui.providers.base import Provider, ToolCall
from backrooms_tui.providers.servers.anthropic import AnthropicProvider
from backrooms_tui.providers.servers.dialects import DIALECTS, LLAMACPP
from backrooms_tui.providers.servers.openai import OpenAIProvider
from backrooms_tui.providers.servers.tools import arguments_schema
from backrooms_tui.session.world_tool import Tool
from tests.conftest import EmbeddedServer
from tests.misbehaving import MisbehavingServer, Recorded, Reply
from tests.providers.servers.talking import KEY, ask, names, trouble_with, turn_of

SCHEMA: Mapping[str, Any] = {"type": "object", "properties": {"title": {"type": "string"}}, "required": ["title"]}
TOOLS = (Tool("notes_create", "Write a note.", SCHEMA), Tool("notes_list", "List the notes.", {"type": "object"}))


def given(provider: Provider, **more: Any) -> Any:
    return replace(ask(provider, **more), tools=TOOLS)


async def test_a_call_comes_whole_after_the_words(provider: Provider, misbehaving: MisbehavingServer) -> None:
    arguments = '{"title": "Rain, 雨 and \\"quotes\\""}'
    misbehaving.script(Reply("Let me write that down.", calls=(("notes_create", arguments), ("notes_list", "{}"))))
    turn = await turn_of(provider, given(provider))
    assert turn.text == "Let me write that down."
    assert turn.calls == [ToolCall("notes_create", arguments), ToolCall("notes_list", "{}")]
    assert turn.finish is not None
    assert turn.finish.stop_reason == "end"
    assert turn.chunks[-1] is turn.finish


async def test_a_reply_that_is_only_a_call_is_no_empty_reply(
    provider: Provider, misbehaving: MisbehavingServer
) -> None:
    misbehaving.script(Reply("", calls=(("notes_list", ""),)))
    turn = await turn_of(provider, given(provider))
    assert turn.trouble is None
    assert [call.name for call in turn.calls] == ["notes_list"]
    assert turn.calls[0].arguments in ("", "{}")


async def test_a_call_that_is_cut_off_comes_as_far_as_it_got(
    provider: Provider, misbehaving: MisbehavingServer
) -> None:
    misbehaving.script(Reply("", calls=(("notes_create", '{"title": "Ra'),), stop="max_tokens"))
    turn = await turn_of(provider, given(provider))
    assert turn.calls == [ToolCall("notes_create", '{"title": "Ra')]
    assert turn.finish is not None
    assert turn.finish.stop_reason == "max_tokens"


async def test_a_stream_that_breaks_before_its_end_calls_nothing(
    provider: Provider, misbehaving: MisbehavingServer
) -> None:
    misbehaving.script(Reply("", calls=(("notes_list", "{}"),), ending="truncated"))
    turn = await turn_of(provider, given(provider))
    assert turn.calls == []
    assert turn.trouble is not None
    assert turn.trouble.may_pass


def test_each_is_told_of_them_in_its_own_way() -> None:
    chat = OpenAIProvider("openai", api_key=KEY)
    assert chat.body(given(chat))[0]["tools"][0] == {
        "type": "function",
        "function": {"name": "notes_create", "description": "Write a note.", "parameters": SCHEMA},
    }
    claude = AnthropicProvider(api_key=KEY)
    assert claude.body(given(claude))[0]["tools"][0] == {
        "name": "notes_create",
        "description": "Write a note.",
        "input_schema": SCHEMA,
    }


def test_without_tools_nothing_is_said_of_them() -> None:
    for provider in (OpenAIProvider("openai", api_key=KEY), AnthropicProvider(api_key=KEY)):
        assert "tools" not in provider.body(ask(provider))[0]


def test_long_tools_have_a_place_of_their_own_in_claudes_cache() -> None:
    claude = AnthropicProvider(api_key=KEY)
    long = (*TOOLS, Tool("long", "x" * 1000, {"type": "object", "properties": {"a": {"description": "y" * 4000}}}))
    request = replace(ask(claude), tools=long)
    body = claude.body(request)[0]
    assert body["system"][-1]["cache_control"] == {"type": "ephemeral"}
    assert not any("cache_control" in tool for tool in body["tools"])
    alone = claude.body(replace(request, system=""))[0]
    assert [("cache_control" in tool) for tool in alone["tools"]] == [False, False, True]
    assert "cache_control" not in claude.body(given(claude))[0]["system"][-1]


@pytest.mark.parametrize(
    "words",
    [
        "tools: this model does not support tool use",
        '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set',
        "`tool calling` is not supported with this model",
        "tools param requires --jinja flag",
    ],
)
async def test_a_model_that_takes_none_goes_on_without_them(
    provider: Provider, misbehaving: MisbehavingServer, words: str
) -> None:
    misbehaving.script(Reply.refusing(400, words), Reply("notes list"))
    turn = await turn_of(provider, given(provider, temperature=0.5))
    assert turn.text == "notes list"
    assert [(one.name, one.why) for one in turn.omitted] == [("tools", words)]
    again = await turn_of(provider, given(provider, temperature=0.5))
    assert names(again.omitted) == ["tools"]
    assert ["tools" in request.json for request in misbehaving.requests] == [True, False, False]
    assert misbehaving.requests[-1].json["temperature"] == 0.5


async def test_openrouter_has_nobody_who_takes_them(misbehaving: MisbehavingServer) -> None:
    provider = OpenAIProvider(
        "openrouter", api_key=KEY, base_url=misbehaving.openai_url, dialect=DIALECTS["openrouter"]
    )
    misbehaving.script(Reply.refusing(404, "No endpoints found that support tool use."), Reply("So be it."))
    turn = await turn_of(provider, given(provider, model="m"))
    assert (turn.text, names(turn.omitted)) == ("So be it.", ["tools"])
    await provider.aclose()


async def test_a_missing_model_is_missing_whatever_its_name_is(
    provider: Provider, misbehaving: MisbehavingServer
) -> None:
    misbehaving.script(Reply.refusing(404, "The model `llama-tool-use` does not exist"))
    await trouble_with(provider, given(provider))
    assert len(misbehaving.requests) == 1


async def test_a_schema_that_is_refused_is_told_in_words(provider: Provider, misbehaving: MisbehavingServer) -> None:
    misbehaving.script(
        Reply.refusing(400, "Invalid schema for function 'notes_create': pattern is not permitted", param="tools[0]"),
        Reply("", calls=(("notes_create", '{"title": "Rain"}'),)),
    )
    turn = await turn_of(provider, given(provider))
    assert turn.omitted == []
    assert turn.calls == [ToolCall("notes_create", '{"title": "Rain"}')]
    tool = misbehaving.requests[1].json["tools"][0]
    tool = tool.get("function", tool)
    assert json.dumps(SCHEMA) in tool["description"]
    assert (tool.get("parameters") or tool["input_schema"]) == {"type": "object", "properties": {}}


async def test_another_refusal_leaves_the_tools_in(provider: Provider, misbehaving: MisbehavingServer) -> None:
    misbehaving.script(Reply.refusing(400, "temperature is not supported", param="temperature"))
    turn = await turn_of(provider, given(provider, temperature=0.5))
    assert names(turn.omitted) == ["temperature"]
    assert "tools" in misbehaving.requests[1].json


async def test_a_call_that_the_server_could_not_read_may_pass(misbehaving: MisbehavingServer) -> None:
    provider = OpenAIProvider("groq", api_key=KEY, base_url=misbehaving.openai_url, dialect=DIALECTS["groq"])
    words = "Failed to call a function. Please adjust your prompt. See 'failed_generation' for more details."
    misbehaving.script(Reply.refusing(400, words, code="tool_use_failed"))
    trouble = await trouble_with(provider, given(provider, model="m"))
    assert trouble.may_pass
    assert len(misbehaving.requests) == 1
    await provider.aclose()


def event(**delta: Any) -> str:
    choice = {"index": 0, "delta": delta, "finish_reason": None}
    return f"data: {json.dumps({'id': 'c', 'object': 'chat.completion.chunk', 'choices': [choice]})}"


@pytest.mark.parametrize(
    "pieces",
    [
        # Both under index 0, each whole (Google).
        [
            {"index": 0, "id": "a", "function": {"name": "one", "arguments": '{"x": 1}'}},
            {"index": 0, "id": "b", "function": {"name": "two", "arguments": "{}"}},
        ],
        # Without an index.
        [
            {"id": "a", "function": {"name": "one", "arguments": '{"x": 1}'}},
            {"id": "b", "function": {"name": "two", "arguments": "{}"}},
        ],
        # The name again with each piece.
        [
            {"index": 0, "id": "a", "function": {"name": "one", "arguments": '{"x"'}},
            {"index": 0, "id": "a", "function": {"name": "one", "arguments": ": 1}"}},
            {"index": 1, "id": "b", "function": {"name": "two", "arguments": "{}"}},
        ],
        # Arguments as an object, and in turns.
        [
            {"index": 0, "id": "a", "function": {"name": "one", "arguments": {"x": 1}}},
            {"index": 1, "id": "b", "function": {"name": "two", "arguments": ""}},
            {"index": 1, "function": {"arguments": "{"}},
            {"index": 1, "function": {"arguments": "}"}},
        ],
    ],
)
async def test_servers_that_send_calls_in_their_own_way(
    misbehaving: MisbehavingServer, pieces: list[dict[str, Any]]
) -> None:
    provider = OpenAIProvider("x", api_key=KEY, base_url=misbehaving.openai_url, dialect=DIALECTS["generic"])
    misbehaving.script(Reply("", raw=tuple(event(tool_calls=[piece]) for piece in pieces), stop="tool_calls"))
    turn = await turn_of(provider, given(provider, model="m"))
    assert turn.calls == [ToolCall("one", '{"x": 1}'), ToolCall("two", "{}")]
    await provider.aclose()


async def test_llama_cpp_says_whether_the_template_has_a_place_for_them() -> None:
    caps = {"supports_tools": False}

    def answer(request: Recorded) -> Reply:
        if request.path == "/props":
            return Reply(body=json.dumps({"chat_template_caps": caps}))
        return Reply("Hello.")

    with MisbehavingServer(answer) as server:
        provider = OpenAIProvider("llamacpp", api_key="", base_url=server.openai_url, dialect=LLAMACPP)
        for _ in range(2):
            turn = await turn_of(provider, given(provider, model="m"))
            assert [(one.name, one.why) for one in turn.omitted] == [
                ("tools", "its chat template has no place for tools")
            ]
        assert [request.path for request in server.requests].count("/props") == 1
        caps["supports_tools"] = True
        turn = await turn_of(provider, given(provider, model="another"))
        assert turn.omitted == []
        assert "tools" in server.requests[-1].json
        await provider.aclose()


async def test_the_starter_model_is_told_of_none(embedded_server: EmbeddedServer) -> None:
    provider = OpenAIProvider("llamacpp", api_key="", base_url=embedded_server.openai_url, dialect=LLAMACPP)
    turn = await turn_of(provider, given(provider, model=embedded_server.model, max_tokens=8))
    assert turn.text
    assert names(turn.omitted) == ["tools"]
    await provider.aclose()


def test_a_schema_becomes_what_all_of_them_take() -> None:
    odd = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "properties": {
            "where": {"$ref": "#/$defs/Place", "description": "Where to"},
            "definitions": {"type": "string"},
            "again": {"$ref": "#/$defs/Loop"},
            "elsewhere": {"$ref": "https://example.org/x.json"},
        },
        "anyOf": [{"properties": {"how": {"type": "string"}}}, {"required": ["where"]}],
        "$defs": {
            "Place": {"type": "object", "properties": {"x": {"type": "number"}}, "description": "A place"},
            "Loop": {"type": "object", "properties": {"next": {"$ref": "#/$defs/Loop"}}},
        },
    }
    told = arguments_schema(odd)
    assert told["type"] == "object"
    assert set(told) == {"type", "properties"}
    assert told["properties"]["where"] == {
        "type": "object",
        "properties": {"x": {"type": "number"}},
        "description": "Where to",
    }
    assert told["properties"]["definitions"] == {"type": "string"}
    assert told["properties"]["how"] == {"type": "string"}
    assert told["properties"]["elsewhere"] == {}
    assert "$ref" not in json.dumps(told)


def test_a_schema_that_refers_to_itself_without_end_stays_small() -> None:
    many = {f"p{number}": {"$ref": f"#/$defs/d{number % 5}"} for number in range(20)}
    definitions = {f"d{number}": {"type": "object", "properties": many} for number in range(5)}
    told = json.dumps(arguments_schema({"type": "object", "properties": many, "$defs": definitions}))
    assert len(told) < 1_000_000
    assert "$ref" not in told


def test_tools_are_told_in_the_same_bytes_each_time(provider_bodies: list[bytes]) -> None:
    assert provider_bodies[0] == provider_bodies[1]


@pytest.fixture(params=["anthropic", "openai"])
def provider_bodies(request: pytest.FixtureRequest) -> list[bytes]:
    made = AnthropicProvider(api_key=KEY) if request.param == "anthropic" else OpenAIProvider("openai", api_key=KEY)
    return [json.dumps(made.body(given(made))[0]["tools"]).encode() for _ in range(2)]
