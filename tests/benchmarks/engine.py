"""What the engine adds to a turn: from the last chunk of one turn to the next request leaving, recording included.

Run with: python -m tests.benchmarks.engine [TURNS]
Figures: median 3 ms or less, and around turn 10,000 no more than 1.5 times what it is around turn 100.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path

from backrooms_tui.conversation.conversation import Conversation
from backrooms_tui.providers.base import Chunk, Finish, Listing, Provider, Request, TextChunk
from backrooms_tui.session.setup import AgentSetup, Rules, Setup
from backrooms_tui.session.usage import Usage
from backrooms_tui.store.database import open_store
from backrooms_tui.store.recorder import Recorder

# A turn of 250 tokens, as a stream of 50 chunks.
CHUNKS = ["word after word, " for _ in range(50)]
AROUND = 100


class TimedProvider(Provider):
    """Speaks at once, and notes when its last chunk left and when the next request came."""

    name = "timed"

    def __init__(self) -> None:
        self.left = 0.0
        self.gaps: list[float] = []

    async def stream(self, request: Request) -> AsyncIterator[Chunk]:
        """The same reply each time."""
        if self.left:
            self.gaps.append(time.perf_counter() - self.left)
        for piece in CHUNKS[:-1]:
            yield TextChunk(piece)
            await asyncio.sleep(0)
        yield TextChunk(CHUNKS[-1])
        self.left = time.perf_counter()
        yield Finish("end", Usage(10 * len(request.messages), 250))

    async def models(self) -> list[Listing]:
        """Nothing to list."""
        return []


async def measure(turns: int, agents: int, window: int | None) -> list[float]:
    """The gap after each turn, in milliseconds."""
    provider = TimedProvider()
    seats = tuple(
        AgentSetup(seat, f"A{seat}", "timed/one", "You talk.", window=window) for seat in range(1, agents + 1)
    )
    setup = Setup("Benchmark", "none", seats, Rules(max_turns=turns))
    with tempfile.TemporaryDirectory() as folder, open_store(Path(folder) / "sessions.db") as store:
        recorder = Recorder(store)
        conversation = Conversation(
            setup,
            session=store.new_id(),
            speaker_for=lambda reference: (provider, "one"),
            price=lambda reference, usage: 0.0,
            listeners=[recorder],
        )
        await conversation.run()
        await recorder.aclose()
    return [gap * 1000 for gap in provider.gaps]


def around(gaps: list[float], turn: int) -> float:
    """The median of the gaps near `turn`, in milliseconds."""
    return statistics.median(gaps[max(turn - AROUND // 2, 0) : turn + AROUND // 2])


def main() -> None:
    """Measure with everything in sight, and with a window that moves."""
    turns = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    for label, window in (("no window known", None), ("window of 200,000 tokens", 200_000)):
        gaps = asyncio.run(measure(turns + AROUND, 2, window))
        early, late = around(gaps, 100), around(gaps, turns)
        worst = sorted(gaps)[len(gaps) * 99 // 100]
        print(f"{label}: two agents, {len(gaps) + 1} turns of {len(CHUNKS)} chunks, recorded in SQLite")
        print(f"  all turns      median {statistics.median(gaps):.2f} ms (figure: 3), p99 {worst:.2f} ms")
        print(f"  turn 100       median {early:.2f} ms")
        print(f"  turn {turns:<9,} median {late:.2f} ms, {late / early:.2f} times turn 100 (figure: 1.5)")


if __name__ == "__main__":
    main()
