"""The application's own replay of a stored session of 100,000 turns, and of one of 100 for comparison, at 180x50.

Run with: python -m tests.benchmarks.long_session [TURNS]
Figures: on the screen within 1.3 times the time, the process under 150 MB, a jump to any turn under 100 ms.
"""

import asyncio
import json
import os
import random
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from textual.screen import Screen

from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.ui.app import BackroomsApp
from backrooms_tui.ui.screens.replay.replay import ReplayScreen
from backrooms_tui.ui.widgets.transcript import Transcript
from tests.benchmarks.opening import fill
from tests.benchmarks.terminal import in_a_terminal

SHORT = 100
JUMPS = 60
OPENINGS = 9
ROUNDS = 3


class Looking(BackroomsApp):
    """Opens the session at its end a few times, then jumps about in it."""

    CSS_PATH = Path(sys.modules[BackroomsApp.__module__].__file__ or "").with_name("app.tcss")

    def __init__(self, workspace: Workspace, session: str, result: Path) -> None:
        super().__init__(workspace, lambda app: app.run_worker(self.measure()) and None)
        self.session, self.result = session, result
        self.jumping: list[float] = []  # CPU milliseconds of each jump

    def show_home(self) -> None:
        """Nothing that could be in the way."""
        self.push_screen(Screen())

    async def measure(self) -> None:
        """Open, jump, write down what it took."""
        await asyncio.sleep(0.5)
        turns = self.workspace.store.summary(self.session).turns
        opened = [await self.open(turns, last=number == OPENINGS) for number in range(1, OPENINGS + 1)]
        rng = random.Random(1)
        jumps = [await self.jump(rng.randrange(1, turns + 1)) for _ in range(JUMPS)]
        figures = {
            "opened": opened,
            "jumps": jumps,
            "jumping": self.jumping,
            "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }
        self.result.write_text(json.dumps(figures), "utf-8")
        self.exit()

    async def open(self, turns: int, *, last: bool) -> float:
        """Milliseconds from the wish to the painted screen; it is left again where it is not the `last` time."""
        began = time.perf_counter()
        self.show_replay(self.session, turns)
        await self.standing_at(turns)
        took = (time.perf_counter() - began) * 1000
        if not last:
            await self.pop_screen()
        return took

    async def jump(self, turn: int) -> float:
        """Milliseconds from the wish until the timeline and both panes stand at the turn."""
        assert isinstance(self.screen, ReplayScreen)
        began, cpu = time.perf_counter(), time.process_time()
        self.screen.go_to_turn(turn)
        await self.standing_at(turn)
        took = (time.perf_counter() - began) * 1000
        self.jumping.append((time.process_time() - cpu) * 1000)
        return took

    def stands_at(self, turn: int) -> bool:
        """Whether the turn is the last that is painted in the timeline and in its agent's pane."""
        screen = self.screen
        if not isinstance(screen, ReplayScreen) or screen.playback is None or screen.playback.turn != turn:
            return False
        shown = screen.query(f"Timeline Transcript, #pane-{2 - turn % 2} Transcript").results(Transcript)
        return [each.source.index_of_turn(turn) in each.in_sight for each in shown] == [True, True]

    async def standing_at(self, turn: int) -> None:
        """Returns when the turn is on the screen."""
        while not self.stands_at(turn):
            await asyncio.sleep(0.001)
        painted = asyncio.Event()
        self.call_after_refresh(painted.set)
        await painted.wait()


def main() -> None:
    turns = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        os.environ["BACKROOMS_DATA_DIR"] = os.environ["BACKROOMS_CONFIG_DIR"] = folder
        os.environ.pop("BACKROOMS_DATABASE_URL", None)
        with Workspace().store as store:
            sessions = {count: fill(store, count) for count in (SHORT, turns)}
        # In turns, so that what else the machine does meets both alike.
        rounds = [
            {count: in_a_terminal(__spec__.name, session) for count, session in sessions.items()} for _ in range(ROUNDS)
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
        Looking(Workspace(), sys.argv[1], Path(sys.argv[2])).run()
    else:
        main()
