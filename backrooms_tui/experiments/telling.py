"""Results in few words, the same on the command line and on the screen."""

from collections.abc import Mapping
from datetime import timedelta

from backrooms_tui.experiments.summing_up import Summary

INTERVAL = "95% interval of the mean by Student's t"
NOTHING = "–"


def told(value: float | None) -> str:
    """A number with as many digits as one reads at a glance; a dash for None."""
    if value is None:
        return NOTHING
    size = abs(value)
    if size >= 1000:
        return f"{value:,.0f}"
    if size >= 100:
        return f"{value:.1f}"
    return f"{value:.2f}" if size >= 0.1 or value == 0 else f"{value:.2g}"


def interval(summary: Summary) -> str:
    """`3.10 to 4.20`; a dash where there is none."""
    if summary.low is None or summary.high is None:
        return NOTHING
    return f"{told(summary.low)} to {told(summary.high)}"


def ended(reasons: Mapping[str, int]) -> str:
    """`18 max turns, 2 stop`."""
    return ", ".join(f"{count} {reason.replace('_', ' ')}" for reason, count in reasons.items())


def money(cost: float, *, unpriced: bool = False) -> str:
    """`$0.12`; `$0.12 + ?` where there is more of which nobody knows the price."""
    if unpriced and not cost:
        return "$?"
    amount = f"${cost:.2f}" if cost >= 0.01 or not cost else f"${cost:.4f}"
    return f"{amount} + ?" if unpriced else amount


def about(seconds: float | None) -> str:
    """`about 3 min left`; nothing where nobody knows."""
    if seconds is None:
        return ""
    if seconds < 60:
        return f"about {max(round(seconds), 1)} s left"
    if seconds < 3600:
        return f"about {round(seconds / 60)} min left"
    hours, minutes = divmod(round(timedelta(seconds=seconds) / timedelta(minutes=1)), 60)
    return f"about {hours} h {minutes} min left"
