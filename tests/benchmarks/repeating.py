"""Runs of one template beside one another: how long 20 take one after the other and four at the same time.

Run with: python -m tests.benchmarks.repeating [RUNS] [JOBS] [RATE]
The models are scripted ones that speak RATE tokens a second, so that waiting is what they mostly do, as with a hosted
model. Figure: with four at the same time it takes little more than a quarter, and every result is the same.
"""

import asyncio
import os
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from backrooms_tui.assembly.batches.planning import Wish, planned
from backrooms_tui.assembly.batches.repeating import begin_batch, results_of
from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.conversation.casting import Choices

TURNS = 6
_REPLIES = {
    "ada": "The sea keeps what it is given, and gives back what nobody wants.\n---\nThen let us ask it for something.",
    "ben": "It has no memory at all.\n---\nWho would answer?\n---\nI have heard it, at night, and it was not asking.",
}


async def run(workspace: Workspace, runs: int, jobs: int, rate: float) -> tuple[float, object]:
    """Seconds that all runs took, and what they came to but for their own seconds."""
    models = tuple(f"scripted/{name}.txt" for name in _REPLIES)
    choices = Choices(models=models, max_turns=TURNS, params={"rate": rate})
    batch = planned(workspace, "duo", choices, Wish(runs=runs, jobs=jobs, seed=1))
    running = await begin_batch(workspace, batch)
    began = perf_counter()
    try:
        await running.run()
    finally:
        await running.aclose()
    took = perf_counter() - began
    standing = workspace.store.batches.standing(batch.id)
    found = await results_of(workspace, standing)
    assert standing.whole
    figures = [(one.key, one.values) for one in found.quantities if one.key != "figure/seconds"]
    said = [[turn.text for turn in workspace.store.turns(run.session, 1, TURNS)] for run in standing.runs]
    return took, (figures, said)


async def main(runs: int, jobs: int, rate: float) -> None:
    """Both, and what became of them."""
    workspace = Workspace()
    try:
        await run(workspace, 1, 1, 0)  # what is loaded once
        alone, first = await run(workspace, runs, 1, rate)
        beside, second = await run(workspace, runs, jobs, rate)
    finally:
        await workspace.aclose()
    print(f"{runs} runs of {TURNS} turns at {rate:g} tokens a second")
    print(f"one after the other: {alone:6.1f} s\n{jobs} at the same time:  {beside:6.1f} s  ({beside / alone:.0%})")
    print(f"results: {'the same' if first == second else 'DIFFERENT'}")


if __name__ == "__main__":
    wishes = [float(text) for text in sys.argv[1:]]
    runs, jobs, rate = wishes + [20, 4, 50][len(wishes) :]
    with tempfile.TemporaryDirectory() as folder:
        os.environ["BACKROOMS_DATA_DIR"] = str(Path(folder, "data"))
        os.environ["BACKROOMS_CONFIG_DIR"] = str(Path(folder, "config"))
        os.chdir(folder)
        for name, replies in _REPLIES.items():
            Path(f"{name}.txt").write_text(replies, "utf-8")
        asyncio.run(main(int(runs), int(jobs), rate))
