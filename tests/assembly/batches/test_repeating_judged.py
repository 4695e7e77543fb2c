"""Many runs, each of them judged: what judges give goes into the results, and who did not answer is asked again."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from backrooms_tui.assembly.batches.planning import Wish, planned
from backrooms_tui.assembly.batches.repeating import RunningBatch, begin_batch, results_of, resume_batch
from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.conversation.casting import Choices
from backrooms_tui.experiments.results import Quantity
from backrooms_tui.session.batch import Batch
from backrooms_tui.session.judgement import Judgement
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.settings import folders
from tests.assembly.conftest import Script
from tests.misbehaving import MisbehavingServer, Recorded, Reply

MANNERS = """
[rubric]
title = "Manners"
[[measures]]
name = "quality"
about = "How good it is."
low = 1
high = 10
low_means = "poor"
high_means = "fine"
[[measures]]
name = "warmth"
about = "How warm it is."
low = 1
high = 10
low_means = "cold"
high_means = "warm"
of = "agent"
"""
ENDPOINT = """
[endpoints.judge]
base_url = "{url}"
dialect = "xai"
[defaults]
retries = 1
"""


class Judge:
    """Gives 3, 4, 5 and so on, one a verdict; while it is `away` it answers nothing that counts."""

    def __init__(self) -> None:
        self.away = False
        self.given = 2

    def __call__(self, request: Recorded) -> Reply:
        if self.away:
            return Reply("I would rather not.", usage=(100, 20, 0, 0), status=401)
        self.given += 1
        values: dict[str, Any] = {"summary": "In short."}
        for name, one in request.json["response_format"]["json_schema"]["schema"]["properties"].items():
            if name != "summary":
                turns = one["properties"]["turns"]["items"]["enum"]
                values[name] = {"reason": "so", "turns": turns[:1], "score": self.given}
        return Reply(json.dumps(values), usage=(100, 20, 0, 0))


@pytest.fixture
def judge(tmp_path: Path, workspace: Workspace) -> Iterator[Judge]:
    made = Judge()
    with MisbehavingServer(made) as server:
        (tmp_path / "config").mkdir(exist_ok=True)
        (tmp_path / "config" / "config.toml").write_text(ENDPOINT.format(url=server.openai_url), "utf-8")
        folder = folders.rubrics_dir()
        folder.mkdir(parents=True)
        (folder / "manners.toml").write_text(MANNERS, "utf-8")
        yield made


def a_batch(workspace: Workspace, script: Script, **wish: Any) -> Batch:
    models = (script("one", "One says this."), script("two", "Two answers that."))
    wishes = Wish(**{"runs": 3, "seed": 1, "rubric": "manners", "judges": ("judge/model",), **wish})
    return planned(workspace, "duo", Choices(models=models, max_turns=2), wishes)


async def gone_through(running: RunningBatch) -> RunningBatch:
    try:
        await running.run()
    finally:
        await running.aclose()
    return running


async def scores(workspace: Workspace, batch: Batch) -> dict[str, Quantity]:
    found = await results_of(workspace, workspace.store.batches.standing(batch.id))
    return {one.title: one for one in found.quantities if one.kind == "score"}


async def test_each_run_is_judged_and_scores_come_to_a_mean(workspace: Workspace, judge: Judge, script: Script) -> None:
    batch = a_batch(workspace, script)
    await gone_through(await begin_batch(workspace, batch))
    standing = workspace.store.batches.standing(batch.id)
    assert standing.whole
    found = await scores(workspace, batch)
    assert list(found) == ["quality", "warmth · Mara", "warmth · Jonas"]
    assert found["quality"].values == (3.0, 4.0, 5.0)
    assert found["quality"].scale == (1, 10)
    summary = found["quality"].summary
    assert (summary.mean, summary.spread, summary.count, summary.missing) == (4.0, 1.0, 3, 0)
    for run in standing.runs:
        assert [one.id for one in workspace.store.judgements(run.session)] == [run.judgement]


async def test_who_could_not_be_asked_is_asked_again_and_nothing_is_run_again(
    workspace: Workspace, judge: Judge, script: Script
) -> None:
    batch = a_batch(workspace, script)
    judge.away = True
    running = await gone_through(await begin_batch(workspace, batch))
    going = running.going
    assert (going.done, going.failed, going.unjudged) == (3, 0, 3)
    assert all(run.unjudged for run in running.failed)
    before = workspace.store.batches.standing(batch.id)
    assert before.unjudged == 3
    assert (await scores(workspace, batch))["quality"].summary.missing == 3
    judge.away = False
    again = await gone_through(await resume_batch(workspace, batch.id))
    assert again.going.unjudged == 0
    after = workspace.store.batches.standing(batch.id)
    assert after.whole
    assert [run.session for run in after.runs] == [run.session for run in before.runs]
    assert all(run.turns == 2 for run in after.runs)
    assert (await scores(workspace, batch))["quality"].summary.count == 3


async def test_what_was_said_before_judging_was_stopped_has_its_price(
    workspace: Workspace, script: Script, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    speaks = Judge()

    def once(request: Recorded) -> Reply:
        return speaks(request) if speaks.given == 2 else replace(speaks(request), ending="stall")

    monkeypatch.setattr("backrooms_tui.assembly.judging._KEEP_EVERY", 0.0)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    with MisbehavingServer(once) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.openai_url)
        (tmp_path / "manners.toml").write_text(MANNERS, "utf-8")
        wishes = {"rubric": str(tmp_path / "manners.toml"), "judges": ("gpt-4o",), "repeats": 2}
        batch = a_batch(workspace, script, runs=1, **wishes)
        running = await begin_batch(workspace, batch)
        going = asyncio.ensure_future(gone_through(running))

        def judged() -> list[Judgement]:
            run = workspace.store.batches.standing(batch.id).runs[0]
            return workspace.store.judgements(run.session) if run.session else []

        async with asyncio.timeout(60):
            while not judged():
                await asyncio.sleep(0.01)
        running.stop()
        await going
    (half,) = judged()
    standing = workspace.store.batches.standing(batch.id)
    assert (half.whole, standing.unjudged) == (False, 1)
    assert half.cost
    assert standing.cost == running.cost == pytest.approx(half.cost)


async def test_a_judgement_that_was_deleted_is_made_again(workspace: Workspace, judge: Judge, script: Script) -> None:
    batch = a_batch(workspace, script, runs=2)
    await gone_through(await begin_batch(workspace, batch))
    workspace.store.forget_judgement(workspace.store.batches.standing(batch.id).runs[1].judgement)
    assert (await scores(workspace, batch))["quality"].values == (3.0, None)
    again = await resume_batch(workspace, batch.id)
    assert again.todo == [2]
    await gone_through(again)
    assert (await scores(workspace, batch))["quality"].values == (3.0, 5.0)


async def test_rubrics_and_judges_are_looked_at_before_anything_runs(
    workspace: Workspace, judge: Judge, script: Script
) -> None:
    with pytest.raises(OperatorError, match="there is no rubric 'maners'") as wrong:
        a_batch(workspace, script, rubric="maners")
    assert "manners" in wrong.value.cure
    with pytest.raises(OperatorError):
        a_batch(workspace, script, judges=("nobody/nothing",))
