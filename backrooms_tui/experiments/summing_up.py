"""What a number came to in many runs: its mean, how far the runs are apart, and how sure the mean is."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import fmean, stdev

from backrooms_tui.experiments.students_t import quantile

LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Summary:
    """Of `count` values. `spread` is their standard deviation (with n - 1), and `low` to `high` the interval in which
    the mean lies with a probability of 95% by Student's t; all three are None below two values. `missing` counts the
    runs that gave none."""

    mean: float | None
    spread: float | None
    low: float | None
    high: float | None
    count: int
    missing: int

    @property
    def margin(self) -> float | None:
        """Half the width of the interval."""
        return None if self.low is None or self.high is None else (self.high - self.low) / 2


def summed_up(values: Iterable[float | None]) -> Summary:
    """The summary of `values`, one a run; None where a run has none."""
    every = list(values)
    there = [value for value in every if value is not None]
    missing = len(every) - len(there)
    if not there:
        return Summary(None, None, None, None, 0, missing)
    mean = fmean(there)
    if len(there) == 1:
        return Summary(mean, None, None, None, 1, missing)
    spread = stdev(there)
    margin = quantile(len(there) - 1, LEVEL) * spread / math.sqrt(len(there))
    return Summary(mean, spread, mean - margin, mean + margin, len(there), missing)
