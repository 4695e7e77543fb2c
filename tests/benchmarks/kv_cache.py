"""How much of the prompts the KV cache serves in a conversation on the embedded model.

    python -m tests.benchmarks.kv_cache [AGENTS ...]

Twenty turns for each number of agents (2 where none is given). Prints the share of prompt tokens from the KV cache per
round, and the figure: the share of all prompt tokens from the second round on, which has to be at least 85% for two
agents. With more agents each request brings more that is new, so beside it stands the share of what could come from a
cache at all: what the same agent was sent, and said, the time before. `BACKROOMS_TEST_GGUF` names another model.
"""

import asyncio
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from backrooms_tui.providers.base import Finish, Request, TextChunk
from backrooms_tui.providers.local.local import LocalProvider
from backrooms_tui.providers.local.starter import STARTER
from backrooms_tui.session.setup import Message
from backrooms_tui.session.usage import Usage

TURNS = 20
GOAL = 0.85
_SYSTEM = (
    "You are {name}, one of {count} travellers who share a slow night train through the mountains. You speak in the "
    "first person, two or three sentences at a time, about what you see, what you remember and what you wonder. You "
    "listen, you ask, and you never speak for the others."
)


@dataclass
class Round:
    """Tokens of one round: what was used, and how many prompt tokens the agents had been sent or had said before."""

    usage: Usage = Usage()  # noqa: RUF009 - frozen
    known: int = 0


def prompt_of(seat: int, spoken: Sequence[tuple[int, str]]) -> list[Message]:
    """What the agent at `seat` is sent: its own turns as assistant, all the others' as user, neighbours joined."""
    messages = [Message("user", "The train leaves the station. Somebody begins to talk.")]
    for speaker, text in spoken:
        role = "assistant" if speaker == seat else "user"
        if messages[-1].role == role:
            messages[-1] = Message(messages[-1].role, f"{messages[-1].text}\n\n{text}")
        else:
            messages.append(Message("assistant" if speaker == seat else "user", text))
    return messages


async def rounds(provider: LocalProvider, model: str, agents: int, turns: int = TURNS) -> list[Round]:
    """Holds a conversation and counts."""
    spoken: list[tuple[int, str]] = []
    known: dict[int, int] = {}
    counted: list[Round] = []
    for turn in range(turns):
        seat = turn % agents + 1
        system = _SYSTEM.format(name=f"traveller {seat}", count=agents)
        request = Request(model, system, prompt_of(seat, spoken), {"seed": turn, "max_tokens": 120}, seat=seat)
        text = ""
        async for chunk in provider.stream(request):
            if isinstance(chunk, TextChunk):
                text += chunk.text
            elif isinstance(chunk, Finish):
                if seat == 1:
                    counted.append(Round())
                counted[-1].usage += chunk.usage
                counted[-1].known += known.get(seat, 0)
                known[seat] = chunk.usage.input_tokens + chunk.usage.output_tokens
        spoken.append((seat, text))
    return counted


async def main(numbers: Sequence[int]) -> None:
    """Measures and prints."""
    model = os.environ.get("BACKROOMS_TEST_GGUF") or STARTER.file
    provider = LocalProvider(Path(tempfile.gettempdir()) / "backrooms-tests-models")
    await provider.ready(model)
    for agents in numbers:
        print(f"{agents} agents, {TURNS} turns")
        counted = await rounds(provider, model, agents)
        for number, one in enumerate(counted, 1):
            read, sent = one.usage.cache_read_tokens, one.usage.input_tokens
            print(f"  round {number:2}  {read:6,} of {sent:6,}  {read / sent:6.1%}")
        later = sum((one.usage for one in counted[1:]), Usage())
        known = sum(one.known for one in counted[1:])
        verdict = "" if agents != 2 else f"  (goal {GOAL:.0%}: {'met' if later.cached_share >= GOAL else 'MISSED'})"
        print(f"  from the second round on: {later.cached_share:.1%} of {later.input_tokens:,} prompt tokens{verdict}")
        print(f"  of what a cache could serve: {later.cache_read_tokens / known:.1%} of {known:,}")
    await provider.aclose()


if __name__ == "__main__":
    asyncio.run(main([int(word) for word in sys.argv[1:]] or [2]))
