"""A batch: one template that is run many times, each run a session of its own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from backrooms_tui.session.judgement import Rubric
from backrooms_tui.session.setup import Setup

# Not begun; begun and not over, whether it goes on now or was interrupted; over for trouble; over.
RunState = Literal["waiting", "begun", "failed", "done"]


@dataclass(frozen=True, slots=True)
class Judging:
    """How each run is judged: by `models` (full references), each `repeats` times. See `Verdict` for the rest."""

    rubric: Rubric
    models: tuple[str, ...]
    repeats: int = 1
    hide_names: bool = False
    swap: bool = False
    by_round: bool = False


@dataclass(frozen=True, slots=True)
class Figures:
    """What a run came to, when it was over: why it `ended` ("paused" where it stood still), in words in `detail`, and
    the `values` by name, None for one that nobody knows."""

    ended: str
    detail: str
    values: Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Run:
    """One run (`number` from 1). `session` is where it is kept, "" before it begins. `why` says what failed.

    `turns` and `cost` (USD) are those of its session so far, and `gone` says that this is in the trash, deleted, or not
    recorded yet.
    `judgement` is the id of what judges said of it, `judging_cost` what that cost (USD), and `unjudged` why there is
    none.
    """

    number: int
    state: RunState = "waiting"
    session: str = ""
    why: str = ""
    figures: Figures | None = None
    judgement: str = ""
    judging_cost: float = 0.0
    unjudged: str = ""
    turns: int = 0
    cost: float = 0.0
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Batch:
    """`runs` runs of `setup`, whose seeds come from `seed`, `jobs` of them at the same time.

    `budget` is USD for all of them together, judges included; None is no limit. `at` is when it was made (Unix
    seconds), `template` the name of the template, and `notices` what is told before each run.
    """

    id: str
    title: str
    at: float
    template: str
    setup: Setup
    seed: int
    runs: int
    jobs: int
    budget: float | None = None
    judging: Judging | None = None
    notices: tuple[str, ...] = field(default_factory=tuple)
