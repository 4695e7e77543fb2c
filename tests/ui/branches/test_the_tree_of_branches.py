"""The family of a session as a tree, and what can be done with its members."""

import pytest

from backrooms_tui.assembly.continuing import resume
from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.ui.screens.branches.branches import BranchesScreen
from backrooms_tui.ui.screens.replay.replay import ReplayScreen
from backrooms_tui.ui.screens.stage.stage import StageScreen
from tests.ui.branches.conftest import Family, Watching


async def test_branches_stand_under_the_session_they_come_from(watching: Watching, relatives: Family) -> None:
    async with watching(lambda app: app.show_branches(relatives.two)) as watched:
        await watched.sees("Branches of A night · 3 sessions", "turn 2", "turn 3")
        lines = watched.text.splitlines()
        places = [
            next(y for y, line in enumerate(lines) if sign in line) for sign in ("A night  ", "└─ with", "   └─ ")
        ]
        assert places == sorted(places)
        assert next(line for line in lines if "▸" in line).count("•") == 1  # the one it was asked for is marked
        await watched.sees("0%")


@pytest.mark.parametrize("size", [(80, 24), (60, 20), (200, 50)])
async def test_titles_turns_and_costs_are_there_at_every_width(
    watching: Watching, relatives: Family, size: tuple[int, int]
) -> None:
    async with watching(lambda app: app.show_branches(relatives.root), size=size) as watched:
        await watched.sees("A night", "with cleo", "free", "turns")


async def test_enter_opens_and_p_replays_from_where_it_parts(watching: Watching, relatives: Family) -> None:
    async with watching(lambda app: app.show_branches(relatives.root)) as watched:
        await watched.sees("3 sessions")
        await watched.choose(1)
        await watched.press("p")
        await watched.sees("turn 2 of 5")
        assert isinstance(watched.app.screen, ReplayScreen)
        await watched.press("escape")
        await watched.until(lambda: isinstance(watched.app.screen, BranchesScreen))
        await watched.press("enter")
        await watched.until(lambda: isinstance(watched.app.screen, StageScreen))
        stage = watched.app.screen
        assert isinstance(stage, StageScreen)
        assert stage.state.session == relatives.one


async def test_the_session_of_the_stage_below_is_gone_back_to(
    watching: Watching, relatives: Family, workspace: Workspace
) -> None:
    opened = await resume(workspace, relatives.root)
    async with watching(lambda app: app.show_stage(opened)) as watched:
        await watched.sees("space")
        await watched.press("B")
        await watched.sees("3 sessions")
        await watched.press("d")
        await watched.sees("is open: leave it first")
        await watched.press("enter")
        await watched.until(lambda: isinstance(watched.app.screen, StageScreen))
        assert sum(isinstance(screen, StageScreen) for screen in watched.app.screen_stack) == 1


async def test_a_pruned_branch_goes_its_branches_stay_and_u_brings_it_back(
    watching: Watching, relatives: Family
) -> None:
    async with watching(lambda app: app.show_branches(relatives.one)) as watched:
        await watched.sees("3 sessions")
        await watched.press("d")
        await watched.sees("2 sessions", "Pruned")
        assert set(watched.titles()) == {relatives.root, relatives.two}
        assert "turn 2" in watched.text  # what two has in common with who is left
        await watched.press("u")
        await watched.sees("3 sessions", "is back")
        assert set(watched.titles()) == {relatives.root, relatives.one, relatives.two}


async def test_a_branch_gets_another_title(watching: Watching, relatives: Family) -> None:
    async with watching(lambda app: app.show_branches(relatives.two)) as watched:
        await watched.sees("3 sessions")
        await watched.press("e")
        await watched.sees("enter keeps it")
        await watched.press(*["backspace"] * 60, *"Late", "enter")
        await watched.sees("└─ • Late")
        assert watched.titles()[relatives.two] == "Late"


async def test_a_promoted_branch_has_the_title_of_the_family(watching: Watching, relatives: Family) -> None:
    async with watching(lambda app: app.show_branches(relatives.one)) as watched:
        await watched.sees("3 sessions")
        before = watched.titles()
        await watched.press("P")
        await watched.sees("★", "A night · the first one")
        assert watched.titles()[relatives.one] == "A night"
        await watched.choose(2)
        await watched.press("P")
        await watched.until(lambda: watched.titles()[relatives.two] == "A night")
        assert watched.titles() == {
            relatives.root: "A night · the first one",
            relatives.one: before[relatives.two],
            relatives.two: "A night",
        }


async def test_home_and_replay_lead_there(watching: Watching, relatives: Family) -> None:
    async with watching(lambda app: app.show_replay(relatives.one, 3)) as watched:
        await watched.sees("turn 3 of 5")
        await watched.press("B")
        await watched.sees("Branches of A night · 3 sessions")
