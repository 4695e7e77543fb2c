"""A reply that must follow a JSON schema: how each kind of server is told, and what happens where it refuses."""

from dataclasses import replace
from typing import Any

import pytest

from backrooms_tui.providers.base import Provider
from backrooms_tui.providers.servers.anthropic import AnthropicProvider
from backrooms_tui.providers.servers.dialects import DIALECTS
from backrooms_tui.providers.servers.openai import OpenAIProvider
from tests.misbehaving import MisbehavingServer, Reply
from tests.providers.servers.talking import KEY, ask, turn_of

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "maxLength": {"type": "string", "maxLength": 80},
        "turns": {"type": "array", "items": {"type": "integer", "minimum": 1, "maximum": 9}, "minItems": 1},
        "score": {"type": "integer", "enum": [1, 2, 3]},
    },
    "required": ["maxLength", "turns", "score"],
    "additionalProperties": False,
}


def test_claude_is_told_by_its_output_format() -> None:
    provider = AnthropicProvider(api_key=KEY)
    asked = replace(ask(provider, model="claude-opus-5", effort="low"), schema=SCHEMA)
    config = provider.body(asked)[0]["output_config"]
    assert config["effort"] == "low"
    assert config["format"]["type"] == "json_schema"
    told = config["format"]["schema"]["properties"]
    assert told["score"] == SCHEMA["properties"]["score"]
    # The API answers these keywords with a 400; a property may be called as one is.
    assert told["maxLength"] == {"type": "string"}
    assert told["turns"]["items"] == {"type": "integer"}


@pytest.mark.parametrize("model", ["claude-3-opus-20240229", "claude-3-7-sonnet-20250219", "claude-opus-4-20250514"])
def test_older_claude_models_are_told_by_words_alone(model: str) -> None:
    provider = AnthropicProvider(api_key=KEY)
    assert "output_config" not in provider.body(replace(ask(provider, model=model), schema=SCHEMA))[0]


def test_chat_completions_are_told_by_the_response_format() -> None:
    provider = OpenAIProvider("openai", api_key=KEY)
    told = provider.body(replace(ask(provider, model="gpt-4o"), schema=SCHEMA))[0]["response_format"]
    assert told["type"] == "json_schema"
    assert told["json_schema"]["strict"] is True
    assert told["json_schema"]["schema"]["properties"]["turns"] == SCHEMA["properties"]["turns"]
    assert told["json_schema"]["schema"]["properties"]["maxLength"] == {"type": "string"}


def test_llama_cpp_makes_a_grammar_of_all_of_it() -> None:
    provider = OpenAIProvider("llamacpp", api_key="", dialect=DIALECTS["llamacpp"])
    body = provider.body(replace(ask(provider, model="m"), schema=SCHEMA))[0]
    assert body["json_schema"] == SCHEMA
    assert "response_format" not in body


def test_a_service_that_knows_no_schemas_is_asked_for_json() -> None:
    provider = OpenAIProvider("deepseek", api_key=KEY, dialect=DIALECTS["deepseek"])
    body = provider.body(replace(ask(provider, model="deepseek-chat"), schema=SCHEMA))[0]
    assert body["response_format"] == {"type": "json_object"}


@pytest.mark.parametrize(
    "words",
    [
        "This response_format type is unavailable now",
        "output_config.format: this model does not support structured outputs",
        "Invalid schema: 'minimum' is not permitted",
        "Failed to initialize samplers: failed to parse grammar",
        "Failed to generate JSON. Please adjust your prompt.",
    ],
)
async def test_where_it_is_refused_the_words_have_to_do(
    provider: Provider, misbehaving: MisbehavingServer, words: str
) -> None:
    misbehaving.script(Reply.refusing(400, words), Reply('{"score": 2}'))
    asked = replace(ask(provider, temperature=0.5), schema=SCHEMA)
    turn = await turn_of(provider, asked)
    assert turn.text == '{"score": 2}'
    assert turn.omitted == []
    await turn_of(provider, asked)
    first, second, third = (request.json for request in misbehaving.requests)
    field = "output_config" if provider.name == "anthropic" else "response_format"
    assert field in first
    assert field not in second
    assert field not in third  # it is remembered
    assert third["temperature"] == 0.5


async def test_another_refusal_leaves_the_schema_in(provider: Provider, misbehaving: MisbehavingServer) -> None:
    misbehaving.script(Reply.refusing(400, "temperature is not supported", param="temperature"))
    turn = await turn_of(provider, replace(ask(provider, temperature=0.5), schema=SCHEMA))
    assert [one.name for one in turn.omitted] == ["temperature"]
    field = "output_config" if provider.name == "anthropic" else "response_format"
    assert field in misbehaving.requests[1].json


async def test_who_asks_for_no_schema_sends_none(provider: Provider, misbehaving: MisbehavingServer) -> None:
    await turn_of(provider, ask(provider))
    assert not {"output_config", "response_format", "json_schema"} & set(misbehaving.requests[0].json)
