"""How long a search over 2,000 sessions of 100 turns takes, beside the same search without an index.

Run with: python -m tests.benchmarks.finding [SESSIONS] [PostgreSQL URL of an empty database]
Figure: under 50 ms a search, of whatever kind.
"""

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

from sqlalchemy import insert, text

from backrooms_tui.session.events import AnyEvent, Interjected, SessionOpened, TurnEnded, TurnStarted
from backrooms_tui.session.setup import AgentSetup, Setup
from backrooms_tui.session.usage import Timings, Usage
from backrooms_tui.store.database import Store, open_store
from backrooms_tui.store.schema import marks, tags
from backrooms_tui.store.taking_in import take_in

SESSIONS = 2_000
TURNS = 100
WORDS = 70  # in a turn, about
VOCABULARY = 30_000
ROUNDS = 5
NAMES = ("Mara", "Jonas", "Explorer", "Simulator", "Ada", "Bo")
MODELS = ("anthropic/claude-opus-4-1", "openai/gpt-4o", "local/smollm2-135m", "ollama/qwen3:8b")
TEMPLATES = ("duo", "cli", "gallery", "fugue")
COMMON = [
    "the",
    "of",
    "and",
    "to",
    "a",
    "in",
    "is",
    "it",
    "you",
    "that",
    "he",
    "was",
    "for",
    "on",
    "are",
    "with",
    "as",
    "they",
    "at",
    "be",
    "this",
    "from",
    "have",
    "or",
    "by",
    "one",
    "had",
    "not",
    "but",
    "what",
    "all",
    "were",
    "when",
    "we",
    "there",
    "can",
    "an",
    "your",
    "which",
    "their",
    "said",
    "if",
    "do",
    "will",
    "each",
    "about",
    "how",
    "up",
    "out",
    "them",
    "then",
    "she",
    "many",
    "some",
    "so",
    "these",
    "would",
    "other",
    "into",
    "has",
    "more",
    "her",
    "two",
    "like",
    "him",
    "see",
    "time",
    "could",
    "no",
    "make",
    "than",
    "first",
    "been",
    "its",
    "who",
    "now",
    "people",
    "my",
    "made",
]
RARE = ("Nyarlathotep", "Ouroboros")  # by one agent of one session, and in one session of a hundred

QUERIES = (
    "the",
    "corridor",
    "Nyarlathotep",
    "nowhereatall",
    "the and of",
    '"of the"',
    '"the corridor"',
    '"in the end of"',
    "the corridor mirror",
    "mirr*",
    "the*",
    "con*",
    "the con*",
    "the -corridor",
    "-the",
    "Ouroboros -the",
    "the agent:Mara",
    "the agent:Hermit",
    "corridor agent:operator",
    "agent:operator the",
    "model:opus the corridor",
    "model:gpt mirr*",
    "template:fugue the",
    "template:rarely the",
    "template:rarely and stall>0.9",
    "since:7d the",
    "since:yesterday corridor",
    "cost>1",
    "cost>4.9 the",
    "turns>20 template:cli agent:Ada",
    "stall>0.6",
    "stall>0.999",
    "the stall>0.99",
    "Ouroboros stall>0.6",
    "the stall>0.995 agent:Mara since:30d -mirror",
    "cost<0.001 corridor stall>0.5 -agent:Bo",
    "is:starred",
    "is:starred the",
    "tag:deep",
    "tag:deep the corridor",
    "tag:often the",
    "tag:often nowhereatall",
    "the -tag:often",
    'note:"the hinge" mirr*',
    "is:starred tag:deep agent:Mara the",
)


def vocabulary(rng: random.Random) -> list[str]:
    """Words, the most frequent first."""
    syllables = [first + last for first in "bcdfglmnprstvw" for last in ("a", "e", "i", "o", "u", "an", "or", "il")]
    made = ["".join(rng.choices(syllables, k=rng.choice((2, 2, 3, 3, 4)))) for _ in range(VOCABULARY)]
    words = list(dict.fromkeys([*COMMON, *made]))
    for place, word in ((300, "corridor"), (2_000, "mirror"), (5_000, "mirrors"), (400, "content"), (900, "control")):
        words.insert(place, word)
    return words


