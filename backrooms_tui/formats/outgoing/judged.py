"""What judges have said of a session, in words and figures that all pages share."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from backrooms_tui.formats.outgoing.spoken import mark, moment, name_of
from backrooms_tui.session.judgement import Judgement, Measure, Verdict
from backrooms_tui.session.setup import Setup
from backrooms_tui.session.tallying import Tally, only_rounds, tallied, tallied_as_a_whole

# The columns of a table of scores.
COLUMNS = ("measure", "of", "mean", "spread", "verdicts", "missing", "scale", "rests on turns")
NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table of scores. `seat` is that of the agent that it is about, None for the session. `value` is
    the mean, from `low` to `high`, and `mean` says it. `scale` is `1 to 10`, `ends` what the two mean; `turns` are what
    it rests on, and `reasons` what the judges gave as reasons, each with who it was, or why a score is missing; `gaps`
    are the latter alone, each with how many are."""

    measure: str
    seat: int | None
    of: str
    value: float | None
    low: float
    high: float
    mean: str
    spread: str
    count: int
    missing: int
    scale: str
    ends: str
    turns: tuple[int, ...]
    reasons: tuple[tuple[str, str], ...]
    gaps: tuple[tuple[str, int], ...] = ()


def lines_of(judgement: Judgement, setup: Setup, round: int | None = None) -> list[Line]:
    """The scores of all of the session, or of one round, in the order of the rubric. Where only rounds were judged, all
    of the session has the means over these."""
    measures = {measure.name: measure for measure in judgement.rubric.measures}
    found = tallied_as_a_whole(judgement) if round is None else tallied(judgement)
    return [_line(tally, measures.get(tally.measure), judgement, setup) for tally in found if tally.round == round]


def rounds_of(judgement: Judgement) -> list[int]:
    """The rounds that were judged, by number."""
    return sorted({verdict.round for verdict in judgement.verdicts if verdict.round is not None})


def _line(tally: Tally, measure: Measure | None, judgement: Judgement, setup: Setup) -> Line:
    whom = "the session" if tally.agent is None else f"{mark(tally.agent)} {name_of(setup, tally.agent)}"
    scale = f"{figure(measure.low)} to {figure(measure.high)}" if measure is not None else ""
    ends = "; ".join(
        f"{figure(end)}: {means}"
        for end, means in (((measure.low, measure.low_means), (measure.high, measure.high_means)) if measure else ())
        if means
    )
    mean = NOTHING if tally.mean is None else figure(tally.mean)
    spread = NOTHING if tally.spread is None else f"±{figure(tally.spread)}"
    reasons = tuple(_reasons(tally, judgement))
    gaps = tuple(Counter(why for verdict in judgement.verdicts for why in _missing(tally, verdict)).most_common())
    low, high = (measure.low, measure.high) if measure is not None else (0.0, 0.0)
    figures = (tally.mean, low, high, mean, spread, tally.count, tally.missing)
    return Line(tally.measure, tally.agent, whom, *figures, scale, ends, tally.turns, reasons, gaps)


def _reasons(tally: Tally, judgement: Judgement) -> Iterator[tuple[str, str]]:
    for verdict in judgement.verdicts:
        for score in verdict.scores:
            if (verdict.round, score.measure, score.agent) == (tally.round, tally.measure, tally.agent):
                given = "none" if score.value is None else figure(score.value)
                why = score.missing if score.value is None else score.reason
                if why:
                    yield f"{_who(verdict, judgement)} gave {given}", why


def _missing(tally: Tally, verdict: Verdict) -> Iterator[str]:
    for score in verdict.scores:
        same = (verdict.round, score.measure, score.agent) == (tally.round, tally.measure, tally.agent)
        if same and score.value is None:
            yield score.missing


@dataclass(frozen=True, slots=True)
class Summary:
    """What a judge wrote: who it was, its words, and who is meant where it was not told the names."""

    who: str
    text: str
    key: str


def summaries_of(judgement: Judgement, setup: Setup, round: int | None = None) -> list[Summary]:
    """What each judge wrote of all of the session, or of one round."""
    return [
        Summary(_who(verdict, judgement), verdict.summary, _key(verdict, setup))
        for verdict in judgement.verdicts
        if verdict.round == round and verdict.summary.strip()
    ]


