"""What came of a session that went on both ways: how much each stalled, and what was done about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from backrooms_tui.assembly.measuring import Measured
from backrooms_tui.session.events import Remedied
from backrooms_tui.session.setup import RemedyKind

# Not yet under way; every turn was spoken; its rules ended or stopped it; a provider's trouble; the operator.
How = Literal["ready", "whole", "over", "trouble", "stopped"]
STOPPED = "stopped by the operator"
_STEPS: Mapping[RemedyKind, tuple[str, str]] = {
    "temperature": ("change", " of temperature"),
    "model": ("change", " of model"),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one way: the turns that were spoken on it, with how much it stalled after each, and the steps of
    the ladder that were taken. `why` says how it came to stand still, where that is not because it is `whole`."""

    session: str
    title: str
    ladder: bool
    turns: tuple[Measured, ...]
    stall_at: float
    remedies: tuple[Remedied, ...]
    how: How
    why: str = ""

    @property
    def stalled(self) -> int:
        """Turns at `stall_at` or above."""
        return sum(one.stall >= self.stall_at for one in self.turns)

    @property
    def share(self) -> float | None:
        """Their share in all turns, None where there are none."""
        return self.stalled / len(self.turns) if self.turns else None


def told(without: Outcome, with_ladder: Outcome) -> str:
    """Both in a sentence: "without: 12 of 20 turns stalled; with: 5 of 20, after 2 nudges and 1 topic"."""
    return f"without: {_told(without, ' turns stalled')}; with: {_told(with_ladder, '')}"


def _told(outcome: Outcome, what: str) -> str:
    total = len(outcome.turns)
    said = f"{outcome.stalled} of {total}{what}" if total else "nothing was said"
    kinds = [one.remedy for one in outcome.remedies]
    steps = [_counted(kinds.count(kind), kind) for kind in dict.fromkeys(kinds)]
    if steps:
        said += f", after {' and '.join(filter(None, (', '.join(steps[:-1]), steps[-1])))}"
    # Who stopped it knows.
    return said + (f" – {outcome.why.removesuffix('.')}" if outcome.how in ("over", "trouble") else "")


def _counted(number: int, kind: RemedyKind) -> str:
    name, of = _STEPS.get(kind, (kind, ""))
    return f"{number} {name}{'' if number == 1 else 's'}{of}"
