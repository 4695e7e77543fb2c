"""What a batch came to: each measure and figure as a row, run by run, with its mean and how sure that is."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from backrooms_tui.experiments.figures import NAMES
from backrooms_tui.experiments.summing_up import Summary, summed_up
from backrooms_tui.session.batch import Batch, Run
from backrooms_tui.session.judgement import Judgement, Rubric
from backrooms_tui.session.tallying import tallied, tallied_as_a_whole

_Place = tuple[int | None, str, int | None]  # round, measure, agent


@dataclass(frozen=True, slots=True)
class Quantity:
    """One thing that every run has a value of: a `score` or a `figure`, of an `agent` (a name) or of the session (""),
    in one `round` or in all of it (None). `values` stand in the order of the runs; `scale` are the ends of a score."""

    key: str
    name: str
    kind: Literal["score", "figure"]
    values: tuple[float | None, ...]
    agent: str = ""
    round: int | None = None
    scale: tuple[float, float] | None = None

    @property
    def summary(self) -> Summary:
        """The mean over the runs, and how sure it is."""
        return summed_up(self.values)

    @property
    def title(self) -> str:
        """`quality · Ada · round 2`."""
        parts = (self.name, self.agent, "" if self.round is None else f"round {self.round}")
        return " · ".join(filter(None, parts))


@dataclass(frozen=True, slots=True)
class Results:
    """Of the `runs` that are over: `quantities` with a value for each, scores first, and how often they ended why."""

    runs: tuple[Run, ...]
    quantities: tuple[Quantity, ...]
    ended: Mapping[str, int]


def results(batch: Batch, runs: Iterable[Run], judgements: Mapping[str, Judgement]) -> Results:
    """The results of `batch`: of its runs that are done and not deleted, with the `judgements` by their ids. A run's
    score is the mean of what its judges gave, over all rounds where these were judged one by one; without any, the run
    counts as missing."""
    over = tuple(run for run in runs if run.state == "done" and not run.gone)
    scores = _scores(batch, over, judgements) if batch.judging is not None else ()
    ended = Counter(run.figures.ended for run in over if run.figures is not None)
    return Results(over, (*scores, *_figures(over, {one.name for one in scores})), dict(ended.most_common()))


def _scores(batch: Batch, runs: Sequence[Run], judgements: Mapping[str, Judgement]) -> tuple[Quantity, ...]:
    assert batch.judging is not None
    rubric = batch.judging.rubric
    names = _names(batch)
    means: list[dict[_Place, float | None]] = []
    for run in runs:
        judgement = judgements.get(run.judgement)
        tallies = (*tallied(judgement), *tallied_as_a_whole(judgement)) if judgement is not None else ()
        means.append({(one.round, one.measure, one.agent): one.mean for one in tallies})
    made = []
    for place in _places(rubric, names, means):
        round, name, seat = place
        scale = next(((one.low, one.high) for one in rubric.measures if one.name == name), None)
        values = tuple(of_run.get(place) for of_run in means)
        key = f"score/{name}/{'' if seat is None else seat}/{'' if round is None else round}"
        agent = "" if seat is None else names.get(seat, f"seat {seat}")
        made.append(Quantity(key, name, "score", values, agent, round, scale))
    return tuple(made)


def _names(batch: Batch) -> dict[int, str]:
    """What everybody is called; with the seat where two have the same name."""
    same = Counter(agent.name for agent in batch.setup.agents)
    return {
        agent.seat: agent.name if same[agent.name] == 1 else f"{agent.name} (seat {agent.seat})"
        for agent in batch.setup.agents
    }


def _places(rubric: Rubric, names: Mapping[int, str], means: Sequence[Mapping[_Place, object]]) -> list[_Place]:
    """What is scored: every measure of the rubric, whether anybody gave it or not, and what there is round by round."""
    asked: list[_Place] = []
    for measure in rubric.measures:
        seats: Iterable[int | None] = names if measure.of == "agent" else (None,)
        asked += [(None, measure.name, seat) for seat in seats]
    order = {measure.name: number for number, measure in enumerate(rubric.measures)}
    more = {place for of_run in means for place in of_run} - set(asked)
    return asked + sorted(more, key=lambda one: (one[0] or 0, order.get(one[1], len(order)), one[1], one[2] or 0))


def _figures(runs: Sequence[Run], scored: Collection[str]) -> tuple[Quantity, ...]:
    """`scored` are the names of measures: a figure does not take one that a rubric has."""
    return tuple(
        Quantity(
            f"figure/{name}",
            f"{title} (figure)" if title in scored else title,
            "figure",
            tuple(run.figures.values.get(name) if run.figures is not None else None for run in runs),
        )
        for name, title in NAMES.items()
    )
