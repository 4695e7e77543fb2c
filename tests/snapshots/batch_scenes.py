"""Batches of runs on the screen: the list, one with its measures and its runs, and planning another."""

from datetime import timedelta

from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.session.batch import Batch, Figures, Judging
from backrooms_tui.session.judgement import Judgement, Measure, Rubric, Score, Verdict
from backrooms_tui.session.setup import AgentSetup, Rules, Setup
from backrooms_tui.session.usage import Usage
from tests.snapshots.scenes import SIZES, SMALL, Begin, Scene, Sees, keep
from tests.snapshots.telling import NOW, Tale

RUNS = 20
_RUBRIC = Rubric(
    "debate",
    "A debate",
    (
        Measure("quality", "How good it is.", 1, 10, "poor", "fine"),
        Measure("arguments", "How well it is argued.", 1, 5, "poorly", "well", "agent"),
    ),
)
_CAST = (("Vera", "anthropic/claude-opus"), ("Tomas", "openai/gpt-5"))


def _setup(title: str) -> Setup:
    agents = tuple(AgentSetup(seat, name, model) for seat, (name, model) in enumerate(_CAST, 1))
    return Setup(title, "debate", agents, Rules(max_turns=2))


async def _batches(workspace: Workspace) -> Begin:
    """One that is judged, with two runs that are not over, and one that waits."""
    kept = workspace.store.batches
    judging = Judging(_RUBRIC, ("anthropic/claude-haiku",))
    title = "Should a lighthouse be kept?"
    kept.keep(Batch("b0000001", title, NOW, "debate", _setup(title), 1, RUNS, 4, judging=judging))
    for number in range(1, RUNS + 1):
        session = f"run{number:05d}"
        tale = Tale(session, f"{title} · run {number}", "debate", _CAST)
        await keep(workspace, tale.says("It shows where the rocks are.", cost=0.02).says("So does a map.", cost=0.01))
        kept.begin("b0000001", number, session)
        if number == RUNS:
            kept.fail("b0000001", number, "the model is overloaded")
        elif number < RUNS - 1:
            values = {
                "turns": 2.0,
                "rounds": 1.0,
                "words_a_turn": 4.0 + number % 3 / 2,
                "stall": 0.05 * (number % 5),
                "cost": 0.03,
                "input_tokens": 500.0 + 7 * number,
                "output_tokens": 11.0,
                "seconds": 8.4,
            }
            kept.finish("b0000001", number, Figures("max_turns", "", values))
            workspace.store.keep_judgement(_judgement(session, number))
            kept.judged("b0000001", number, f"j-{session}", 0.004)
    before = NOW - timedelta(days=2).total_seconds()
    kept.keep(Batch("b0000002", "Command line", before, "cli", _setup("Command line"), 7, 10, 1, budget=2.0))
    return lambda app: app.show_repeats()


def _judgement(session: str, number: int) -> Judgement:
    scores = (
        Score("quality", None, 4.0 + number * 7 % 6, (1,)),
        Score("arguments", 1, 2.0 + number % 3, (1,)),
        Score("arguments", 2, None if number % 6 == 0 else 1.0 + number * 3 % 5, (2,)),
    )
    verdict = Verdict("anthropic/claude-haiku", 1, (1, 2), False, "It was so.", scores, 1, Usage(), 0.004)
    return Judgement(f"j-{session}", session, NOW, _RUBRIC, 2, (verdict,), wanted=1)


_OPENED = (Sees("18 of 20"), "enter", Sees("● runs"), Sees("┄┄┄"))
BATCH_SCENES = (
    Scene("repeats", _batches, (Sees("18 of 20"),), (SMALL, *SIZES)),
    Scene("repeats-new", _batches, (Sees("18 of 20"), "n", Sees("runs it")), SIZES),
    Scene("batch", _batches, _OPENED, (SMALL, *SIZES)),
    Scene("batch-runs", _batches, (*_OPENED, "tab", Sees("run00001")), (SMALL, SIZES[0])),
)
