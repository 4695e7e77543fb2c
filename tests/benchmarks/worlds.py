"""How fast the built-in world answers, and that nothing an agent writes stops it.

    python -m tests.benchmarks.worlds

With 1,000 notes and 200 files in a session: milliseconds of each kind of command, from the words of an agent to the
screen. Figures: 5 ms; 50 ms for a search by meaning, once the word vectors are loaded and the notes are known. Then
10,000 random commands, well-formed and not, by three at one world.
"""

import asyncio
import random
import statistics
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from backrooms_tui.stall.meaning import Meaning
from backrooms_tui.store.database import open_store
from tests.worlds.exos.babble import babble
from tests.worlds.exos.visiting import Visit

NOTES = 1_000
FILES = 200
RANDOM = 10_000
_WORDS = (
    *("door", "corridor", "lamp", "carpet", "hum", "stairs", "window", "water", "clock", "machine", "dream", "map"),
    *("wall", "key", "mirror", "dust", "yellow", "quiet", "distant", "locked", "open", "broken", "endless", "familiar"),
    *("someone", "waiting", "walking", "listening", "remembering", "counting", "falling"),
)
COMMANDS = (
    *("notes create A new door: it opens outwards", "notes list", "notes list 50", "notes read 500"),
    *("notes read door 17", "notes update 500 It is another one now.", "notes append 500 and more", "notes delete 900"),
    *("notes find yellow mirror", "files ls", "files cat 17.txt", "files write new.txt some text", "files mkdir new"),
    *("files cp 18.txt 18b.txt", "files mv 19.txt 19b.txt", "files rm 20.txt", "files find *7*", "files grep mirror"),
    *("files tree", "files cd /", "clock now", "dice roll 3d6", "help", "help notes create", "history", "nonsense"),
)
SEARCHES = ("notes search a way out of here", "notes search water on the floor", "notes search who is waiting there")


def text(rng: random.Random) -> str:
    """Some forty words."""
    return " ".join(rng.choices(_WORDS, k=40))


async def filled(visit: Visit) -> Visit:
    """The same visit, with notes and files."""
    rng = random.Random(3)
    for number in range(1, NOTES + 1):
        await visit.say(f"notes create door {number}: {text(rng)}")
    for number in range(1, FILES + 1):
        await visit.say(f"files write {number}.txt {text(rng)}")
    return visit


async def milliseconds(visit: Visit, command: str, times: int = 20) -> tuple[float, float]:
    """The median and the longest of some runs, each of which is taken back."""
    taken: list[float] = []
    await visit.say("clock now")
    for _ in range(times):
        begun = time.perf_counter()
        await visit.say(command)
        taken.append((time.perf_counter() - begun) * 1000)
        if visit.exchanges[-1].changes:
            # Read afresh, outside the measure.
            visit.take_back()
            await visit.say("clock now")
    return statistics.median(taken), max(taken)


async def table(title: str, visit: Visit, commands: tuple[str, ...]) -> None:
    """Prints the times of each kind of command."""
    print(title)
    all_of_them: list[float] = []
    for command in commands:
        median, longest = await milliseconds(visit, command)
        all_of_them.append(median)
        print(f"  {command[:44]:44}  median {median:6.2f} ms   longest {longest:6.2f} ms")
    print(f"  {'the slowest of these':44}  median {max(all_of_them):6.2f} ms")


async def by_meaning(visit: Visit) -> None:
    """Prints the times of searches by meaning, the first of which reads all notes."""
    begun = time.perf_counter()
    await visit.say(SEARCHES[0])
    print(f"the first search, which loads the word vectors and reads all notes: {time.perf_counter() - begun:.2f} s")
    await table(f"search by meaning among {NOTES:,} notes", visit, SEARCHES)


async def at_random() -> None:
    """Prints how random commands went. An exception ends it."""
    rng = random.Random(99)
    visit = Visit()
    begun = time.perf_counter()
    given = 0
    while given < RANDOM:
        given += len(visit.take(said := babble(rng)))
        await visit.say(said, by=rng.choice((0, 1, 2)))
    seconds = time.perf_counter() - begun
    counts = Counter(one.outcome for one in visit.exchanges)
    told = ", ".join(f"{count:,} {outcome}" for outcome, count in counts.most_common())
    print(f"{len(visit.exchanges):,} random commands without an exception in {seconds:.1f} s: {told}")


async def measured() -> None:
    """Prints it all."""
    meaning = Meaning.if_installed()
    await table(f"{NOTES:,} notes and {FILES} files", await filled(Visit(meaning=meaning)), COMMANDS)
    if meaning is not None:
        await by_meaning(await filled(Visit(meaning=meaning)))
    with TemporaryDirectory() as folder, open_store(Path(folder) / "sessions.db") as store:
        shared = await filled(Visit(notebook=store.notebooks.of("shared")))
        await table("the same in a notebook that sessions share", shared, COMMANDS[:9])
    visit = await filled(Visit())
    begun = time.perf_counter()
    await visit.again().say("notes list")
    print(f"going on with a session of {visit.state.turn:,} commands: {(time.perf_counter() - begun) * 1000:.1f} ms")
    await at_random()


def main() -> None:
    """Run it."""
    asyncio.run(measured())


if __name__ == "__main__":
    main()
