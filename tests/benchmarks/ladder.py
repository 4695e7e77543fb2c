"""What the ladder of `duo` does to a conversation that stalls: on the embedded model, left alone and with remedies.

Run with: python -m tests.benchmarks.ladder [SEEDS] [TURNS] [TOKENS]
Both are played with the same seeds; printed is the share of turns at which the meter stood at the limit or above.
Figure: with the ladder, clearly lower over five seeds of 60 turns. TOKENS is how long a turn may be at most.
"""

import asyncio
import os
import statistics
import sys
import tempfile
from pathlib import Path

from backrooms_tui.assembly.measuring import effects, measured
from backrooms_tui.assembly.opening import choose_cast, make_ready, open_conversation
from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.conversation.casting import Cast, Choices
from backrooms_tui.session.state import SessionState
from backrooms_tui.settings import folders


async def play(workspace: Workspace, seed: int, turns: int, tokens: int, *, ladder: bool) -> SessionState:
    """One conversation to its end."""
    params = {"max_tokens": tokens}
    choices = Choices(models=("local",), max_turns=turns, seed=seed, params=params, ladder=ladder)
    chosen = choose_cast(workspace, "duo", choices)
    setup = await make_ready(workspace, chosen.setup, lambda progress: None)
    opened = await open_conversation(workspace, Cast(setup, ()))
    try:
        await opened.conversation.run()
    finally:
        await opened.aclose()
    return opened.conversation.state


def share(state: SessionState) -> float:
    """The share of turns at which the meter stood at the limit or above."""
    assert state.setup is not None
    turns = measured(state)
    return sum(one.stall >= state.setup.rules.stall_at for one in turns) / max(1, len(turns))


async def main(seeds: int, turns: int, tokens: int) -> None:
    """Play all, and print as they end."""
    workspace = Workspace()
    alone, helped = [], []
    try:
        for seed in range(1, seeds + 1):
            for ladder, shares in ((False, alone), (True, helped)):
                state = await play(workspace, seed, turns, tokens, ladder=ladder)
                shares.append(share(state))
                found = measured(state)
                what = "with the ladder" if ladder else "left alone     "
                last = statistics.fmean(one.stall for one in found[-20:])
                print(
                    f"seed {seed}, {what}: {shares[-1]:4.0%} of {state.turn} turns, last 20 at {last:.2f}", flush=True
                )
                for effect in effects(state, found):
                    before, after = effect.before or 0.0, effect.after if effect.after is not None else float("nan")
                    step = effect.taken
                    print(f"    turn {step.turn:>3} step {step.step} {step.remedy}: {before:.2f} → {after:.2f}")
    finally:
        await workspace.aclose()
    print(
        f"over {seeds} seeds: {statistics.fmean(alone):.0%} left alone, {statistics.fmean(helped):.0%} with the ladder"
    )


if __name__ == "__main__":
    wishes = [int(text) for text in sys.argv[1:]]
    models = folders.models_dir()
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder, "data")
        data.mkdir()
        if models.is_dir():
            (data / "models").symlink_to(models, target_is_directory=True)
        os.environ["BACKROOMS_DATA_DIR"] = str(data)
        os.environ["BACKROOMS_CONFIG_DIR"] = str(Path(folder, "config"))
        asyncio.run(main(*(wishes + [5, 60, 60][len(wishes) :])))
