"""Many runs of a template: the same again from the same seed, at the same time or one after the other, and resumed."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from backrooms_tui.assembly.batches.planning import Wish, caution, planned
from backrooms_tui.assembly.batches.repeating import RunningBatch, begin_batch, results_of, resume_batch
from backrooms_tui.assembly.continuing import resume
from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.conversation.casting import Choices
from backrooms_tui.experiments.plan import seed_of
from backrooms_tui.session.batch import Batch
from backrooms_tui.session.events import TurnEnded
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.store.batches import Standing
from tests.assembly.conftest import Script

Made = Callable[..., Batch]


@pytest.fixture
def made(workspace: Workspace, script: Script) -> Made:
    """Plans a batch of `duo`: `made(runs=3)`; `lm` are its models, others are of `Wish`."""

    def make(
        *lm: str, turns: int = 4, title: str = "A night", params: Mapping[str, object] | None = None, **wish: object
    ) -> Batch:
        models = lm or (script("one", "One says this.", "One says more."), script("two", "Two answers that."))
        choices = Choices(models=models, max_turns=turns, title=title, params=params or {})
        return planned(workspace, "duo", choices, Wish(**{"runs": 3, "seed": 1, **wish}))  # type: ignore[arg-type]

    return make


async def gone_through(running: RunningBatch) -> RunningBatch:
    try:
        await asyncio.wait_for(running.run(), 60)
    finally:
        await running.aclose()
    return running


async def until(condition: Callable[[], bool | Awaitable[bool]]) -> None:
    async with asyncio.timeout(30):
        while not condition():
            await asyncio.sleep(0.005)


def said(workspace: Workspace, standing: Standing) -> list[list[str]]:
    return [[turn.text for turn in workspace.store.turns(run.session, 1, 99)] for run in standing.runs]


async def values(workspace: Workspace, standing: Standing) -> dict[str, tuple[float | None, ...]]:
    """All that does not depend on the machine's speed."""
    found = await results_of(workspace, standing)
    return {one.key: one.values for one in found.quantities if one.key != "figure/seconds"}


async def test_each_run_is_a_session_of_its_own(workspace: Workspace, made: Made) -> None:
    batch = made(runs=3, seed=7)
    await gone_through(await begin_batch(workspace, batch))
    standing = workspace.store.batches.standing(batch.id)
    assert standing.whole
    assert standing.keeper is None
    for run in standing.runs:
        summary = workspace.store.summary(run.session)
        assert (summary.title, summary.turns, summary.status) == (f"A night · run {run.number}", 4, "ended")
        assert summary.seed == seed_of(7, run.number)
        assert run.figures is not None
        assert (run.figures.ended, run.figures.values["turns"]) == ("max_turns", 4.0)


async def test_the_same_batch_again_gives_the_same_runs_however_many_go_at_once(
    workspace: Workspace, made: Made
) -> None:
    first, second = made(runs=5, jobs=1), made(runs=5, jobs=4)
    await gone_through(await begin_batch(workspace, first))
    await gone_through(await begin_batch(workspace, second))
    one, other = (workspace.store.batches.standing(batch.id) for batch in (first, second))
    assert said(workspace, one) == said(workspace, other)
    assert await values(workspace, one) == await values(workspace, other)


async def test_no_more_than_the_jobs_run_at_the_same_time(workspace: Workspace, made: Made) -> None:
    running = await begin_batch(workspace, made(runs=6, jobs=2, params={"rate": 200}))
    seen: set[int] = set()
    running.told = lambda: seen.add(running.going.running)
    await gone_through(running)
    assert max(seen) == 2
    assert running.going.done == 6


async def test_a_failed_run_is_counted_and_tried_again_in_its_session(
    workspace: Workspace, made: Made, script: Script
) -> None:
    failing = script("failing", "Fine.", "#! fail: bad_request\nFine now.")
    batch = made(failing, script("two", "Yes."), runs=2)
    running = await gone_through(await begin_batch(workspace, batch))
    assert (running.going.failed, running.going.done) == (2, 0)
    assert "bad request" in running.failed[0].why
    before = workspace.store.batches.standing(batch.id)
    assert not before.whole
    again = await gone_through(await resume_batch(workspace, batch.id))
    assert again.failed == []
    after = workspace.store.batches.standing(batch.id)
    assert [run.session for run in after.runs] == [run.session for run in before.runs]
    assert after.whole
    assert [len(turns) for turns in said(workspace, after)] == [4, 4]


async def test_what_is_stopped_goes_on_where_it_was_with_every_turn_whole(workspace: Workspace, made: Made) -> None:
    whole = made(runs=3)
    await gone_through(await begin_batch(workspace, whole))
    batch = made(runs=3, jobs=2, params={"rate": 60})
    running = await begin_batch(workspace, batch)
    going = asyncio.ensure_future(gone_through(running))
    await until(lambda: any(run.turns for run in workspace.store.batches.standing(batch.id).runs))
    running.stop()
    await going
    assert running.stopped
    before = workspace.store.batches.standing(batch.id)
    spoken = said(workspace, Standing(batch, tuple(run for run in before.runs if run.session)))
    assert before.count("begun")
    again = await gone_through(await resume_batch(workspace, batch.id))
    after = workspace.store.batches.standing(batch.id)
    assert again.going.done == 3
    assert [run.session for run in after.runs][: len(spoken)] == [run.session for run in before.runs if run.session]
    assert said(workspace, after) == said(workspace, workspace.store.batches.standing(whole.id))


