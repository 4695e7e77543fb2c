"""What prompt caching saves: python -m tests.benchmarks.cache_cost

Two agents talk for 100 turns of 250 tokens through `AnthropicProvider` and the real SDK. The server on the loopback
address bills the input as Anthropic documents its cache (https://platform.claude.com/docs/en/build-with-claude/
prompt-caching): reads at 0.1 of the input price, writes at 1.25, the rest at 1; a prefix counts block by block (system,
then messages); a top-level `cache_control` is a breakpoint at the last block; a breakpoint finds an entry that an
earlier request wrote at most 20 blocks back; nothing shorter than the model's minimum is cached.

Assumed: four characters a token; system texts of 300 tokens; the five minutes that an entry lives are never over,
since each turn refreshes it. The minimum is 1,024 tokens for most models and 4,096 for some, so both are measured.
"""

import asyncio
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from backrooms_tui.providers.base import Finish, Request
from backrooms_tui.providers.servers.anthropic import AnthropicProvider
from backrooms_tui.session.setup import Message
from tests.misbehaving import MisbehavingServer, Recorded, Reply

READ, WRITE = 0.1, 1.25
LOOKBACK = 20
TOKENS_A_TURN = 250
TOKENS_OF_A_SYSTEM = 300
FIGURE = 0.2


def sized(text: str, tokens: int) -> str:
    """`text` and as many words after it as make it `tokens` long."""
    length = tokens * 4
    return (text + " and so on" * length)[:length]


@dataclass
class PromptCache:
    """Anthropic's cache of one organisation: entries by the hash of everything up to a breakpoint."""

    minimum: int
    entries: set[str] = field(default_factory=set)
    turns: int = 0

    def answer(self, request: Recorded) -> Reply:
        """A turn, with the usage that the cache makes of its request."""
        given, read, written = self._bill(request.json)
        self.turns += 1
        text = sized(f"Turn {self.turns}.", TOKENS_A_TURN)
        return Reply(text, usage=(given, TOKENS_A_TURN, read, written))

    def _bill(self, body: dict[str, Any]) -> tuple[int, int, int]:
        """Tokens of the request: at full price, read and written."""
        prefixes, breakpoints = self._prefixes(body)
        total = prefixes[-1][1]
        read = 0
        for point in breakpoints:
            for index in range(point, max(-1, point - LOOKBACK), -1):
                key, tokens = prefixes[index]
                if key in self.entries:
                    read = max(read, tokens)
                    break
        cached = read
        for point in breakpoints:
            key, tokens = prefixes[point]
            if tokens >= self.minimum:
                self.entries.add(key)
                cached = max(cached, tokens)
        return total - cached, read, cached - read

    def _prefixes(self, body: dict[str, Any]) -> tuple[list[tuple[str, int]], list[int]]:
        """For each block the hash and the tokens of everything up to its end, and which blocks are breakpoints."""
        blocks = [("system", block) for block in body.get("system", [])]
        for message in body["messages"]:
            content = message["content"]
            parts = [{"type": "text", "text": content}] if isinstance(content, str) else content
            blocks += [(message["role"], part) for part in parts]
        digest = hashlib.sha256(body["model"].encode())
        prefixes: list[tuple[str, int]] = []
        tokens = 0
        for role, block in blocks:
            digest.update(json.dumps([role, block["text"]]).encode())
            tokens += len(block["text"]) // 4
            prefixes.append((digest.hexdigest(), tokens))
        breakpoints = [index for index, (_, block) in enumerate(blocks) if "cache_control" in block]
        if "cache_control" in body:
            breakpoints.append(len(blocks) - 1)
        assert len(breakpoints) <= 4, "Anthropic takes four breakpoints at most"
        return prefixes, breakpoints


@dataclass(frozen=True)
class Bill:
    """Input of a whole session, in tokens at full price: as billed, and as it would be without a cache."""

    cached: float
    uncached: float

    @property
    def ratio(self) -> float:
        """Share of the uncached price that is paid."""
        return self.cached / self.uncached


async def measure(turns: int = 100, minimum: int = 1024, model: str = "claude-opus-4-5") -> Bill:
    """Hold the conversation and add up what it costs."""
    cache = PromptCache(minimum)
    systems = [sized(f"You are agent {seat}.", TOKENS_OF_A_SYSTEM) for seat in (1, 2)]
    views: list[list[Message]] = [[Message("user", "Begin.")], []]
    cached = uncached = 0.0
    with MisbehavingServer(cache.answer) as server:
        provider = AnthropicProvider(api_key="none", base_url=server.url)
        for turn in range(turns):
            seat = turn % 2
            request = Request(model, systems[seat], views[seat], {"max_tokens": 400}, f"bill:{seat + 1}", seat + 1)
            said, finish = "", None
            async for chunk in provider.stream(request):
                if isinstance(chunk, Finish):
                    finish = chunk
                else:
                    said += getattr(chunk, "text", "")
            assert finish is not None
            usage = finish.usage
            full = usage.input_tokens - usage.cache_read_tokens - usage.cache_write_tokens
            cached += full + READ * usage.cache_read_tokens + WRITE * usage.cache_write_tokens
            uncached += usage.input_tokens
            views[seat].append(Message("assistant", said))
            views[1 - seat].append(Message("user", said))
        await provider.aclose()
    return Bill(cached, uncached)


def main() -> None:
    """Print what was measured."""
    for minimum in (1024, 4096):
        bill = asyncio.run(measure(minimum=minimum))
        print(
            f"at least {minimum} tokens to cache: {bill.cached:>9,.0f} instead of {bill.uncached:>9,.0f} tokens' price,"
            f" {bill.ratio:.3f} of it (figure: at most {FIGURE})"
        )


if __name__ == "__main__":
    main()
