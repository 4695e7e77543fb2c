"""Looking at a stored session of 100,000 turns, and at one of 100 for comparison: a timeline and two panes at 180x50.

Run with: python -m tests.benchmarks.long_session [TURNS]
Figures: on the screen within 1.3 times the time, the process under 150 MB, a jump to any turn under 100 ms.
"""

import asyncio
import json
import random
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from textual.app import App, ComposeResult
from textual.containers import Horizontal

from backrooms_tui.store.database import Store, open_store
from backrooms_tui.ui.widgets.entries import StoredEntries
from backrooms_tui.ui.widgets.pane import Pane
from backrooms_tui.ui.widgets.timeline import Timeline
from backrooms_tui.ui.widgets.transcript import Transcript
from tests.benchmarks.opening import fill
from tests.benchmarks.terminal import in_a_terminal

SHORT = 100
JUMPS = 60
OPENINGS = 9
ROUNDS = 3


class Looking(App[None]):
    """Opens the session anew a few times, then jumps about in it."""

    def __init__(self, store: Store, session: str, result: Path) -> None:
        super().__init__()
        self.store, self.session, self.result = store, session, result
        self.jumping: list[float] = []  # CPU milliseconds of each jump

    def compose(self) -> ComposeResult:
        """Where the session will stand."""
        yield Horizontal()

    def on_mount(self) -> None:
        """Begin once the screen stands."""
        self.run_worker(self.measure())

    async def measure(self) -> None:
        """Open, jump, write down what it took."""
        await asyncio.sleep(0.5)
        opened = [await self.open() for _ in range(OPENINGS)]
        timeline, *panes = self.query(Transcript)
        turns = len(timeline.source)
        rng = random.Random(1)
        jumps = [await self.jump(timeline, panes, rng.randrange(turns)) for _ in range(JUMPS)]
        figures = {
            "opened": opened,
            "jumps": jumps,
            "jumping": self.jumping,
            "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }
        self.result.write_text(json.dumps(figures), "utf-8")
        self.exit()

    async def open(self) -> float:
        """Milliseconds from the wish to the painted screen."""
        place = self.query_one(Horizontal)
        await place.remove_children()
        began = time.perf_counter()
        entries = StoredEntries(self.store, self.session)
        timeline = Timeline(entries)
        await place.mount(timeline, *(Pane(seat, entries.heard_by(seat)) for seat in (1, 2)))
        await self.painted()
        took = (time.perf_counter() - began) * 1000
        last = timeline.transcript.source.index_of_turn(len(timeline.transcript.source))
        assert last in timeline.transcript.in_sight
        return took

    async def jump(self, timeline: Transcript, panes: list[Transcript], index: int) -> float:
        """Milliseconds from the wish until the timeline and both panes stand at the turn."""
        began, cpu = time.perf_counter(), time.process_time()
        for transcript in (timeline, *panes):
            transcript.go_to(index)
        await self.painted()
        took = (time.perf_counter() - began) * 1000
        self.jumping.append((time.process_time() - cpu) * 1000)
        assert index in timeline.in_sight
        return took

    async def painted(self) -> None:
        """Returns when what was changed is on the screen."""
        painted = asyncio.Event()
        self.call_after_refresh(painted.set)
        await painted.wait()


def main() -> None:
    turns = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sessions.db"
        with open_store(path) as store:
            sessions = {count: fill(store, count) for count in (SHORT, turns)}
        # In turns, so that what else the machine does meets both alike.
        rounds = [
            {count: in_a_terminal(__spec__.name, str(path), session) for count, session in sessions.items()}
            for _ in range(ROUNDS)
        ]
    opened: dict[int, float] = {}
    for count in sessions:
        found: list[dict[str, Any]] = [each[count] for each in rounds]
        opened[count] = statistics.median(took for each in found for took in each["opened"])
        jumps = sorted(took for each in found for took in each["jumps"])
        first = statistics.median(each["opened"][0] for each in found)
        work = sorted(took for each in found for took in each["jumping"])
        print(
            f"{count:>9,} turns: opened in {opened[count]:6.1f} ms (the first time {first:6.1f}), "
            f"jumps median {statistics.median(jumps):5.1f} p95 {jumps[len(jumps) * 95 // 100]:5.1f} "
            f"max {jumps[-1]:5.1f} ms "
            f"(CPU median {statistics.median(work):.1f} p95 {work[len(work) * 95 // 100]:.1f} ms), "
            f"{max(each['memory'] for each in found):.0f} MB"
        )
    print(f"the long one takes {opened[turns] / opened[SHORT]:.2f} times as long to open")


if __name__ == "__main__":
    if len(sys.argv) > 2:
        with open_store(sys.argv[1]) as there:
            Looking(there, sys.argv[2], Path(sys.argv[3])).run()
    else:
        main()
