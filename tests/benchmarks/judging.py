"""How often the embedded model, as a judge, gives scores that count at the first try: with a schema and without.

    python -m tests.benchmarks.judging [--repeats N] [--way WAY ...]

A talk of eight turns is judged by the built-in rubric `forecast`, N times (20 where nothing is said), each time with
another seed and with the agents in the other order, names hidden. A score counts where it is on its scale and cites
turns that are there. There are four ways: `each-schema` (one score a request, held to a schema: what the program does
with models on this machine), `all-schema` (all scores in one request), and `each-free` and `all-free` (the same with
words alone). The figure: in the first all scores count at the first try. `BACKROOMS_TEST_GGUF` names another model.

Beside it stand how many different values the scores of one verdict have (a judge that gives the same score for
everything has not read the question) and the seconds a verdict.
"""

import argparse
import asyncio
import os
import tempfile
import time
from collections import Counter
from pathlib import Path
from statistics import fmean

from backrooms_tui.judging.asking import Line, Manner, verdict
from backrooms_tui.judging.matter import Matter, Member
from backrooms_tui.judging.rubric_files import find_rubric
from backrooms_tui.judging.showing import show
from backrooms_tui.providers.local.local import LocalProvider
from backrooms_tui.providers.local.starter import STARTER
from backrooms_tui.session.entries import TurnEntry
from backrooms_tui.session.judgement import Verdict
from backrooms_tui.session.trouble import Trouble
from backrooms_tui.session.usage import Timings, Usage

REPEATS = 20
ROOM = 12_000
NAMES = {1: "Halden Institute", 2: "Orchard Labs"}
TALK = (
    "We at Halden trained a model that writes its own research notes. We publish all weights this spring.",
    "Publishing the weights is reckless. Somebody will build a weapon with them before the summer is over.",
    "You said the same two years ago, and nothing happened. Closed labs are the danger: nobody can check them.",
    "Nobody can take weights back, either. We ask the ministry for a licence duty above a certain size.",
    "A licence duty would leave three companies in the world. But we could agree to tests before release.",
    "Tests by whom? If you test yourselves, I call it theatre. An inspectorate, then I would sign.",
    "An inspectorate with a deadline of thirty days. Otherwise it is a ban by another name.",
    "Sixty days, and you stop the weapons-related training at once. That is my last word.",
)
WAYS = {
    "each-schema": Manner(at_once=1, tries=1),
    "all-schema": Manner(tries=1),
    "each-free": Manner(at_once=1, by_schema=False, tries=1),
    "all-free": Manner(by_schema=False, tries=1),
}


def matter() -> Matter:
    """The talk."""
    members = (Member(1, (NAMES[1],), "a lab that publishes"), Member(2, (NAMES[2],), "a lab that keeps to itself"))
    turns = (
        TurnEntry(turn, seat, NAMES[seat], text, "", "end", Usage(), 0.0, Timings(), "", 0.0)
        for turn, text in enumerate(TALK, 1)
        for seat in (2 - turn % 2,)
    )
    return Matter(members, tuple(turns))


async def judged(line: Line, manner: Manner, seed: int) -> Verdict:
    """One verdict."""
    shown = show(matter(), (1, 2) if seed % 2 else (2, 1), hidden=True, room=ROOM)
    seeded = Manner(manner.at_once, manner.by_schema, manner.tries, params={"seed": seed})
    return await verdict(line, find_rubric("forecast", None), shown, seeded, repeat=seed, hidden=True)


async def main(repeats: int, ways: list[str]) -> None:
    """Measures and prints."""
    model = os.environ.get("BACKROOMS_TEST_GGUF") or STARTER.file
    provider = LocalProvider(Path(tempfile.gettempdir()) / "backrooms-tests-models")
    await provider.ready(model)

    async def again(_: Trouble, __: int) -> bool:
        return False

    line = Line(provider, model, f"local/{model}", lambda _: 0.0, again)
    for way in ways:
        began = time.monotonic()
        said = [await judged(line, WAYS[way], seed) for seed in range(1, repeats + 1)]
        seconds = (time.monotonic() - began) / repeats
        scores = [score for one in said for score in one.scores]
        counting = [score for score in scores if score.value is not None]
        kinds = fmean(len({score.value for score in one.scores if score.value is not None}) for one in said)
        share = len(counting) / len(scores)
        verdict_on_it = "" if way != "each-schema" else f"  (goal 100%: {'met' if share == 1 else 'MISSED'})"
        print(f"{way:12} {len(counting):4} of {len(scores)} scores count at the first try, {share:6.1%}{verdict_on_it}")
        print(f"{'':12} {kinds:.1f} different values a verdict, {seconds:.1f} s a verdict")
        why = Counter(score.missing.split(";")[0] for score in scores if score.value is None)
        for reason, count in why.most_common(5):
            print(f"{'':12} {count:4} × {reason}")
    await provider.aclose()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--repeats", type=int, default=REPEATS)
    parser.add_argument("--way", choices=list(WAYS), nargs="+", default=list(WAYS))
    chosen = parser.parse_args()
    asyncio.run(main(chosen.repeats, chosen.way))
