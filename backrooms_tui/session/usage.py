"""What a turn used: tokens in and out, and how long it took."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one request, or the sum of several.

    `input_tokens` counts the whole prompt; `cache_read_tokens` and `cache_write_tokens` are parts of it,
    and `reasoning_tokens` is a part of `output_tokens` (the convention of genai-prices and of OpenAI;
    Anthropic's separate counts are added up by its provider).
    """

    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    reasoning_tokens: int = 0

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            self.cache_read_tokens + other.cache_read_tokens,
            self.cache_write_tokens + other.cache_write_tokens,
            self.reasoning_tokens + other.reasoning_tokens,
        )

    @property
    def cached_share(self) -> float:
        """Share of the prompt that was served from a cache, 0 to 1; 0 when nothing was sent."""
        return self.cache_read_tokens / self.input_tokens if self.input_tokens else 0.0


@dataclass(frozen=True, slots=True)
class Timings:
    """Seconds from the request leaving to the first chunk and to the end of the stream."""

    first_chunk: float = 0.0
    total: float = 0.0