def session_of(number: int, sessions: int, rng: random.Random, talk: Iterator[str], began: float) -> Iterator[AnyEvent]:
    """One session that ended some days ago."""
    at, seq = began, 0
    hermit = number == sessions // 3
    names = ["Hermit", "Bo"] if hermit else rng.sample(NAMES, 2)
    models = rng.sample(MODELS, 2)
    template = "rarely" if number % 400 == 7 else rng.choice(TEMPLATES)
    agents = tuple(AgentSetup(seat, names[seat - 1], models[seat - 1]) for seat in (1, 2))
    cost = rng.random() * 5 / TURNS
    yield SessionOpened(seq=1, at=at, session=f"{number:08d}", setup=Setup(f"Night {number}", template, agents))
    seq = 1
    for turn in range(1, TURNS + 1):
        seat = 2 - turn % 2
        at += 10
        if turn % 25 == 0:
            seq += 1
            yield Interjected(seq=seq, at=at, text=next(talk)[:120])
        named = {"turn": turn, "agent": seat, "name": names[seat - 1], "attempt": 1}
        seq += 1
        yield TurnStarted(seq=seq, at=at, model=models[seat - 1], **named)  # type: ignore[arg-type]
        said = next(talk)
        if hermit and turn == 51:
            said += f" {RARE[0]}"
        if number % 100 == 3:
            said += f" {RARE[1]}"
        seq += 1
        yield TurnEnded(
            seq=seq,
            at=at + 5,
            text=said,
            stop_reason="end",
            usage=Usage(100, 100),
            cost=cost,
            timings=Timings(0.0, 1.0),
            stall=rng.random() ** 2,
            **named,  # type: ignore[arg-type]
        )


def fill(store: Store, sessions: int) -> None:
    """The sessions of many nights, the last one today."""
    rng = random.Random(5)
    words = vocabulary(rng)
    weights = list(accumulate(1 / (rank + 2.7) for rank in range(len(words))))

    def talk() -> Iterator[str]:
        while True:
            yield " ".join(rng.choices(words, cum_weights=weights, k=rng.randrange(WORDS // 2, WORDS * 3 // 2)))

    said, now = talk(), time.time()
    for number in range(sessions):
        began = now - (sessions - number) * 6 * 3600
        take_in(store, session_of(number, sessions, rng, said, began))
    mark(store, sessions)


def mark(store: Store, sessions: int) -> None:
    """A star on two turns of every session, some of them with a tag and a note; a tag on every third session."""
    stars, labels = [], []
    for number in range(sessions):
        session = f"{number:08d}"
        stars += [
            {"session": session, "turn": turn, "starred": 1.0, "note": "look at the hinge" if turn == 30 else ""}
            for turn in (30, 60)
        ]
        if number % 10 == 0:
            labels.append({"session": session, "turn": 60, "folded": "deep", "tag": "deep", "place": 0})
        if number % 3 == 0:
            labels.append({"session": session, "turn": 0, "folded": "often", "tag": "often", "place": 0})
    with store.database.writing() as connection:
        connection.execute(insert(marks), stars)
        connection.execute(insert(tags), labels)


def timed(store: Store, asked: str) -> tuple[list[float], list[float], int]:
    """Milliseconds of each round, by the clock and of this processor's time, and how many places were found."""
    took, worked, found = [], [], 0
    for _ in range(ROUNDS):
        began, work = time.perf_counter(), time.process_time()
        found = len(store.search(asked, 200))
        took.append((time.perf_counter() - began) * 1000)
        worked.append((time.process_time() - work) * 1000)
    return took, worked, found


def summed_up(what: str, times: list[float]) -> None:
    """Print how long searches take."""
    times.sort()
    print(
        f"{what}: median {statistics.median(times):.1f} ms, "
        f"95% {times[len(times) * 95 // 100]:.1f} ms, worst {times[-1]:.1f} ms"
    )


def scanned(store: Store, word: str) -> float:
    """Milliseconds that the newest 200 turns with `word` take without an index."""
    statement = text("SELECT id FROM turns WHERE lower(text) LIKE :word ORDER BY id DESC LIMIT 200")
    began = time.perf_counter()
    with store.database.reading() as connection:
        connection.execute(statement, {"word": f"%{word.lower()}%"}).all()
    return (time.perf_counter() - began) * 1000


def main() -> None:
    sessions = int(sys.argv[1]) if len(sys.argv) > 1 else SESSIONS
    with tempfile.TemporaryDirectory() as folder:
        path = sys.argv[2] if len(sys.argv) > 2 else str(Path(folder) / "sessions.db")
        with open_store(path) as store:
            began = time.perf_counter()
            if not store.list_sessions(1):
                fill(store, sessions)
            print(f"{sessions:,} sessions of {TURNS} turns, filled in {time.perf_counter() - began:.0f} s", flush=True)
            everything: list[float] = []
            working: list[float] = []
            for asked in QUERIES:
                took, worked, found = timed(store, asked)
                everything += took
                working += worked
                print(f"  {asked:<48} {statistics.median(took):7.1f} ms  {max(took):7.1f} at worst  {found:>4} found")
            summed_up(f"{len(QUERIES)} searches, {ROUNDS} times each", everything)
            summed_up("of which this process worked", working)
            for word in ("corridor", RARE[1], "nowhereatall"):
                print(f"LIKE, every turn read: {word:<20} {scanned(store, word):9.1f} ms")


if __name__ == "__main__":
    main()
