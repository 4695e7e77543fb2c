"""A Messages API stream, event by event, as chunks: text, reasoning, calls of tools, and how it ended."""

from collections.abc import Iterator
from typing import Any

from backrooms_tui.providers.base import Chunk, Finish, ReasoningChunk, TextChunk
from backrooms_tui.providers.empty_reply import empty_reply
from backrooms_tui.providers.servers.error_body import one_line
from backrooms_tui.providers.servers.tools import Calls
from backrooms_tui.session.events import StopReason
from backrooms_tui.session.trouble import ProviderTrouble, Trouble
from backrooms_tui.session.usage import Usage

_STOP_REASONS: dict[str, StopReason] = {
    "end_turn": "end",
    "tool_use": "end",
    "stop_sequence": "stop_sequence",
    "max_tokens": "max_tokens",
    "model_context_window_exceeded": "max_tokens",
    "refusal": "refusal",
}


class MessagesStream:
    """Feed it the SDK's events, then close it. One object per reply.

    Events of a server that follows the format loosely raise AttributeError, TypeError or ValueError.
    """

    def __init__(self) -> None:
        self._stop: str | None = None
        self._detail = ""
        self._model = ""
        self._counts: dict[str, int] = {}
        self._thinking_tokens = 0
        self._said = self._reasoned = False
        self._calls = Calls()
        self.seen = False

    @property
    def finished(self) -> bool:
        """Whether the server said that the reply is whole."""
        return self._stop is not None

    def feed(self, event: Any) -> Iterator[Chunk]:
        """The chunks in one event, none of them empty. Redacted thinking and signatures are nobody's to read."""
        self.seen = True
        match event.type:
            case "message_start":
                self._model = getattr(event.message, "model", None) or ""
                self._count(event.message.usage)
            case "content_block_start":
                # Empty as a rule, but a compatible server may begin with words.
                block = event.content_block
                if getattr(block, "type", "") == "tool_use":
                    self._calls.begin(getattr(event, "index", None), block.name, block.input)
                yield from self._words(getattr(block, "text", None), getattr(block, "thinking", None))
            case "content_block_delta":
                yield from self._words(getattr(event.delta, "text", None), getattr(event.delta, "thinking", None))
                if isinstance(arguments := getattr(event.delta, "partial_json", None), str):
                    self._calls.add(getattr(event, "index", None), arguments)
            case "message_delta":
                self._stop = event.delta.stop_reason or self._stop
                details = getattr(event.delta, "stop_details", None)
                self._detail = getattr(details, "explanation", None) or getattr(details, "category", None) or ""
                self._count(getattr(event, "usage", None))
            case "message_stop":
                self._stop = self._stop or "end_turn"

    def close(self) -> Iterator[Chunk]:
        """The calls, then the `Finish`. Raises ProviderTrouble where the reply is cut off or has no words."""
        if self._stop is None:
            raise ProviderTrouble(Trouble("connection", "the reply broke off before its end", "try again", True))
        stop = _STOP_REASONS.get(self._stop, "other")
        if not self._said and not self._calls:
            if self._stop == "model_context_window_exceeded":
                cure = "choose a model with a larger window, or start a branch from a later turn"
                raise ProviderTrouble(Trouble("context_too_long", "the context window is full", cure))
            raise ProviderTrouble(empty_reply(stop, reasoned=self._reasoned, detail=one_line(self._detail)))
        yield from self._calls.close()
        yield Finish(stop, self.usage(), self._model)

    def usage(self) -> Usage:
        """Token counts so far. Anthropic counts cache reads and writes beside `input_tokens`; ours includes them."""
        count = self._counts.get
        read, written = count("cache_read_input_tokens", 0), count("cache_creation_input_tokens", 0)
        return Usage(
            input_tokens=count("input_tokens", 0) + read + written,
            output_tokens=count("output_tokens", 0),
            cache_read_tokens=read,
            cache_write_tokens=written,
            reasoning_tokens=self._thinking_tokens,
        )

    def _words(self, text: object, thinking: object) -> Iterator[Chunk]:
        if isinstance(text, str) and text:
            self._said = self._said or not text.isspace()
            yield TextChunk(text)
        if isinstance(thinking, str) and thinking:
            self._reasoned = True
            yield ReasoningChunk(thinking)

    def _count(self, usage: Any) -> None:
        """The counts of `message_delta` are cumulative and replace those of `message_start`."""
        for name in ("input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens"):
            value = getattr(usage, name, None)
            if isinstance(value, int):
                self._counts[name] = value
        tokens = getattr(getattr(usage, "output_tokens_details", None), "thinking_tokens", None)
        if isinstance(tokens, int):
            self._thinking_tokens = tokens
