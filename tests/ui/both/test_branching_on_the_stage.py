"""A live branch from a turn of the stage."""

from backrooms_tui.ui.screens.stage.stage import StageScreen
from tests.ui.both.conftest import Played, Watching


async def test_a_branch_goes_on_from_the_chosen_turn_and_the_session_stays(
    watching: Watching, in_circles: Played
) -> None:
    session = await in_circles(4)
    async with watching(session) as watched:
        await watched.press("g", "2", "enter")
        await watched.press("f")
        await watched.until(lambda: len(watched.stages) == 2)
        await watched.sees("A branch from turn 2")
        branch = watched.stages[-1]
        assert (branch.state.parent, branch.state.parent_turn, branch.state.turn) == (session, 2, 2)
        await watched.press("n")
        await watched.until(lambda: branch.state.turn == 3 and not branch.performance.running)
        await watched.press("escape")
        await watched.until(lambda: len(watched.stages) == 1)
        assert watched.stages[0].state.turn == 4
        assert watched.workspace.store.summary(branch.state.session).turns == 3


async def test_who_speaks_finishes_the_turn_and_then_it_pauses(watching: Watching, in_circles: Played) -> None:
    async with watching(await in_circles(2), rate=12, run=True) as watched:
        first: StageScreen = watched.stages[0]
        await watched.until(lambda: first.state.in_flight is not None and first.state.in_flight.text)
        turn = first.state.turn
        await watched.press("f")
        await watched.until(lambda: len(watched.stages) == 2)
        await watched.sees("the session it comes from pauses")
        assert watched.stages[-1].state.turn == turn
        await watched.until(lambda: not first.performance.running)
        assert (first.state.turn, first.state.reason) == (turn + 1, "paused by the operator")
        assert first.state.turns[turn + 1].stop_reason == "end"


async def test_pressing_it_twice_makes_one_branch(watching: Watching, in_circles: Played) -> None:
    async with watching(await in_circles(2)) as watched:
        stage = watched.stages[0]
        stage.action_fork()
        stage.action_fork()
        await watched.until(lambda: len(watched.stages) == 2)
        assert len(watched.kept()) == 1  # both have the same title
        assert len(watched.workspace.store.list_sessions()) == 2


async def test_a_turn_that_was_taken_back_has_no_branch(watching: Watching, in_circles: Played) -> None:
    async with watching(await in_circles(2)) as watched:
        stage = watched.stages[0]
        await watched.press("r")
        await watched.until(lambda: stage.state.turn == 2 and stage.state.revision and not stage.performance.running)
        taken_back = next(
            index for index, entry in enumerate(stage.state.entries) if getattr(entry, "retracted", False)
        )
        stage.scene.show_entry(taken_back)
        stage.scene.activate(0)
        stage.scene.timeline.transcript.select(taken_back)
        await watched.press("f")
        await watched.sees("choose one that stands")
        assert len(watched.stages) == 1
