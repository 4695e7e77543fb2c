"""Batches that have been run, that wait, and that were judged."""

from collections.abc import Awaitable, Callable

import pytest

from backrooms_tui.assembly.batches.planning import Wish, planned
from backrooms_tui.assembly.batches.repeating import begin_batch
from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.conversation.casting import Choices
from backrooms_tui.session.batch import Batch, Figures, Judging
from backrooms_tui.session.judgement import Judgement, Measure, Rubric, Score, Verdict
from backrooms_tui.session.setup import AgentSetup, Rules, Setup
from backrooms_tui.session.usage import Usage
from tests.store.scripts import kept
from tests.ui.conftest import Script

Planned = Callable[..., Batch]
Repeated = Callable[..., Awaitable[Batch]]
RUBRIC = Rubric(
    "debate",
    "Debate",
    (
        Measure("quality", "How well it is argued.", 1, 5, "poorly", "well", "agent"),
        Measure("heat", "How heated it is.", 1, 5, "cold", "hot"),
    ),
)


@pytest.fixture
def plan(workspace: Workspace, script: Script) -> Planned:
    """A batch of `duo` that is not kept yet: `plan(runs=4, title="A night", rate=20)`."""

    def make(*, runs: int = 3, turns: int = 2, title: str = "A night", rate: int = 0, jobs: int = 2) -> Batch:
        models = (script("one", "One says this.", "One says more of it."), script("two", "Two answers that."))
        choices = Choices(models=models, max_turns=turns, title=title, params={"rate": rate} if rate else {})
        return planned(workspace, "duo", choices, Wish(runs=runs, jobs=jobs, seed=1))

    return make


@pytest.fixture
def repeated(workspace: Workspace, plan: Planned) -> Repeated:
    """A batch that was run to its end."""

    async def make(**values: object) -> Batch:
        running = await begin_batch(workspace, plan(**values))
        try:
            await running.run()
        finally:
            await running.aclose()
        return running.batch

    return make


def judged_batch(workspace: Workspace, *, runs: int = 20, title: str = "The long debate", name: str = "Ada") -> Batch:
    """A batch of which all runs but the last two are over and judged; the last one failed."""
    agents = (AgentSetup(1, name, "scripted/a.txt"), AgentSetup(2, "Ben", "scripted/b.txt"))
    setup = Setup(title, "duo", agents, Rules(max_turns=2))
    judging = Judging(RUBRIC, ("scripted/judge.txt",))
    store = workspace.store
    batch = Batch("b0000001", title, 1_795_000_000.0, "duo", setup, 1, runs, 2, judging=judging)
    store.batches.keep(batch)
    for number in range(1, runs + 1):
        session = kept(store, "One says this.", "Two answers.", title=f"{title} · run {number}").session
        store.batches.begin(batch.id, number, session)
        if number == runs:
            store.batches.fail(batch.id, number, "the server is away")
        elif number < runs - 1:
            values = {"turns": 2.0, "rounds": 1.0, "words_a_turn": 2.5 + number % 4, "stall": 0.1, "cost": 0.5}
            store.batches.finish(batch.id, number, Figures("max_turns", "", values))
            store.keep_judgement(_judgement(f"j-{session}", session, number))
            store.batches.judged(batch.id, number, f"j-{session}", 0.01)
    return batch


def _judgement(id: str, session: str, number: int) -> Judgement:
    scores = (
        Score("quality", 1, 2.0 + number % 3),
        Score("quality", 2, 1.0 + number % 4 if number % 5 else None),
        Score("heat", None, 1.0 + (number * 7) % 5),
    )
    verdict = Verdict("scripted/judge.txt", 1, (1, 2), False, "It was so.", scores, 1, Usage(), 0.01)
    return Judgement(id, session, 1.0, RUBRIC, 2, (verdict,), wanted=1)
