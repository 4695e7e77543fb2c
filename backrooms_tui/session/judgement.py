"""What judges say of a session: a rubric, and the scores that each of them gave by it."""

from dataclasses import dataclass, field
from typing import Literal

from backrooms_tui.session.usage import Usage

Of = Literal["session", "agent"]


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing that is scored, from `low` to `high`, both included: `of` the session or of each agent. `low_means`
    and `high_means` describe the ends of the scale."""

    name: str
    about: str
    low: float
    high: float
    low_means: str
    high_means: str
    of: Of = "session"
    whole: bool = True  # only whole numbers will do


@dataclass(frozen=True, slots=True)
class Rubric:
    """What a judge looks at. `name` is that of its file."""

    name: str
    title: str
    measures: tuple[Measure, ...]
    about: str = ""


@dataclass(frozen=True, slots=True)
class Score:
    """What one judge gave for a measure: to the agent on a seat, or to all of the session (None). `value` is None where
    it gave none that counts; `missing` says why then. `turns` are what it rests on; they all exist."""

    measure: str
    agent: int | None
    value: float | None
    turns: tuple[int, ...] = ()
    reason: str = ""
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one judge said at one go: of the whole session, or of one `round` (counted from 1).

    `judge` is the model (a full reference) and `repeat` counts from 1. `order` are the seats in the order in which it
    was shown the agents, and `hidden` says whether their names were. `asked` is how often it had to be asked. `trouble`
    is why it said nothing at all. `cost` is in USD, None where no price is known. `left_out` counts the turns, out of
    the middle, that its window had no room for.
    """

    judge: str
    repeat: int
    order: tuple[int, ...]
    hidden: bool
    summary: str
    scores: tuple[Score, ...]
    asked: int
    usage: Usage
    cost: float | None
    round: int | None = None
    trouble: str = ""
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Judgement:
    """What all judges said of a session by one rubric at one time (`at`, Unix seconds). It was judged up to `turn`.
    `wanted` is how many verdicts were asked for; there are fewer where that was stopped in the middle."""

    id: str
    session: str
    at: float
    rubric: Rubric
    turn: int
    verdicts: tuple[Verdict, ...] = field(default_factory=tuple)
    wanted: int = 0

    @property
    def whole(self) -> bool:
        """Whether every verdict that was asked for is there."""
        return len(self.verdicts) >= self.wanted

    @property
    def cost(self) -> float | None:
        """USD of all verdicts; None where a price is not known."""
        costs = [verdict.cost for verdict in self.verdicts]
        return None if None in costs else sum(cost for cost in costs if cost is not None)