def _key(verdict: Verdict, setup: Setup) -> str:
    if not verdict.hidden:
        return ""
    return ", ".join(
        f"Agent {letter(place)} is {mark(seat)} {name_of(setup, seat)}" for place, seat in enumerate(verdict.order)
    )


def letter(place: int) -> str:
    """What stands in place of the name of the agent that a judge was told of as number `place` (from 0): A, B and so
    on, AA after Z."""
    before, last = divmod(place, 26)
    return (letter(before - 1) if before else "") + chr(ord("A") + last)


def how_judged(judgement: Judgement) -> list[str]:
    """By which rubric and by whom, how honest it was made, and what went wrong."""
    verdicts = [verdict for verdict in judgement.verdicts if verdict.round is None] or list(judgement.verdicts)
    rounds = max(1, len({verdict.round for verdict in verdicts}))
    judges = {judge: -(-count // rounds) for judge, count in Counter(verdict.judge for verdict in verdicts).items()}
    names = ", ".join(f"{judge} ({count} times)" if count > 1 else judge for judge, count in judges.items())
    told = [f"by {names}" if names else "no judge has answered", f"up to turn {judgement.turn:,}", moment(judgement.at)]
    if only_rounds(judgement):
        count = len(rounds_of(judgement))
        told.insert(0, "the means over its rounds" if count > 1 else "one round was judged")
    if any(verdict.hidden for verdict in verdicts):
        all_of = all(verdict.hidden for verdict in verdicts)
        told.append("names hidden" if all_of else "names hidden from some")
    orders = len({verdict.order for verdict in verdicts})
    if orders > 1:
        told.append(f"agents in {orders} orders")
    if left_out := max((verdict.left_out for verdict in verdicts), default=0):
        turns = "1 turn" if left_out == 1 else f"{left_out:,} turns"
        told.append(f"{turns} did not fit and {'was' if left_out == 1 else 'were'} not shown")
    told.append(spent(judgement))
    if not judgement.whole:
        told.append(f"stopped after {len(judgement.verdicts)} of {judgement.wanted} verdicts")
    return [*told, *(f"{who}: {why}" for who, why in _troubles(judgement))]


def _troubles(judgement: Judgement) -> Iterator[tuple[str, str]]:
    for verdict in judgement.verdicts:
        if verdict.trouble:
            yield f"{_who(verdict, judgement)} gave no verdict", verdict.trouble


def _who(verdict: Verdict, judgement: Judgement) -> str:
    """The judge; with its number where it judged the same more than once."""
    same = [one for one in judgement.verdicts if (one.judge, one.round) == (verdict.judge, verdict.round)]
    return f"{verdict.judge} · {same.index(verdict) + 1}" if len(same) > 1 else verdict.judge


def in_a_line(judgement: Judgement) -> str:
    """Which judgement it is."""
    judges = ", ".join(dict.fromkeys(verdict.judge for verdict in judgement.verdicts))
    title = judgement.rubric.title or judgement.rubric.name
    return " · ".join(filter(None, (moment(judgement.at), title, judges, spent(judgement))))


def spent(judgement: Judgement) -> str:
    """`$0.0420`, `free`, or `?` where a price is not known."""
    cost = judgement.cost
    return "?" if cost is None else f"${cost:.4f}" if cost else "free"


def told_by_round(judgements: Sequence[Judgement]) -> Judgement | None:
    """The one that is told beside each round: the first, or where that says nothing of rounds, the next that does."""
    return next((one for one in judgements if rounds_of(one)), None)


def told_first(judgements: Sequence[Judgement]) -> Judgement | None:
    """The one that is told at the top. Where the first was of rounds alone, the next one of all of it by the same
    rubric says more there."""
    if not judgements or not only_rounds(judgements[0]):
        return judgements[0] if judgements else None
    same = (one for one in judgements if one.rubric.name == judgements[0].rubric.name and not only_rounds(one))
    return next(same, judgements[0])


def others(judgements: Sequence[Judgement]) -> list[Judgement]:
    """Those that are told in neither place."""
    told = (told_first(judgements), told_by_round(judgements))
    return [one for one in judgements if one not in told]


def figure(number: float) -> str:
    """`7`, `6.5`, `6.25`: as few places as it takes, two at most."""
    return f"{number:.2f}".rstrip("0").rstrip(".") or "0"
