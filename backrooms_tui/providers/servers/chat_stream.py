"""A chat-completions stream, event by event, as chunks: text, reasoning, calls of tools, and how it ended."""

from collections.abc import Iterator, Sequence
from typing import Any

from backrooms_tui.providers.base import Chunk, Finish, ReasoningChunk, TextChunk
from backrooms_tui.providers.empty_reply import empty_reply
from backrooms_tui.providers.servers.dialects import Dialect
from backrooms_tui.providers.servers.tools import Calls
from backrooms_tui.providers.thinking_tags import Channel, ThinkingTags
from backrooms_tui.session.events import StopReason
from backrooms_tui.session.trouble import ProviderTrouble, Trouble
from backrooms_tui.session.usage import Usage

_STOP_REASONS: dict[str, StopReason] = {
    "stop": "end",
    "eos": "end",
    "end_turn": "end",
    "tool_calls": "end",
    "function_call": "end",
    "length": "max_tokens",
    "model_length": "max_tokens",
    "max_tokens": "max_tokens",
    "content_filter": "refusal",
    "refusal": "refusal",
    "safety": "refusal",
    "stop_sequence": "stop_sequence",
}


class ChatStream:
    """Feed it the SDK's events, then close it. One object per reply.

    Events of a server that follows the format loosely raise AttributeError, TypeError, KeyError or ValueError.
    """

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._tags = ThinkingTags() if dialect.think_tags else None
        self._stop: str | None = None
        self._usage: Any = None
        self._model = ""
        self._said = self._reasoned = self._declined = False
        self._calls = Calls()
        self.seen = False

    @property
    def finished(self) -> bool:
        """Whether the server said that the reply is whole."""
        return self._stop is not None

    def feed(self, event: Any) -> Iterator[Chunk]:
        """The chunks in one event, none of them empty."""
        self.seen = True
        self._model = getattr(event, "model", None) or self._model
        # Groq hangs its counts on a field of its own.
        usages = (getattr(event, "usage", None), getattr(getattr(event, "x_groq", None), "usage", None))
        self._usage = next((usage for usage in usages if usage), self._usage)
        for choice in getattr(event, "choices", None) or ():
            delta = getattr(choice, "delta", None)
            if delta is not None:
                yield from self._delta(delta)
            stop = getattr(choice, "finish_reason", None)
            if stop == "error":
                raise ProviderTrouble(Trouble("overloaded", "the model broke off with an error", "try again", True))
            self._stop = stop or self._stop

    def close(self) -> Iterator[Chunk]:
        """What was held back, the calls, then the `Finish`. Raises ProviderTrouble where the reply is cut off or
        empty."""
        if self._tags is not None:
            yield from self._chunks(self._tags.flush())
        if self._stop is None and self._usage is None:
            raise ProviderTrouble(Trouble("connection", "the reply broke off before its end", "try again", True))
        stop = _STOP_REASONS.get(str(self._stop).lower(), "other") if self._stop else "end"
        if self._declined:
            stop = "refusal"
        if not self._said and not self._calls:
            raise ProviderTrouble(empty_reply(stop, reasoned=self._reasoned))
        yield from self._calls.close()
        yield Finish(stop, usage_of(self._usage), self._model)

    def _delta(self, delta: Any) -> Iterator[Chunk]:
        for name in self._dialect.reasoning_fields:
            thought = getattr(delta, name, None)
            if isinstance(thought, str) and thought:
                yield from self._chunks([("reasoning", thought)])
                break
        for channel, text in _parts(getattr(delta, "content", None)):
            if channel == "text" and self._tags is not None:
                yield from self._chunks(self._tags.feed(text))
            else:
                yield from self._chunks([(channel, text)])
        for piece in getattr(delta, "tool_calls", None) or ():
            self._calls.feed(piece)
        refusal = getattr(delta, "refusal", None)
        if isinstance(refusal, str) and refusal:
            self._declined = True
            yield from self._chunks([("text", refusal)])

    def _chunks(self, parts: Sequence[tuple[Channel, str]]) -> Iterator[Chunk]:
        for channel, text in parts:
            if channel == "text":
                self._said = self._said or not text.isspace()
                yield TextChunk(text)
            else:
                self._reasoned = True
                yield ReasoningChunk(text)


def usage_of(usage: Any) -> Usage:
    """A service's token counts in our convention: cached tokens are a part of the input, reasoning of the output."""
    if usage is None:
        return Usage()
    prompt, completion = _count(usage, "prompt_tokens"), _count(usage, "completion_tokens")
    reasoning = _count(getattr(usage, "completion_tokens_details", None), "reasoning_tokens")
    # xAI and Google leave reasoning out of completion_tokens; only the total shows it.
    if reasoning and prompt + completion + reasoning <= _count(usage, "total_tokens"):
        completion += reasoning
    details = getattr(usage, "prompt_tokens_details", None)
    # DeepSeek counts its cache beside the details.
    cached = _count(details, "cached_tokens") or _count(usage, "prompt_cache_hit_tokens")
    return Usage(
        input_tokens=prompt,
        output_tokens=completion,
        cache_read_tokens=cached,
        cache_write_tokens=_count(details, "cache_write_tokens"),
        reasoning_tokens=reasoning,
    )


def _count(holder: Any, name: str) -> int:
    value = holder.get(name) if isinstance(holder, dict) else getattr(holder, name, None)
    return int(value) if isinstance(value, int | float) else 0


def _parts(content: Any) -> Iterator[tuple[Channel, str]]:
    """The text of a delta. Mistral's reasoning models send a list of typed parts instead of a string."""
    if isinstance(content, str):
        if content:
            yield "text", content
        return
    for part in content or ():
        channel: Channel = "reasoning" if part.get("type") == "thinking" else "text"
        inner = part.get("thinking") if channel == "reasoning" else part.get("text")
        for piece in [inner] if isinstance(inner, str) else inner or ():
            text = piece if isinstance(piece, str) else piece.get("text", "")
            if text:
                yield channel, text
