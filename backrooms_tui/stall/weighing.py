"""How the parts become one number.

The constants were chosen by hand and then fitted by `python -m tests.benchmarks.stall --fit`, to one half of the
labelled transcripts and to a reference manual that must not count as stalled; the benchmark reports them on the other
half. `liveliest` is held a tenth above what the fit found, for games in which one always gives the same answer.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from backrooms_tui.stall.ramp import ramp


@dataclass(frozen=True)
class Weighing:
    """The constants. A part's weight is the staleness of a turn in which that part alone is at its full."""

    likeness: float = 0.75
    repetition: float = 0.95
    shrinking: float = 0.6
    agreement: float = 0.95
    goodbyes: float = 0.6
    cycles: float = 0.95
    # How far news excuses likeness; agreement and goodbyes; and a cycle that is only nearly one.
    likeness_excused: float = 0.9
    manners_excused: float = 0.1
    cycles_excused: float = 0.95
    # How much a speaker's level follows the newest turn.
    newest: float = 0.37
    # How much the liveliest speaker counts against the mean of all: a talk lives as long as somebody brings something.
    liveliest: float = 0.6
    # From the weighed level to the meter.
    low: float = 0.1
    high: float = 0.65


STANDARD = Weighing()


def excused(parts: Mapping[str, float], news: float, weighing: Weighing) -> dict[str, float]:
    """The parts after what is new in the turn has been held in its favour."""
    likeness = parts["likeness"] * (1 - weighing.likeness_excused * news)
    manners = 1 - weighing.manners_excused * news
    return {
        **parts,
        "likeness": likeness,
        "agreement": parts["agreement"] * manners,
        "goodbyes": parts["goodbyes"] * manners,
        "cycles": parts["cycles"] * (1 - weighing.cycles_excused * news),
    }


def staleness(parts: Mapping[str, float], weighing: Weighing) -> float:
    """One turn's staleness, 0 to 1: each part leaves less of the turn alive."""
    alive = 1.0
    for name, evidence in parts.items():
        weight: float = getattr(weighing, name)
        alive *= 1 - weight * evidence
    return 1 - alive


def followed(level: float, stale: float, weighing: Weighing) -> float:
    """A speaker's level after one more turn."""
    return level + weighing.newest * (stale - level)


def together(levels: Iterable[float], weighing: Weighing) -> float:
    """The session's stall, 0 to 1, from the levels of those who speak in it now."""
    every = list(levels)
    mean = sum(every) / len(every)
    level = weighing.liveliest * min(every) + (1 - weighing.liveliest) * mean
    return ramp(level, weighing.low, weighing.high)
