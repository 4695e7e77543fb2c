"""Batches on the screen: the list, one with its measures and its plot, and the way to a run."""

import asyncio
import threading
from pathlib import Path

import pytest
from textual.pilot import Pilot

from backrooms_tui.assembly.batches.repeating import RunningBatch
from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.store.batches import Batches
from backrooms_tui.ui.app import BackroomsApp
from backrooms_tui.ui.screens.home.home import HomeScreen
from backrooms_tui.ui.screens.repeats.batch import BatchScreen
from backrooms_tui.ui.screens.repeats.repeats import RepeatsScreen
from backrooms_tui.ui.screens.replay.replay import ReplayScreen
from tests.hostile import HOSTILE
from tests.ui.bare import BareApp
from tests.ui.conditions import at_once, screen_text, until
from tests.ui.repeats.conftest import Planned, Repeated, judged_batch


def repeats(workspace: Workspace) -> BareApp:
    return BareApp(workspace, lambda app: app.show_repeats())


def sees(pilot: Pilot[int], *words: str) -> bool:
    text = screen_text(pilot.app)
    return all(word in text for word in words)


async def test_one_comes_from_home_to_a_batch_and_on_to_the_replay_of_a_run(
    workspace: Workspace, repeated: Repeated
) -> None:
    await repeated(runs=3)
    async with BackroomsApp(workspace).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: sees(pilot, "3 sessions"))
        await pilot.press("R")
        await until(pilot, lambda: sees(pilot, "Repeats · 1", "▸ A night · duo", "3 of 3", "✓ whole"))
        await pilot.press("enter")
        await until(pilot, lambda: sees(pilot, "A night · duo · seed 1", "3 of 3 done", "▸ turns", "2.00 to 2.00"))
        await pilot.press("tab")
        await until(pilot, lambda: sees(pilot, "▸     1  ✓ done"))
        await pilot.press("down", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ReplayScreen) and sees(pilot, "A night · run 2"))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, BatchScreen) and sees(pilot, "▸     2  ✓ done"))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, RepeatsScreen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))


async def test_keys_that_are_faster_than_the_list_are_not_lost(workspace: Workspace, repeated: Repeated) -> None:
    await repeated(runs=2)
    async with repeats(workspace).run_test(size=(80, 24)) as pilot:
        at_once(pilot.app, "enter", "tab")
        await until(pilot, lambda: isinstance(pilot.app.screen, BatchScreen) and sees(pilot, "2 of 2 done"))


async def test_without_batches_it_says_what_to_do(workspace: Workspace) -> None:
    async with repeats(workspace).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: sees(pilot, "n runs a template many times"))


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_scores_come_first_and_the_chosen_measure_is_plotted(workspace: Workspace, size: tuple[int, int]) -> None:
    judged_batch(workspace)
    async with repeats(workspace).run_test(size=size) as pilot:
        await until(pilot, lambda: sees(pilot, "18 of 20", "! 1 failed"))
        await pilot.press("enter")
        await until(pilot, lambda: sees(pilot, "▸ quality · Ada", "quality · Ben", "heat", "judged by Debate"))
        await until(pilot, lambda: sees(pilot, "quality · Ada ● runs  ─ mean 3.00", "────"))
        await pilot.press("down")
        # Three of the eighteen have no score for Ben.
        await until(pilot, lambda: sees(pilot, "quality · Ben ● runs") and "15        3" in screen_text(pilot.app))
        await pilot.press("tab")
        await until(pilot, lambda: sees(pilot, "✓ done", "value"))
        await pilot.press("end")
        await until(pilot, lambda: sees(pilot, "▸    20  ! failed", "the server is away"))


async def test_x_writes_both_tables(workspace: Workspace, tmp_path: Path) -> None:
    judged_batch(workspace)
    async with repeats(workspace).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: sees(pilot, "18 of 20"))
        await pilot.press("enter")
        await until(pilot, lambda: sees(pilot, "▸ quality · Ada"))
        await pilot.press("x")
        await until(pilot, lambda: sees(pilot, "Written:"))
    names = {path.name for path in tmp_path.glob("*.csv")}
    assert names == {"The-long-debate_b0000001.csv", "The-long-debate_b0000001-runs.csv"}


async def test_one_that_waits_is_run_stopped_and_goes_on(workspace: Workspace, plan: Planned) -> None:
    batch = plan(runs=4, turns=6, rate=25)
    workspace.store.batches.keep(batch)
    async with repeats(workspace).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: sees(pilot, "0 of 4", "‖ stopped"))
        await pilot.press("enter")
        await until(pilot, lambda: sees(pilot, "0 of 4 done", "No run is over yet."))
        await pilot.press("space")
        await until(pilot, lambda: sees(pilot, "2 running"))
        await until(pilot, lambda: any(run.turns for run in workspace.store.batches.standing(batch.id).runs))
        await pilot.press("space")
        await until(pilot, lambda: sees(pilot, "Stopped; space goes on with it."))
        assert workspace.store.batches.standing(batch.id).keeper is None
        await pilot.press("space")
        await until(pilot, lambda: sees(pilot, "4 of 4 done", "▸ turns"), seconds=40)
    assert workspace.store.batches.standing(batch.id).whole


