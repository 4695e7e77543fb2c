"""Starting, pausing, stepping, and what stands in their way."""

from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.session.state import NoticeEntry
from tests.ui.stage.conftest import OnStage


async def test_a_fresh_stage_says_how_to_begin(on_stage: OnStage) -> None:
    async with on_stage() as stage:
        await stage.sees("Duo", "Mara ↔ Jonas", "‖ ready", "space lets them talk", "Operator ▸", "turn 0")
        assert stage.state.turn == 0


async def test_it_can_run_from_the_first_moment(on_stage: OnStage) -> None:
    async with on_stage(run=True, max_turns=2) as stage:
        await stage.sees("■ ended", "The limit of 2 turns is reached", "Ada says one.", "Bo says one.")


async def test_a_step_is_one_turn(on_stage: OnStage) -> None:
    async with on_stage() as stage:
        await stage.press("n")
        await stage.sees("Ada says one.", "‖ paused", "turn 1")
        assert stage.state.turn == 1
        await stage.press("n")
        await stage.sees("Bo says one.", "turn 2")
        assert stage.state.turn == 2


async def test_space_runs_and_pauses_after_the_turn(on_stage: OnStage) -> None:
    async with on_stage(rate=30, ada=("word " * 120,), bo=("word " * 120,)) as stage:
        await stage.press("space")
        await stage.sees("▶ running", "speaking")
        await stage.press("space")
        await stage.sees("◌ pausing")
        assert stage.state.in_flight is not None
        last = stage.state.in_flight.turn
        await stage.sees("‖ paused")
        assert stage.state.turn == last
        assert stage.state.turns[last].stop_reason == "end"


async def test_a_pause_that_has_not_come_can_be_taken_back(on_stage: OnStage) -> None:
    async with on_stage(rate=30, ada=("word " * 120,), bo=("word " * 120,)) as stage:
        await stage.press("space")
        await stage.sees("▶ running", "speaking")
        await stage.press("space")
        await stage.sees("◌ pausing")
        await stage.press("space")
        await stage.sees("▶ running")
        await stage.until(lambda: stage.state.turn == 2)


async def test_who_speaks_can_be_cut_short(on_stage: OnStage) -> None:
    async with on_stage(rate=5, ada=("word " * 200,)) as stage:
        await stage.press("n")
        await stage.sees("word word")
        await stage.press("s")
        await stage.sees("stopped by the operator", "‖ paused")
        assert stage.state.turns[1].stop_reason == "stopped"


async def test_the_last_turn_is_spoken_again(on_stage: OnStage) -> None:
    async with on_stage() as stage:
        await stage.steps(2)
        await stage.press("r")
        await stage.sees("turn 2 is spoken again")
        await stage.until(lambda: stage.state.turn == 2 and not stage.screen.performance.running)
        assert stage.state.turns[2].attempts


async def test_the_turn_that_is_being_spoken_is_spoken_again(on_stage: OnStage) -> None:
    async with on_stage(rate=8, ada=("word " * 40,)) as stage:
        await stage.press("space")
        await stage.sees("word word")
        await stage.press("r")
        await stage.sees("turn 1 is spoken again")
        await stage.until(lambda: stage.state.in_flight is not None and stage.state.in_flight.attempt == 2)


async def test_after_the_limit_more_turns_are_offered(on_stage: OnStage) -> None:
    async with on_stage(run=True, max_turns=2) as stage:
        await stage.sees("■ ended", "space offers more turns")
        await stage.press("space")
        await stage.sees("How many more turns?", "10")
        await stage.press("x")
        await stage.sees("a number of turns")
        await stage.press("backspace", "3", "enter")
        await stage.until(lambda: stage.state.turn == 5 and not stage.screen.performance.running)
        await stage.sees("‖ paused", "turn 5")


async def test_after_a_goodbye_it_goes_on_without_a_question(on_stage: OnStage) -> None:
    async with on_stage(ada=("Bye.\n^C^C", "Not yet."), bo=("Wait.",), template="cli") as stage:
        await stage.press("space")
        await stage.sees("■ ended", "space goes on")
        await stage.press("space")
        await stage.until(lambda: stage.state.turn >= 3)
        await stage.press("space")


async def test_trouble_pauses_and_says_what_to_do(on_stage: OnStage) -> None:
    async with on_stage(ada=("#! fail: authentication\nHello.",)) as stage:
        await stage.press("space")
        await stage.sees("! paused", "Mara: the script says: fail with authentication", "try again", "failed")
        await stage.press("space")
        await stage.sees("Hello.")
        await stage.press("space")


async def test_leaving_keeps_what_is_being_said(on_stage: OnStage, workspace: Workspace) -> None:
    async with on_stage(rate=8, ada=("word " * 200,)) as stage:
        await stage.press("space")
        await stage.sees("word word")
        await stage.press("escape")
        await stage.until(lambda: len(stage.app.screen_stack) == 2)
        session = stage.state.session
    kept = workspace.store.state(session)
    assert kept.turns[1].text.startswith("word word")
    assert kept.turns[1].stop_reason == "stopped"
    assert kept.status == "paused"


async def test_quitting_keeps_what_is_being_said(on_stage: OnStage, workspace: Workspace) -> None:
    async with on_stage(rate=8, ada=("word " * 200,)) as stage:
        await stage.press("space")
        await stage.sees("word word")
        await stage.press("ctrl+q")
        await stage.until(lambda: not stage.app.is_running)
        session = stage.state.session
    kept = workspace.store.state(session)
    assert kept.turns[1].text.startswith("word word")
    assert kept.status == "paused"


async def test_an_exit_without_warning_keeps_what_is_being_said(on_stage: OnStage, workspace: Workspace) -> None:
    async with on_stage(rate=8, ada=("word " * 200,)) as stage:
        await stage.press("space")
        await stage.sees("word word")
        session = stage.state.session
        stage.app.exit()
    kept = workspace.store.state(session)
    assert kept.turns[1].text.startswith("word word")


async def test_what_is_queued_is_kept_when_leaving(on_stage: OnStage, workspace: Workspace) -> None:
    async with on_stage(rate=8, ada=("word " * 200,)) as stage:
        await stage.press("space")
        await stage.sees("word word")
        await stage.press("i")
        await stage.write("wait")
        await stage.press("enter")
        await stage.sees("queued · wait")
        await stage.press("escape")
        await stage.until(lambda: len(stage.app.screen_stack) == 2)
        session = stage.state.session
    kept = workspace.store.state(session)
    assert not kept.queued
    assert any(getattr(entry, "text", "") == "wait" for entry in kept.entries)
    assert not any(isinstance(entry, NoticeEntry) and entry.level == "warning" for entry in kept.entries)


async def test_nothing_ticks_while_nothing_happens(on_stage: OnStage) -> None:
    async with on_stage() as stage:
        await stage.steps(1)
        await stage.until(lambda: stage.screen._ticking is not None and not stage.screen._ticking._active.is_set())
