"""What a request becomes for each kind of model, and what is left out and said."""

import json
import subprocess
import sys
import warnings
from typing import Any

import pytest

from backrooms_tui.providers.base import Provider, Request
from backrooms_tui.providers.servers.anthropic import AnthropicProvider
from backrooms_tui.providers.servers.dialects import DIALECTS
from backrooms_tui.providers.servers.openai import OpenAIProvider
from backrooms_tui.session.setup import Message, ParamValue
from tests.misbehaving import MisbehavingServer, Reply, closed_port
from tests.providers.servers.talking import KEY, ask, names, turn_of


def claude(model: str, **params: ParamValue) -> tuple[dict[str, Any], list[str]]:
    body, omitted = AnthropicProvider(api_key=KEY).body(ask(AnthropicProvider(api_key=KEY), model=model, **params))
    return body, names(omitted)


def chat(dialect: str, model: str, **params: ParamValue) -> tuple[dict[str, Any], list[str]]:
    provider = OpenAIProvider(dialect, api_key=KEY, dialect=DIALECTS[dialect])
    body, omitted = provider.body(ask(provider, model=model, **params))
    return body, names(omitted)


@pytest.mark.parametrize("model", ["claude-3-opus-20240229", "claude-3-5-sonnet-20241022", "claude-opus-4-20250514"])
def test_older_claude_models_take_sampling_parameters(model: str) -> None:
    body, omitted = claude(model, temperature=0.7, top_p=0.9, top_k=40)
    assert (body["temperature"], body["top_p"], body["top_k"]) == (0.7, 0.9, 40)
    assert omitted == []


@pytest.mark.parametrize("model", ["claude-opus-4-1-20250805", "claude-haiku-4-5", "claude-sonnet-4-6"])
def test_some_claude_models_take_temperature_or_top_p(model: str) -> None:
    body, omitted = claude(model, temperature=0.7, top_p=0.9)
    assert body["temperature"] == 0.7
    assert "top_p" not in body
    assert omitted == ["top_p"]


@pytest.mark.parametrize("model", ["claude-opus-4-7", "claude-opus-5", "claude-sonnet-5-5", "claude-fable-5-2"])
def test_current_claude_models_take_no_sampling_parameters(model: str) -> None:
    body, omitted = claude(model, temperature=0.7, top_p=0.9, top_k=40)
    assert not {"temperature", "top_p", "top_k"} & set(body)
    assert omitted == ["temperature", "top_p", "top_k"]


def test_current_claude_models_think_adaptively_and_show_it() -> None:
    body, omitted = claude("claude-opus-5", thinking=True, effort="high", max_tokens=500)
    assert body["thinking"] == {"type": "adaptive", "display": "summarized"}
    assert body["output_config"] == {"effort": "high"}
    assert body["max_tokens"] > 500 + 10_000
    assert omitted == []


def test_older_claude_models_think_within_a_budget_that_leaves_the_reply_its_room() -> None:
    body, omitted = claude("claude-sonnet-4-5", thinking=True, effort="low", max_tokens=500, temperature=1.0)
    assert body["thinking"]["type"] == "enabled"
    assert body["max_tokens"] - body["thinking"]["budget_tokens"] == 500
    assert "output_config" not in body
    assert omitted == ["temperature"]


def test_thinking_can_be_turned_off() -> None:
    body, _ = claude("claude-sonnet-5", thinking=False, max_tokens=500)
    assert body["thinking"] == {"type": "disabled"}
    assert body["max_tokens"] == 500
    assert "thinking" not in claude("claude-opus-4-5", thinking=False)[0]


def test_models_that_never_think_leave_it_out() -> None:
    body, omitted = claude("claude-3-5-haiku-20241022", thinking=True, effort="high")
    assert not {"thinking", "output_config"} & set(body)
    assert omitted == ["thinking", "effort"]


def test_claude_replies_have_a_limit_even_where_nobody_set_one() -> None:
    assert claude("claude-opus-4-5")[0]["max_tokens"] == 1024


def test_what_anthropic_never_takes_is_said() -> None:
    assert claude("claude-opus-4-5", seed=7, frequency_penalty=0.5)[1] == ["seed", "frequency_penalty"]


def test_a_long_system_text_has_a_cache_breakpoint_of_its_own() -> None:
    provider = AnthropicProvider(api_key=KEY)
    short, _ = provider.body(Request("claude-opus-5", "Be brief.", [Message("user", "Hi")]))
    long, _ = provider.body(Request("claude-opus-5", "Be brief. " * 500, [Message("user", "Hi")]))
    none, _ = provider.body(Request("claude-opus-5", "", [Message("user", "Hi")]))
    assert "cache_control" not in short["system"][0]
    assert long["system"][0]["cache_control"] == {"type": "ephemeral"}
    assert "system" not in none
    assert short["cache_control"] == {"type": "ephemeral"}


