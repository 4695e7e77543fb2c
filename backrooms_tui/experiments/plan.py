"""The plan of a batch: a seed and a title for each run, and how long all of it takes."""

from dataclasses import replace
from random import Random

from backrooms_tui.session.setup import Setup

_BITS = 31  # what every server takes as a seed


def seed_of(seed: int, run: int) -> int:
    """The seed of run `run` (from 1) of a batch with `seed`: always the same one, whatever ran before."""
    return Random(f"{seed}/run {run}").getrandbits(_BITS)


def setup_of(setup: Setup, seed: int, run: int) -> Setup:
    """What run `run` of a batch with `setup` and `seed` is played with."""
    return replace(setup, title=f"{setup.title} · run {run}", seed=seed_of(seed, run))


def ends_by_itself(setup: Setup) -> bool:
    """Whether its rules limit it. A stop text does not: nobody knows whether it is ever said."""
    rules = setup.rules
    limits = (rules.max_turns, rules.max_rounds, rules.max_tokens, rules.max_seconds, rules.budget)
    labelled = rules.rounds is not None and bool(rules.rounds.labels)
    return any(limits) or labelled


def seconds_left(passed: float, done: float, left: float) -> float | None:
    """Seconds that `left` runs take when `done` took `passed` seconds; parts of runs count. None where nothing tells
    yet."""
    return passed / done * left if done > 0 and passed > 0 else None
