"""Branches that talk by themselves are left in every way there is, and nothing that was said is lost."""

import asyncio
from collections.abc import Callable, Sequence

import pytest

from backrooms_tui.assembly.branching.branching import EVERYBODY, Change, open_branches
from backrooms_tui.assembly.continuing import resume
from backrooms_tui.assembly.opening import Opened
from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.ui.screens.branching.branching import BranchingScreen
from backrooms_tui.ui.screens.branching.making import MakingBranchesScreen
from backrooms_tui.ui.screens.branching.running import RunningScreen
from backrooms_tui.ui.screens.question.question import QuestionScreen
from backrooms_tui.ui.screens.stage.stage import StageScreen
from tests.ui.branching.conftest import Branching, Shown

Script = Callable[..., str]


async def slow_branches(workspace: Workspace, night: str, script: Script, number: int) -> list[Opened]:
    """Branches in which somebody speaks for a long while."""
    slow = script("slow", "word " * 400)
    change = Change(models={EVERYBODY: slow}, params={EVERYBODY: {"rate": 40}})
    return await open_branches(workspace, night, 2, [change] * number)


async def speaks(branching: Branching) -> RunningScreen:
    await branching.until(lambda: isinstance(branching.app.screen, RunningScreen))
    await branching.sees("word word")
    screen = branching.app.screen
    assert isinstance(screen, RunningScreen)
    return screen


@pytest.mark.parametrize("keys", [("ctrl+q",), ("escape", "ctrl+q"), ("x", "ctrl+q"), ("ctrl+q", "ctrl+q")])
async def test_quitting_while_they_talk_keeps_what_was_said(
    shown: Shown, night: str, workspace: Workspace, script: Script, keys: Sequence[str]
) -> None:
    opened = await slow_branches(workspace, night, script, 2)
    async with shown(lambda app: app.show_running(opened, 5)) as branching:
        await speaks(branching)
        await branching.press(*keys)
        await branching.until(lambda: not branching.app.is_running)
    for one in opened:
        assert "word word" in one.conversation.state.turns[3].text
        assert workspace.store.state(one.conversation.state.session).turns[3] == one.conversation.state.turns[3]
        assert workspace.store.keeper(one.conversation.state.session) is None


async def test_words_of_one_who_does_not_stop_in_time_are_kept(
    shown: Shown, night: str, workspace: Workspace, script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backrooms_tui.ui.screens.branching.running.PATIENCE", 0.0)
    opened = await slow_branches(workspace, night, script, 2)
    async with shown(lambda app: app.show_running(opened, 5)) as branching:
        await speaks(branching)
        await branching.press("x")
        await branching.done()
    for one in opened:
        assert "word word" in workspace.store.state(one.conversation.state.session).turns[3].text


async def test_those_that_had_not_begun_when_it_was_stopped_do_not_wait_any_more(
    shown: Shown, night: str, workspace: Workspace, script: Script
) -> None:
    opened = await slow_branches(workspace, night, script, 6)
    async with shown(lambda app: app.show_running(opened, 5)) as branching:
        await speaks(branching)
        await branching.sees("· waits")
        await branching.press("x")
        await branching.done()
        await branching.until(lambda: branching.text.count("‖ stopped") == 7)  # and in all


async def test_a_branch_that_is_opened_as_one_leaves_is_not_kept_from_others(
    shown: Shown, night: str, workspace: Workspace, script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slowly(where: Workspace, session: str) -> Opened:
        begun.set()
        await go_on.wait()
        return await resume(where, session)

    monkeypatch.setattr("backrooms_tui.assembly.continuing.resume", slowly)
    (opened,) = await open_branches(workspace, night, 2, [Change()])
    session = opened.conversation.state.session
    async with shown(lambda app: app.show_running([opened], 1)) as branching:
        screen = await branching.done()
        await branching.press("enter")
        await branching.until(begun.is_set)
        await branching.press("question_mark")
        await branching.until(lambda: branching.app.screen is not screen)
        go_on.set()
        await branching.until(lambda: not any(worker.group == "open" for worker in branching.app.workers))
        await branching.until(lambda: workspace.store.keeper(session) is None)
        assert not any(isinstance(one, StageScreen) for one in branching.app.screen_stack)


async def test_a_price_that_nobody_knows_is_not_shown_as_none(
    shown: Shown, night: str, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(workspace.catalogue), "cost", lambda *_: None)
    opened = await open_branches(workspace, night, 2, [Change()])
    async with shown(lambda app: app.show_running(opened, 2)) as branching:
        await branching.done()
        await branching.until(lambda: branching.text.splitlines()[0].rstrip().endswith("?"))
        assert "$0.00" not in branching.text


async def test_branches_that_are_there_while_a_question_stands_before_them_are_shown_after_it(
    shown: Shown, night: str, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = asyncio.Event()
    prepared = MakingBranchesScreen.prepared

    async def slowly(screen: MakingBranchesScreen) -> list[Opened]:
        await go_on.wait()
        return await prepared(screen)

    monkeypatch.setattr(MakingBranchesScreen, "prepared", slowly)
    async with shown(lambda app: app.show_replay(night, 2)) as branching:
        await branching.sees("turn 2 of 4")
        await branching.form()
        await branching.fill("title", "Another night")
        await branching.press("ctrl+s")
        await branching.sees("Getting ready", "esc or x stops it")
        making = branching.app.screen
        assert isinstance(making, MakingBranchesScreen)
        await branching.press("ctrl+q")
        question = await branching.on(QuestionScreen)
        go_on.set()
        await branching.until(lambda: making._worker is not None and making._worker.is_finished)
        assert branching.app.screen is question
        await branching.press("escape")
        stage = await branching.on(StageScreen)
        assert stage.state.setup is not None
        assert stage.state.setup.title == "Another night"
        left = [one for one in branching.app.screen_stack if isinstance(one, BranchingScreen | MakingBranchesScreen)]
        assert not left
