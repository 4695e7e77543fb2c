"""What SIGKILL costs: a program that streams turns into the store is killed at random moments, again and again.

Run with: python -m tests.benchmarks.kill_minus_nine [--times 100] [--database PATH_OR_URL]
Figures: the database opens every time, no finished turn is lost, and at most one second of the turn in flight.
"""

import argparse
import asyncio
import hashlib
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from backrooms_tui.session.events import Delta, SessionOpened, SpeakerChosen, TurnEnded, TurnStarted
from backrooms_tui.session.setup import AgentSetup, Setup
from backrooms_tui.session.usage import Timings, Usage
from backrooms_tui.store.database import Store, open_store
from backrooms_tui.store.recorder import Recorder

TEXT = "a corridor hums and opens into another corridor where the lamps are counting down to zero"
WORDS = TEXT.split()
PACE = 0.003  # seconds from one delta to the next


async def speak(database: str) -> None:
    """Stream turns until killed, telling on standard output what was heard and what is settled."""
    chance = random.Random()
    with open_store(database) as store:
        recorder = Recorder(store)
        seq = 0

        def hear(make: Callable[..., object], **values: object) -> None:
            nonlocal seq
            seq += 1
            recorder.hear(make(seq=seq, at=round(time.time(), 6), **values))  # type: ignore[arg-type]

        session = store.new_id()
        agents = tuple(AgentSetup(seat, f"Agent {seat}", "scripted/none") for seat in (1, 2))
        hear(SessionOpened, session=session, setup=Setup("Killed", "none", agents))
        print("session", session, flush=True)
        turn = 0
        while True:
            turn += 1
            who = {"turn": turn, "agent": 2 - turn % 2}
            named = {**who, "name": f"Agent {2 - turn % 2}", "attempt": 1}
            await recorder.settled()
            hear(SpeakerChosen, agent=who["agent"], reason="next in seat order")
            hear(TurnStarted, **named, model="scripted/none")
            said = ""
            for _ in range(chance.choice([20, 100, 400])):
                word = chance.choice(WORDS) + " "
                said += word
                hear(Delta, **who, channel="text", text=word)
                print("heard", turn, seq, time.monotonic(), flush=True)
                await asyncio.sleep(PACE)
            usage, timings = Usage(100, 100), Timings(0.0, 1.0)
            hear(TurnEnded, **named, text=said, stop_reason="end", usage=usage, cost=0.0, timings=timings)
            await recorder.settled()
            print("settled", turn, digest(said), flush=True)


@dataclass
class Life:
    """What a program told before it was killed."""

    session: str = ""
    settled: dict[int, str] = field(default_factory=dict)
    heard: list[tuple[int, int, float]] = field(default_factory=list)  # turn, seq, when
    killed: float = 0.0

    def tell(self, line: str) -> None:
        """One line of its output."""
        kind, *values = line.split()
        if kind == "session":
            self.session = values[0]
        elif kind == "settled":
            self.settled[int(values[0])] = values[1]
        else:
            self.heard.append((int(values[0]), int(values[1]), float(values[2])))


def live(database: str, seconds: float) -> Life:
    """Let a program stream for `seconds` after its session began, then kill it."""
    life = Life()
    command = [sys.executable, "-m", "tests.benchmarks.kill_minus_nine", "--speak", database]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None

        def kill() -> None:
            life.killed = time.monotonic()
            program.send_signal(signal.SIGKILL)

        timer = threading.Timer(seconds, kill)
        for line in program.stdout:
            if line.endswith("\n"):
                life.tell(line)
            if not timer.is_alive() and not life.killed:
                timer.start()
        timer.join()
    return life


def lost(store: Store, life: Life) -> tuple[int, float]:
    """How many settled turns are missing or altered, and how many seconds before the kill what is missing began."""
    kept: dict[int, str] = {}
    known: set[int] = set()
    if any(session.id == life.session for session in store.list_sessions()):
        known = {event.seq for event in store.events(life.session)}
        kept = {turn.turn: digest(turn.text) for turn in store.turns(life.session, 1, 1_000_000)}
    turns = sum(kept.get(turn) != text for turn, text in life.settled.items())
    missing = [when for _, seq, when in life.heard if seq not in known]
    return turns, life.killed - min(missing) if missing else 0.0


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--times", type=int, default=100)
    parser.add_argument("--database", help="a path or a PostgreSQL URL; a new file where left out")
    parser.add_argument("--speak", metavar="DATABASE", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.speak:
        asyncio.run(speak(options.speak))
        return
    chance = random.Random()
    finished = lost_turns = opened = 0
    losses: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        database = options.database or str(Path(folder) / "sessions.db")
        for _ in range(options.times):
            life = live(database, chance.uniform(0.0, 3.0))
            with open_store(database) as store:
                opened += 1
                turns, seconds = lost(store, life)
                assert store.problems() == []
            finished += len(life.settled)
            lost_turns += turns
            losses.append(seconds)
    print(f"killed {options.times} times, opened afterwards {opened} times")
    print(f"finished turns {finished}, of these lost {lost_turns}")
    print(f"missing of the turn in flight: median {statistics.median(losses):.2f} s, most {max(losses):.2f} s")


if __name__ == "__main__":
    main()
