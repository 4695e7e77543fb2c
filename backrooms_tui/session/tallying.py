"""What the scores of several judges add up to: their mean, how far they are apart, and how many gave none."""

from dataclasses import dataclass, replace
from statistics import fmean, stdev

from backrooms_tui.session.judgement import Judgement, Score


@dataclass(frozen=True, slots=True)
class Tally:
    """One measure, of an agent (a seat) or of the session (None), in one `round` or in all of it (None).

    `spread` is the standard deviation among the `count` scores, None below two; `missing` counts the judges who gave
    none. `turns` are all turns that a score rests on, in order.
    """

    measure: str
    agent: int | None
    round: int | None
    mean: float | None
    spread: float | None
    count: int
    missing: int
    turns: tuple[int, ...]


def tallied(judgement: Judgement) -> tuple[Tally, ...]:
    """All that was scored, in the order of the rubric: of the whole session first, then round by round."""
    found: dict[tuple[int | None, str, int | None], list[Score]] = {}
    for verdict in judgement.verdicts:
        for score in verdict.scores:
            found.setdefault((verdict.round, score.measure, score.agent), []).append(score)
    places = {measure.name: place for place, measure in enumerate(judgement.rubric.measures)}
    order = sorted(found, key=lambda key: (key[0] or 0, places.get(key[1], len(places)), key[2] or 0))
    return tuple(_tally(round, measure, agent, found[round, measure, agent]) for round, measure, agent in order)


def only_rounds(judgement: Judgement) -> bool:
    """Whether all that was said is of rounds."""
    return bool(judgement.verdicts) and all(verdict.round is not None for verdict in judgement.verdicts)


def tallied_as_a_whole(judgement: Judgement) -> tuple[Tally, ...]:
    """What was scored of the whole session; where only rounds were judged, all that was scored in these together."""
    if only_rounds(judgement):
        judgement = replace(judgement, verdicts=tuple(replace(one, round=None) for one in judgement.verdicts))
    return tuple(tally for tally in tallied(judgement) if tally.round is None)


def _tally(round: int | None, measure: str, agent: int | None, scores: list[Score]) -> Tally:
    values = [score.value for score in scores if score.value is not None]
    turns = sorted({turn for score in scores for turn in score.turns})
    return Tally(
        measure,
        agent,
        round,
        fmean(values) if values else None,
        stdev(values) if len(values) > 1 else None,
        len(values),
        len(scores) - len(values),
        tuple(turns),
    )
