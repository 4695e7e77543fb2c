"""How long it takes to open the store, to list sessions, and to read the last screenful of a short and a long session.

Run with: python -m tests.benchmarks.opening [TURNS]
Figure: a session of 100,000 turns opens about as fast as one of 100.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from backrooms_tui.session.events import Delta, SessionOpened, SpeakerChosen, TurnEnded, TurnStarted
from backrooms_tui.session.setup import AgentSetup, Setup
from backrooms_tui.session.usage import Timings, Usage
from backrooms_tui.store.database import Store, open_store
from backrooms_tui.store.writing import Unwritten

TEXT = "the corridor hums and a door that was not there before opens slowly inwards"
WORDS = [f"{word} " for word in TEXT.split()]
SCREENFUL = 40
AT_ONCE = 200  # turns in one transaction: filling is not what is measured


def fill(store: Store, turns: int) -> str:
    """A session of so many turns."""
    session, seq = store.new_id(), 0
    agents = tuple(AgentSetup(seat, f"Agent {seat}", "scripted/none") for seat in (1, 2))
    unwritten = Unwritten()

    def take(make: Callable[..., object], **values: object) -> None:
        nonlocal seq
        seq += 1
        unwritten.take(make(seq=seq, at=1_795_000_000 + seq / 64, **values))  # type: ignore[arg-type]

    take(SessionOpened, session=session, setup=Setup(f"{turns} turns", "none", agents))
    for turn in range(1, turns + 1):
        who = {"turn": turn, "agent": 2 - turn % 2}
        named = {**who, "name": f"Agent {who['agent']}", "attempt": 1}
        take(SpeakerChosen, agent=who["agent"], reason="next in seat order")
        take(TurnStarted, **named, model="scripted/none")
        for word in WORDS:
            take(Delta, **who, channel="text", text=word)
        usage, timings = Usage(100, 100), Timings(0.0, 1.0)
        take(TurnEnded, **named, text="".join(WORDS), stop_reason="end", usage=usage, cost=0.0, timings=timings)
        if turn % AT_ONCE == 0 or turn == turns:
            with store.database.writing() as connection:
                unwritten.write(connection)
            unwritten.written()
    return session


def timed(what: str, do: Callable[[], object]) -> None:
    """Print the median of a few runs, in milliseconds."""
    times = []
    for _ in range(7):
        began = time.perf_counter()
        do()
        times.append((time.perf_counter() - began) * 1000)
    print(f"{what:<52} {statistics.median(times):8.1f} ms")


def main() -> None:
    long = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sessions.db"
        with open_store(path) as store:
            sessions = {turns: fill(store, turns) for turns in (100, long)}
        print(f"database of {path.stat().st_size / 1e6:.0f} MB")
        timed("open the store", lambda: open_store(path).close())
        with open_store(path) as store:
            timed("list all sessions", store.list_sessions)
            for turns, session in sessions.items():
                timed(f"{turns:,} turns: open, read the last screenful", lambda s=session: screenful(path, s))
                timed(f"{turns:,} turns: the last screenful", lambda s=session, n=turns: last(store, s, n))
                timed(f"{turns:,} turns: one in the middle", lambda s=session, n=turns: last(store, s, n // 2))
            timed("search for a word in all turns", lambda: store.search("corridor"))


def screenful(path: Path, session: str) -> None:
    """Open the store anew and read what a screen shows first."""
    with open_store(path) as store:
        last(store, session, store.summary(session).turns)


def last(store: Store, session: str, turn: int) -> None:
    """The screenful that ends with `turn`."""
    assert len(store.entries(session, max(1, turn - SCREENFUL + 1), turn)) == SCREENFUL


if __name__ == "__main__":
    main()
