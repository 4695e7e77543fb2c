"""Models of Ollama that call tools, and those that cannot."""

from dataclasses import replace

from backrooms_tui.providers.base import Finish, Omitted, Request, TextChunk, ToolCall
from backrooms_tui.providers.servers.ollama import OllamaProvider
from backrooms_tui.session.setup import Message
from backrooms_tui.session.world_tool import Tool
from tests.providers.servers.ollama.ollama_server import OllamaServer

SCHEMA = {"type": "object", "properties": {"title": {"type": "string"}}, "required": ["title"]}
ASKED = Request(
    "small", "You explore.", [Message("user", "Go on.")], {}, "s:1", tools=(Tool("notes_create", "Write.", SCHEMA),)
)


async def test_it_is_told_of_the_tools_and_calls_some(provider: OllamaProvider, server: OllamaServer) -> None:
    calls = [
        {"function": {"name": "notes_create", "arguments": {"title": "Rain, 雨"}}},
        {"function": {"name": "notes_create", "arguments": {}}},
    ]
    server.chat = [{"message": {"content": "", "tool_calls": calls}}, server.done()]
    chunks = [chunk async for chunk in provider.stream(ASKED)]
    assert chunks[:2] == [ToolCall("notes_create", '{"title": "Rain, 雨"}'), ToolCall("notes_create", "{}")]
    assert isinstance(chunks[2], Finish)
    assert chunks[2].stop_reason == "end"
    assert server.bodies("/api/chat")[0]["tools"] == [
        {"type": "function", "function": {"name": "notes_create", "description": "Write.", "parameters": SCHEMA}}
    ]


async def test_a_model_that_takes_none_goes_on_without_them(provider: OllamaProvider, server: OllamaServer) -> None:
    why = "registry.ollama.ai/library/small:latest does not support tools"
    server.takes_no_tools = why
    for _ in range(2):
        chunks = [chunk async for chunk in provider.stream(ASKED)]
        assert chunks[0] == Omitted("tools", why)
        assert [chunk.text for chunk in chunks if isinstance(chunk, TextChunk)] == ["Hello", " there."]
    assert ["tools" in body for body in server.bodies("/api/chat")] == [True, False, False]


async def test_without_tools_nothing_is_said_of_them(provider: OllamaProvider, server: OllamaServer) -> None:
    server.takes_no_tools = "no"
    chunks = [chunk async for chunk in provider.stream(replace(ASKED, tools=()))]
    assert not any(isinstance(chunk, Omitted) for chunk in chunks)
    assert "tools" not in server.bodies("/api/chat")[0]