@pytest.mark.parametrize("model", ["o1", "o3-mini", "o4-mini-2025-04-16", "gpt-5", "gpt-5.4-mini", "gpt-6-astra"])
def test_reasoning_models_get_their_own_limit_and_no_sampling_parameters(model: str) -> None:
    body, omitted = chat("openai", model, temperature=0.5, top_p=0.9, frequency_penalty=0.1, max_tokens=300)
    assert body["max_completion_tokens"] > 300
    assert not {"max_tokens", "temperature", "top_p", "frequency_penalty"} & set(body)
    assert omitted == ["temperature", "top_p", "frequency_penalty"]
    assert body["messages"][0]["role"] == "developer"


@pytest.mark.parametrize("model", ["gpt-4o", "gpt-4.1-mini", "gpt-3.5-turbo", "gpt-5-chat-latest"])
def test_other_openai_models_take_them(model: str) -> None:
    body, omitted = chat("openai", model, temperature=0.5, max_tokens=300, seed=7)
    assert (body["temperature"], body["seed"]) == (0.5, 7)
    assert body.get("max_tokens", body.get("max_completion_tokens")) == 300
    assert omitted == []
    assert body["messages"][0]["role"] == "system"


@pytest.mark.parametrize("model", ["o1-mini", "o1-preview", "o1-preview-2024-09-12"])
def test_models_without_a_system_role_get_the_system_text_in_the_first_user_message(model: str) -> None:
    body, omitted = chat("openai", model, effort="high")
    assert [message["role"] for message in body["messages"]] == ["user"]
    assert body["messages"][0]["content"] == "You are a test.\n\nHello?"
    assert omitted == ["effort"]


def test_effort_reaches_reasoning_models_only() -> None:
    assert chat("openai", "o3", effort="low")[0]["reasoning_effort"] == "low"
    assert chat("openai", "gpt-4o", effort="low")[1] == ["effort"]


def test_each_service_gets_its_own_names() -> None:
    assert chat("mistral", "mistral-large", seed=7)[0]["random_seed"] == 7
    assert chat("groq", "llama-3.3", max_tokens=9)[0]["max_completion_tokens"] == 9
    assert chat("vllm", "m", repeat_penalty=1.1, min_p=0.1)[0]["repetition_penalty"] == 1.1
    assert chat("llamacpp", "m", dry_multiplier=0.8, repeat_penalty=1.1)[0]["dry_multiplier"] == 0.8
    body, _ = chat("openrouter", "anthropic/claude-opus-5", effort="low", thinking=True)
    assert body["reasoning"] == {"effort": "low", "enabled": True}
    assert body["cache_control"] == {"type": "ephemeral"}
    assert "cache_control" not in chat("openrouter", "openai/gpt-4o")[0]
    assert chat("vllm", "m", thinking=False)[0]["chat_template_kwargs"] == {"enable_thinking": False}
    assert chat("google", "gemini", seed=7, top_k=40)[1] == ["seed", "top_k"]


def test_only_openai_is_told_the_cache_key() -> None:
    assert chat("openai", "gpt-4o")[0]["prompt_cache_key"] == "session:1"
    assert "prompt_cache_key" not in chat("deepseek", "deepseek-chat")[0]


async def test_usage_is_asked_for_where_the_service_takes_the_question(misbehaving: MisbehavingServer) -> None:
    for dialect in ("generic", "mistral"):
        provider = OpenAIProvider("x", api_key=KEY, base_url=misbehaving.openai_url, dialect=DIALECTS[dialect])
        await turn_of(provider, ask(provider, model="m"))
        await provider.aclose()
    assert misbehaving.requests[0].json["stream_options"] == {"include_usage": True}
    assert "stream_options" not in misbehaving.requests[1].json