async def test_keys_that_are_faster_than_a_batch_are_not_lost(
    workspace: Workspace, plan: Planned, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = plan(runs=2)
    workspace.store.batches.keep(batch)
    let, read = threading.Event(), Batches.standing

    def slowly(batches: Batches, id: str) -> object:
        let.wait(20)
        return read(batches, id)

    async with BareApp(workspace, lambda app: app.push_screen(BatchScreen(batch.id))).run_test(size=(80, 24)) as pilot:
        with monkeypatch.context() as slow:
            slow.setattr(Batches, "standing", slowly)
            await until(pilot, lambda: isinstance(pilot.app.screen, BatchScreen) and pilot.app.screen.is_mounted)
            await pilot.press("space")
            let.set()
            await until(pilot, lambda: sees(pilot, "2 of 2 done", "▸ turns"))
    assert workspace.store.batches.standing(batch.id).whole


async def test_who_goes_on_before_it_is_put_away_waits_for_that(
    workspace: Workspace, plan: Planned, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = plan(runs=3, turns=6, rate=25)
    workspace.store.batches.keep(batch)
    put_away, let, close = asyncio.Event(), asyncio.Event(), RunningBatch.aclose

    async def slowly(running: RunningBatch) -> None:
        put_away.set()
        await let.wait()
        await close(running)

    async with BareApp(workspace, lambda app: app.push_screen(BatchScreen(batch.id))).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: sees(pilot, "0 of 3 done"))
        monkeypatch.setattr(RunningBatch, "aclose", slowly)
        await pilot.press("space")
        await until(pilot, lambda: any(run.turns for run in workspace.store.batches.standing(batch.id).runs))
        await pilot.press("space")
        await until(pilot, put_away.is_set)
        await pilot.press("space", "space")
        let.set()
        await until(pilot, lambda: sees(pilot, "3 of 3 done", "▸ turns"), seconds=40)
    assert workspace.store.batches.standing(batch.id).keeper is None


async def test_leaving_stops_it_and_keeps_every_turn_whole(workspace: Workspace, plan: Planned) -> None:
    batch = plan(runs=3, turns=6, rate=25)
    workspace.store.batches.keep(batch)
    async with repeats(workspace).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: sees(pilot, "0 of 3"))
        await pilot.press("enter")
        await until(pilot, lambda: sees(pilot, "0 of 3 done"))
        await pilot.press("space")
        await until(pilot, lambda: any(run.turns for run in workspace.store.batches.standing(batch.id).runs))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, RepeatsScreen) and sees(pilot, "‖ stopped"))
    said = {
        turn.text
        for run in workspace.store.batches.standing(batch.id).runs
        if run.session
        for turn in workspace.store.turns(run.session, 1, 9)
    }
    assert said <= {"One says this.", "One says more of it.", "Two answers that."}


async def test_one_that_another_program_runs_is_watched(workspace: Workspace, plan: Planned) -> None:
    batch = plan(runs=2)
    workspace.store.batches.keep(batch)
    claim = workspace.store.batches.claim(batch.id)
    async with repeats(workspace).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: sees(pilot, "▶ running"))
        await pilot.press("enter")
        await until(pilot, lambda: sees(pilot, "0 of 2 done", "run by"))
        workspace.store.batches.fail(batch.id, 1, "away")
        await until(pilot, lambda: sees(pilot, "1 failed"))
        claim.release()
        await until(pilot, lambda: not sees(pilot, "run by"))


async def test_a_batch_is_deleted_with_its_sessions_or_without(workspace: Workspace, repeated: Repeated) -> None:
    await repeated(runs=2, title="First")
    await repeated(runs=2, title="Second")
    async with repeats(workspace).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: sees(pilot, "Repeats · 2", "▸ Second"))
        await pilot.press("d")
        await until(pilot, lambda: sees(pilot, "Delete the batch “Second”? It has 2 sessions."))
        await pilot.press("b")
        await until(pilot, lambda: sees(pilot, "its 2 sessions stay", "Repeats · 1"))
        await pilot.press("d")
        await until(pilot, lambda: sees(pilot, "Delete the batch “First”?"))
        await pilot.press("a")
        await until(pilot, lambda: sees(pilot, "2 sessions are in the trash", "n runs a template"))
    assert len(workspace.store.list_sessions()) == 2


async def test_hostile_names_are_harmless(workspace: Workspace) -> None:
    for text in HOSTILE:
        judged_batch(workspace, title=text, name=text, runs=4)
        async with repeats(workspace).run_test(size=(80, 24)) as pilot:
            await until(pilot, lambda: sees(pilot, "2 of 4"))
            await pilot.press("enter")
            await until(pilot, lambda: sees(pilot, "▸ quality", "mean"))
            assert "\x1b" not in screen_text(pilot.app)
        workspace.store.batches.delete("b0000001")
