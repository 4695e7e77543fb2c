"""Asking a provider for a turn, and what came of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import pytest

from backrooms_tui.providers.base import (
    Chunk,
    Finish,
    Omitted,
    Provider,
    ReasoningChunk,
    Request,
    TextChunk,
    ToolCall,
)
from backrooms_tui.providers.servers.anthropic import AnthropicProvider
from backrooms_tui.providers.servers.openai import OpenAIProvider
from backrooms_tui.session.setup import Message, ParamValue
from backrooms_tui.session.trouble import ProviderTrouble, Trouble
from tests.misbehaving import MisbehavingServer

KEY = "sk-test-0123456789abcdef"
MODELS = {"anthropic": "claude-opus-4-5", "openai": "gpt-4o"}


def make_provider(kind: str, server: MisbehavingServer, *, stall_timeout: float = 5.0) -> Provider:
    if kind == "anthropic":
        return AnthropicProvider(api_key=KEY, base_url=server.url, stall_timeout=stall_timeout)
    return OpenAIProvider(
        "openai", api_key=KEY, base_url=server.openai_url, stall_timeout=stall_timeout, key_env="OPENAI_API_KEY"
    )


def ask(provider: Provider, *texts: str, model: str = "", **params: ParamValue) -> Request:
    """A request whose messages are `texts`, turn by turn, beginning and ending with the other's."""
    roles = ("user", "assistant")
    messages = [Message(roles[number % 2], text) for number, text in enumerate(texts or ("Hello?",))]  # type: ignore[arg-type]
    return Request(model or MODELS[provider.name], "You are a test.", messages, params, "session:1")


@dataclass
class Turn:
    """What came of one stream."""

    text: str = ""
    reasoning: str = ""
    calls: list[ToolCall] = field(default_factory=list)
    omitted: list[Omitted] = field(default_factory=list)
    finish: Finish | None = None
    trouble: Trouble | None = None
    chunks: list[Chunk] = field(default_factory=list)


async def turn_of(provider: Provider, request: Request) -> Turn:
    """The turn, also where it fails."""
    turn = Turn()
    try:
        async for chunk in provider.stream(request):
            _add(turn, chunk)
    except ProviderTrouble as error:
        turn.trouble = error.trouble
    return turn


def _add(turn: Turn, chunk: Chunk) -> None:
    turn.chunks.append(chunk)
    match chunk:
        case TextChunk(text):
            assert text
            turn.text += text
        case ReasoningChunk(text):
            assert text
            turn.reasoning += text
        case ToolCall():
            turn.calls.append(chunk)
        case Omitted():
            turn.omitted.append(chunk)
        case Finish():
            turn.finish = chunk


async def trouble_with(provider: Provider, request: Request | None = None) -> Trouble:
    """The trouble that the turn ends in."""
    turn = await turn_of(provider, request or ask(provider))
    if turn.trouble is None:
        pytest.fail(f"no trouble, but {turn.text!r}")
    return turn.trouble


def names(omitted: Iterable[Omitted]) -> list[str]:
    return [one.name for one in omitted]