async def test_the_cache_key_headers_and_organisation_stay_where_they_belong(
    misbehaving: MisbehavingServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_ORG_ID", "org-mine")
    server = misbehaving.openai_url
    provider = OpenAIProvider(
        "router", api_key="", base_url=server, dialect=DIALECTS["openrouter"], extra_headers={"X-Title": "Backrooms"}
    )
    await turn_of(provider, ask(provider, model="m"))
    await provider.aclose()
    headers = misbehaving.requests[0].headers
    assert headers["x-title"] == "Backrooms"
    assert "openai-organization" not in headers
    assert "authorization" not in headers


async def test_a_subclass_may_add_fields(misbehaving: MisbehavingServer) -> None:
    class Slotted(OpenAIProvider):
        def body(self, request: Request) -> tuple[dict[str, Any], list[Any]]:
            body, omitted = super().body(request)
            return {**body, "id_slot": request.seat - 1, "cache_prompt": True}, omitted

    provider = Slotted("local", api_key="", base_url=misbehaving.openai_url, dialect=DIALECTS["llamacpp"])
    assert (await turn_of(provider, ask(provider, model="m"))).text
    assert misbehaving.requests[0].json["id_slot"] == 0
    await provider.aclose()


TEXTS = [f"Turn {number}: “words” with ünïcode, \\ and \n lines." for number in range(41)]


async def test_each_request_extends_the_last_byte_for_byte(provider: Provider, misbehaving: MisbehavingServer) -> None:
    for turns in range(1, len(TEXTS) + 1, 2):
        await turn_of(provider, ask(provider, *TEXTS[:turns], max_tokens=64))
    bodies = [request.json for request in misbehaving.requests]
    arrays = [messages_bytes(request.body) for request in misbehaving.requests]
    assert len(bodies) == 21
    for earlier, later in zip(range(20), range(1, 21), strict=True):
        before, after = bodies[earlier], bodies[later]
        assert after["messages"][: len(before["messages"])] == before["messages"]
        assert len(after["messages"]) == len(before["messages"]) + 2
        assert arrays[later].startswith(arrays[earlier].removesuffix(b"]"))
        assert {**after, "messages": 0} == {**before, "messages": 0}


def messages_bytes(body: bytes) -> bytes:
    """The messages as they stand in the body."""
    begin = body.index(b'"messages":') + len(b'"messages":')
    text = body[begin:].decode()
    _, length = json.JSONDecoder().raw_decode(text.lstrip())
    return text.lstrip()[:length].encode()


async def test_a_retired_claude_does_not_print_on_the_screen(misbehaving: MisbehavingServer) -> None:
    provider = AnthropicProvider(api_key=KEY, base_url=misbehaving.url)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        await turn_of(provider, ask(provider, model="claude-3-opus-20240229"))
    assert [one for one in caught if "deprecated" in str(one.message)] == []
    await provider.aclose()


def test_the_modules_load_no_sdk() -> None:
    code = (
        "import sys, backrooms_tui.providers.servers.anthropic, backrooms_tui.providers.servers.openai,"
        " backrooms_tui.providers.scripted\n"
        "print([name for name in ('anthropic', 'openai', 'httpx2', 'pydantic') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


async def test_models_are_listed_with_their_windows(misbehaving: MisbehavingServer) -> None:
    listing = {
        "data": [
            {"id": "models/gemini", "owned_by": "google"},
            {"id": "a/router", "name": "A Router", "context_length": 32000},
            {"id": "v", "max_model_len": 8192},
            {"id": "gguf", "meta": {"n_ctx": 4096, "n_ctx_train": 8192}},
        ]
    }
    provider = OpenAIProvider("x", api_key=KEY, base_url=misbehaving.openai_url, dialect=DIALECTS["generic"])
    misbehaving.script(Reply(body=json.dumps(listing)))
    assert await provider.window("a/router") == 32000
    assert await provider.window("gguf") == 4096
    assert await provider.window("unheard of") is None
    assert len(misbehaving.requests) == 1
    misbehaving.script(Reply(body=json.dumps(listing["data"])))
    listed = await provider.models()
    assert [one.model for one in listed] == ["a/router", "gemini", "gguf", "v"]
    assert listed[0].detail == "A Router"
    await provider.aclose()


async def test_claude_models_are_listed(misbehaving: MisbehavingServer) -> None:
    model = {"id": "claude-opus-5", "type": "model", "display_name": "Claude Opus 5", "max_input_tokens": 200000}
    misbehaving.script(Reply(body=json.dumps({"data": [model], "has_more": False, "first_id": None, "last_id": None})))
    provider = AnthropicProvider(api_key=KEY, base_url=misbehaving.url)
    (listed,) = await provider.models()
    assert (listed.model, listed.window, listed.detail) == ("claude-opus-5", 200000, "Claude Opus 5")
    await provider.aclose()


async def test_a_proxy_is_not_asked_for_what_runs_on_this_machine(
    provider: Provider, misbehaving: MisbehavingServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{closed_port()}")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    assert (await turn_of(provider, ask(provider))).text