async def test_half_a_turn_is_spoken_again_where_the_program_could_not_wait(workspace: Workspace, made: Made) -> None:
    whole = made(runs=2)
    await gone_through(await begin_batch(workspace, whole))
    batch = made(runs=2, jobs=2, params={"rate": 60})
    running = await begin_batch(workspace, batch)
    going = asyncio.ensure_future(gone_through(running))
    await until(lambda: any(run.turns for run in workspace.store.batches.standing(batch.id).runs))
    going.cancel()
    with pytest.raises(asyncio.CancelledError):
        await going
    await gone_through(await resume_batch(workspace, batch.id))
    after = workspace.store.batches.standing(batch.id)
    assert said(workspace, after) == said(workspace, workspace.store.batches.standing(whole.id))


async def test_nothing_that_is_over_runs_again(workspace: Workspace, made: Made) -> None:
    batch = made(runs=2)
    await gone_through(await begin_batch(workspace, batch))
    events = sum(
        1 for run in workspace.store.batches.standing(batch.id).runs for _ in workspace.store.events(run.session)
    )
    again = await resume_batch(workspace, batch.id)
    assert again.todo == []
    await gone_through(again)
    assert events == sum(
        1 for run in workspace.store.batches.standing(batch.id).runs for _ in workspace.store.events(run.session)
    )


async def test_the_budget_is_that_of_all_runs_together(workspace: Workspace, made: Made) -> None:
    workspace.catalogue.cost = lambda reference, usage: 0.25  # type: ignore[method-assign]
    batch = made(runs=4, jobs=2, budget=1.5)
    running = await gone_through(await begin_batch(workspace, batch))
    assert running.spent
    # A turn that was being spoken in the other run when the budget was reached is kept, too.
    assert 1.5 <= running.cost <= 1.75
    assert running.going.done < 4
    again = await gone_through(await resume_batch(workspace, batch.id, budget=100.0))
    assert not again.spent
    standing = workspace.store.batches.standing(batch.id)
    assert standing.whole
    assert standing.cost == pytest.approx(4.0)


async def test_only_one_program_runs_a_batch(workspace: Workspace, made: Made) -> None:
    batch = made(runs=1)
    running = await begin_batch(workspace, batch)
    with pytest.raises(OperatorError, match="is being run by"):
        await resume_batch(workspace, batch.id)
    await gone_through(running)
    await gone_through(await resume_batch(workspace, batch.id))


async def test_a_run_that_somebody_goes_on_with_elsewhere_is_left_alone(workspace: Workspace, made: Made) -> None:
    batch = made(runs=2, params={"rate": 60})
    running = await begin_batch(workspace, batch)
    going = asyncio.ensure_future(gone_through(running))
    await until(lambda: workspace.store.batches.standing(batch.id).runs[0].turns > 0)
    running.stop()
    await going
    mine = await resume(workspace, workspace.store.batches.standing(batch.id).runs[0].session)
    try:
        again = await gone_through(await resume_batch(workspace, batch.id))
    finally:
        await mine.aclose()
    assert "is being recorded" in again.failed[0].why
    assert again.going.done == 1


async def test_a_deleted_run_is_left_out_and_an_unfinished_one_begins_anew(workspace: Workspace, made: Made) -> None:
    batch = made(runs=3)
    await gone_through(await begin_batch(workspace, batch))
    workspace.store.put_away(workspace.store.batches.standing(batch.id).runs[0].session)
    found = await results_of(workspace, workspace.store.batches.standing(batch.id))
    assert [run.number for run in found.runs] == [2, 3]
    lost = workspace.store.batches.standing(batch.id).runs[1].session
    workspace.store.batches.begin(batch.id, 2, lost)
    workspace.store.delete(lost)
    await gone_through(await resume_batch(workspace, batch.id))
    now = workspace.store.batches.standing(batch.id).runs[1]
    assert now.state == "done"
    assert now.session != lost


async def test_what_cannot_be_run_is_said_before_anything_is_kept(workspace: Workspace, made: Made) -> None:
    with pytest.raises(OperatorError, match="nothing would ever end"):
        made(turns=0)
    with pytest.raises(OperatorError, match="judge needs something"):
        made(judges=("local",))
    assert workspace.store.batches.listed() == []


def test_what_does_not_repeat_itself_is_said(workspace: Workspace, made: Made) -> None:
    assert caution(made(jobs=4)) == ""
    local = planned(workspace, "duo", Choices(models=("local",), max_turns=2), Wish(runs=2, jobs=2))
    assert "not the same again" in caution(local)
    assert caution(replace(local, jobs=1)) == ""


async def test_words_between_turns_do_not_hold_it_up(workspace: Workspace, made: Made) -> None:
    """Every event of every run is recorded by the time the batch is over."""
    batch = made(runs=4, jobs=4, turns=10)
    await gone_through(await begin_batch(workspace, batch))
    for run in workspace.store.batches.standing(batch.id).runs:
        ends = [event for event in workspace.store.events(run.session) if isinstance(event, TurnEnded)]
        assert [event.turn for event in ends] == list(range(1, 11))


def test_batches_lie_beside_the_sessions(workspace: Workspace, made: Made, tmp_path: Path) -> None:
    batch = made()
    workspace.store.batches.keep(batch)
    assert workspace.store.list_sessions() == []
    assert workspace.store.batches.standing(batch.id).batch == batch
