"""What many runs come to: means, spreads, intervals, and what is missing."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backrooms_tui.experiments.plan import ends_by_itself, seconds_left, seed_of, setup_of
from backrooms_tui.experiments.results import Quantity, results
from backrooms_tui.experiments.summing_up import Summary, summed_up
from backrooms_tui.experiments.telling import about, interval, money, told
from backrooms_tui.session.batch import Batch, Figures, Judging, Run
from backrooms_tui.session.judgement import Judgement, Measure, Rubric, Score, Verdict
from backrooms_tui.session.setup import AgentSetup, Rules, Setup
from backrooms_tui.session.usage import Usage

RUBRIC = Rubric(
    "debate",
    "Debate",
    (
        Measure("heat", "How heated it is.", 1, 5, "cold", "hot"),
        Measure("quality", "How well it is argued.", 0, 10, "poorly", "well", "agent"),
    ),
)
SETUP = Setup("A night", "duo", (AgentSetup(1, "Ada", "m"), AgentSetup(2, "Ben", "m")), Rules(max_turns=4))
BATCH = Batch("b1", "A night", 0.0, "duo", SETUP, 1, 3, 1, judging=Judging(RUBRIC, ("j",)))


def done(number: int, turns: float, judgement: str = "") -> Run:
    figures = Figures("max_turns", "", {"turns": turns, "cost": None})
    return Run(number, "done", f"s{number}", figures=figures, judgement=judgement)


def judged(id: str, *scores: Score, round: int | None = None) -> Judgement:
    verdict = Verdict("j", 1, (1, 2), False, "", scores, 1, Usage(), 0.0, round)
    return Judgement(id, "s", 0.0, RUBRIC, 4, (verdict,))


def named(quantities: tuple[Quantity, ...], title: str) -> Quantity:
    return next(one for one in quantities if one.title == title)


def test_the_sum_of_known_values() -> None:
    # t(4 degrees) = 2.776; s/√n = √2.5/√5
    assert summed_up([1, 2, 3, 4, 5]) == Summary(
        3.0, pytest.approx(1.5811, abs=1e-4), pytest.approx(1.0368, abs=1e-4), pytest.approx(4.9632, abs=1e-4), 5, 0
    )


def test_what_is_missing_is_counted_and_never_taken_for_a_number() -> None:
    assert summed_up([None, 4.0, None]) == Summary(4.0, None, None, None, 1, 2)
    assert summed_up([None]) == Summary(None, None, None, None, 0, 1)
    assert summed_up([]) == Summary(None, None, None, None, 0, 0)


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=30))
def test_the_mean_lies_in_the_middle_of_its_interval(values: list[float]) -> None:
    summary = summed_up(values)
    assert summary.mean is not None
    assert summary.low is not None
    assert summary.high is not None
    assert summary.low <= summary.mean <= summary.high
    assert (summary.low + summary.high) / 2 == pytest.approx(summary.mean, abs=1e-6, rel=1e-9)


def test_scores_stand_before_figures_and_a_run_without_a_score_is_missing() -> None:
    runs = [done(1, 4, "j1"), done(2, 2, "j2"), done(3, 3)]
    judgements = {
        "j1": judged("j1", Score("heat", None, 2.0), Score("quality", 1, 6.0), Score("quality", 2, None)),
        "j2": judged("j2", Score("heat", None, 4.0), Score("quality", 1, 8.0), Score("quality", 2, 1.0)),
    }
    found = results(BATCH, runs, judgements)
    assert [one.title for one in found.quantities][:4] == ["heat", "quality · Ada", "quality · Ben", "turns"]
    assert named(found.quantities, "heat").values == (2.0, 4.0, None)
    assert named(found.quantities, "heat").summary.missing == 1
    assert named(found.quantities, "quality · Ben").values == (None, 1.0, None)
    assert named(found.quantities, "turns").values == (4, 2, 3)
    assert named(found.quantities, "cost (USD)").summary.missing == 3
    assert found.ended == {"max_turns": 3}


def test_rounds_stand_by_themselves() -> None:
    runs = [done(1, 4, "j1")]
    found = results(BATCH, runs, {"j1": judged("j1", Score("heat", None, 3.0), round=2)})
    assert named(found.quantities, "heat · round 2").values == (3.0,)


def test_where_only_rounds_were_judged_the_session_has_the_mean_over_them() -> None:
    verdicts = [
        Verdict("j", 1, (1, 2), False, "", (Score("heat", None, value),), 1, Usage(), 0.0, round)
        for round, value in ((1, 2.0), (2, 5.0), (3, None))
    ]
    found = results(BATCH, [done(1, 4, "j1")], {"j1": Judgement("j1", "s", 0.0, RUBRIC, 4, tuple(verdicts))})
    assert named(found.quantities, "heat").values == (3.5,)
    assert [named(found.quantities, f"heat · round {round}").values for round in (1, 2, 3)] == [(2.0,), (5.0,), (None,)]


def test_no_two_quantities_have_the_same_title() -> None:
    setup = replace(SETUP, agents=(AgentSetup(1, "Ada", "m"), AgentSetup(2, "Ada", "m")))
    turns = Measure("turns", "How the turns follow one another.", 1, 5, "badly", "well")
    rubric = replace(RUBRIC, measures=(*RUBRIC.measures, turns))
    batch = replace(BATCH, setup=setup, judging=Judging(rubric, ("j",)))
    found = results(batch, [done(1, 4, "j1")], {"j1": judged("j1", Score("turns", None, 5.0))})
    titles = [one.title for one in found.quantities]
    assert len(set(titles)) == len(titles)
    assert named(found.quantities, "turns").values == (5.0,)
    assert named(found.quantities, "turns (figure)").values == (4,)
    assert {"quality · Ada (seat 1)", "quality · Ada (seat 2)"} <= set(titles)


def test_only_runs_that_are_over_and_still_there_count() -> None:
    runs = [done(1, 4), replace(done(2, 9), gone=True), Run(3, "begun", "s3", turns=2), Run(4, "failed", why="away")]
    found = results(BATCH, runs, {})
    assert [run.number for run in found.runs] == [1]
    assert named(found.quantities, "turns").values == (4,)


def test_every_run_has_a_seed_and_a_title_of_its_own_and_always_the_same() -> None:
    seeds = [seed_of(1, run) for run in range(1, 101)]
    assert len(set(seeds)) == 100
    assert seeds == [seed_of(1, run) for run in range(1, 101)]
    assert seeds != [seed_of(2, run) for run in range(1, 101)]
    assert all(0 <= seed < 2**31 for seed in seeds)
    assert setup_of(SETUP, 1, 7).title == "A night · run 7"
    assert setup_of(SETUP, 1, 7).seed == seed_of(1, 7)


def test_what_never_ends_is_known_before() -> None:
    assert not ends_by_itself(replace(SETUP, rules=Rules()))
    assert not ends_by_itself(replace(SETUP, rules=Rules(stop=("bye",))))
    assert ends_by_itself(SETUP)
    assert ends_by_itself(replace(SETUP, rules=Rules(max_seconds=60.0)))


def test_the_words_for_numbers() -> None:
    assert [told(value) for value in (None, 0.0, 0.004, 3.14159, 123.456, 98765.4)] == [
        "–",
        "0.00",
        "0.004",
        "3.14",
        "123.5",
        "98,765",
    ]
    assert interval(Summary(1.0, None, None, None, 1, 0)) == "–"
    assert interval(Summary(2.0, 1.0, 1.5, 2.5, 5, 0)) == "1.50 to 2.50"
    assert [money(0.0), money(1.5), money(0.0012), money(0.5, unpriced=True)] == [
        "$0.00",
        "$1.50",
        "$0.0012",
        "$0.50 + ?",
    ]
    assert [about(None), about(20), about(200), about(7380)] == [
        "",
        "about 20 s left",
        "about 3 min left",
        "about 2 h 3 min left",
    ]
    assert seconds_left(10.0, 2.0, 6.0) == 30.0
    assert seconds_left(10.0, 0.0, 6.0) is None
