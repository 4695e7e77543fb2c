"""The real SDKs each hold a conversation of two agents with a real model, over its own HTTP endpoints."""

from collections.abc import AsyncIterator

import pytest

from backrooms_tui.providers.base import Finish, Provider, Request, TextChunk
from backrooms_tui.providers.servers.anthropic import AnthropicProvider
from backrooms_tui.providers.servers.dialects import LLAMACPP
from backrooms_tui.providers.servers.openai import OpenAIProvider
from backrooms_tui.session.setup import Message
from tests.conftest import EmbeddedServer
from tests.providers.servers.talking import turn_of

SYSTEMS = ("You are Ada, a patient gardener. Answer in one sentence.", "You are Ben, a sailor. Answer in one sentence.")


@pytest.fixture(params=["anthropic", "openai"])
async def talker(request: pytest.FixtureRequest, embedded_server: EmbeddedServer) -> AsyncIterator[Provider]:
    made: Provider
    if request.param == "anthropic":
        made = AnthropicProvider(api_key="none", base_url=embedded_server.url)
    else:
        made = OpenAIProvider("llamacpp", api_key="", base_url=embedded_server.openai_url, dialect=LLAMACPP)
    yield made
    await made.aclose()


async def test_two_agents_talk(talker: Provider, embedded_server: EmbeddedServer) -> None:
    said: list[str] = []
    finishes: list[Finish] = []
    for turn in range(6):
        seat = turn % 2
        # What each has heard and said, from its own side; the first to speak is spoken to first.
        heard = said if seat else ["Tell me about your day.", *said]
        roles = ["assistant" if (len(heard) - number) % 2 == 0 else "user" for number in range(len(heard))]
        messages = [Message(role, text) for role, text in zip(roles, heard, strict=True)]  # type: ignore[arg-type]
        params = {"max_tokens": 24, "temperature": 0.8}
        request = Request(embedded_server.model, SYSTEMS[seat], messages, params, f"talk:{seat + 1}", seat + 1)
        result = await turn_of(talker, request)
        assert result.trouble is None
        assert result.text.strip()
        assert result.finish is not None
        assert result.finish.stop_reason in ("end", "max_tokens")
        assert result.finish.usage.input_tokens > 0
        assert 0 < result.finish.usage.output_tokens <= 24
        said.append(result.text.strip())
        finishes.append(result.finish)
    # From the second round on, most of what an agent sends is known to the server.
    assert all(finish.usage.cached_share > 0.3 for finish in finishes[2:])


async def test_words_arrive_one_by_one(talker: Provider, embedded_server: EmbeddedServer) -> None:
    # On a busy machine several of them are read at once.
    request = Request(embedded_server.model, "", [Message("user", "Count to a hundred.")], {"max_tokens": 96})
    turn = await turn_of(talker, request)
    assert sum(isinstance(chunk, TextChunk) for chunk in turn.chunks) > 3


async def test_a_prompt_that_is_too_long_for_the_real_server(talker: Provider, embedded_server: EmbeddedServer) -> None:
    request = Request(embedded_server.model, "", [Message("user", "word " * 9000)], {"max_tokens": 4})
    turn = await turn_of(talker, request)
    assert turn.trouble is not None
    assert turn.trouble.kind == "context_too_long"


async def test_the_window_that_the_server_tells(embedded_server: EmbeddedServer) -> None:
    provider = OpenAIProvider("llamacpp", api_key="", base_url=embedded_server.openai_url, dialect=LLAMACPP)
    (listed,) = await provider.models()
    assert listed.model.endswith(".gguf")
    assert await provider.window(listed.model) == 4096
    await provider.aclose()
