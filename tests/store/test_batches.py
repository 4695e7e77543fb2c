"""Batches of runs, as the store keeps them."""

import pytest

from backrooms_tui.session.batch import Batch, Figures, Judging
from backrooms_tui.session.judgement import Measure, Rubric
from backrooms_tui.session.setup import AgentSetup, Rules, Setup
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.store.database import Store
from tests.store.scripts import kept

RUBRIC = Rubric("warmth", "Warmth", (Measure("warmth", "How warm it is.", 1, 5, "cold", "warm"),))
SETUP = Setup("A night", "duo", (AgentSetup(1, "Ada", "scripted/a.txt"),), Rules(max_turns=4), {"topic": "mirrors"}, 7)
FIGURES = Figures("max_turns", "after 4 turns", {"turns": 4.0, "cost": None})


def a_batch(id: str, *, title: str = "A night", at: float = 1.0, runs: int = 3) -> Batch:
    judging = Judging(RUBRIC, ("scripted/j.txt",), repeats=2, swap=True)
    return Batch(id, title, at, "duo", SETUP, 2**70, runs, 2, 0.5, judging, ("Mind the gap.",))


def test_a_batch_comes_back_as_it_was_planned(store: Store) -> None:
    store.batches.keep(a_batch("b1"))
    kept = store.batches.standing("b1")
    assert kept.batch == a_batch("b1")
    assert [(run.number, run.state, run.session) for run in kept.runs] == [(n, "waiting", "") for n in (1, 2, 3)]
    assert kept.keeper is None
    assert not kept.whole


def test_a_run_goes_from_begun_to_judged(store: Store) -> None:
    store.batches.keep(a_batch("b1", runs=2))
    store.batches.begin("b1", 1, "s1")
    store.batches.fail("b1", 1, "the server is away")
    assert store.batches.standing("b1").runs[0].why == "the server is away"
    store.batches.begin("b1", 1, "s1")
    store.batches.finish("b1", 1, FIGURES)
    run = store.batches.standing("b1").runs[0]
    assert (run.state, run.session, run.why, run.figures) == ("done", "s1", "", FIGURES)


def test_a_run_shows_its_session_and_whether_that_is_gone(store: Store) -> None:
    session = kept(store, "one", "two").session
    store.batches.keep(a_batch("b1", runs=1))
    store.batches.begin("b1", 1, session)
    before = store.batches.standing("b1").runs[0]
    assert (before.turns, before.cost, before.gone) == (2, 0.5, False)
    store.put_away(session)
    assert store.batches.standing("b1").runs[0].gone
    store.bring_back(session)
    assert not store.batches.standing("b1").runs[0].gone
    store.delete(session)
    assert store.batches.standing("b1").runs[0].gone


def test_batches_are_listed_newest_first_and_found_by_what_people_call_them(store: Store) -> None:
    store.batches.keep(a_batch("abcd0001", title="A night", at=1.0))
    store.batches.keep(a_batch("abce0002", title="A day", at=2.0))
    assert [one.batch.id for one in store.batches.listed()] == ["abce0002", "abcd0001"]
    assert store.batches.find("last") == "abce0002"
    assert store.batches.find("abcd") == "abcd0001"
    assert store.batches.find("a DAY") == "abce0002"
    with pytest.raises(OperatorError, match="means 2 batches"):
        store.batches.find("abc")
    with pytest.raises(OperatorError) as near:
        store.batches.find("A nihgt")
    assert "abcd0001" in near.value.cure


def test_only_one_runs_a_batch_at_a_time(store: Store) -> None:
    store.batches.keep(a_batch("b1"))
    mine = store.batches.claim("b1")
    assert store.batches.standing("b1").keeper is not None
    with pytest.raises(OperatorError, match="is being run by"):
        store.batches.claim("b1")
    with pytest.raises(OperatorError, match="is being run by"):
        store.batches.delete("b1")
    mine.release()
    store.batches.delete("b1")
    assert store.batches.listed() == []
    assert store.living() == {}
