"""What another program records: home shows it as live, and enter watches it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.ui.app import BackroomsApp
from backrooms_tui.ui.screens.branches.branches import BranchesScreen
from backrooms_tui.ui.screens.question.question import QuestionScreen
from backrooms_tui.ui.screens.replay.replay import ReplayScreen
from backrooms_tui.ui.screens.stage.stage import StageScreen
from tests.store.elsewhere import Elsewhere
from tests.ui.conditions import screen_text, until
from tests.ui.conftest import Played


@pytest.fixture
async def other(tmp_path: Path) -> AsyncIterator[Elsewhere]:
    with await asyncio.to_thread(Elsewhere, tmp_path / "data" / "sessions.db") as elsewhere:
        await asyncio.to_thread(elsewhere, "speak first words")
        yield elsewhere


def row(app: BackroomsApp, title: str) -> str:
    return next((line for line in screen_text(app).splitlines() if title in line), "")


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_a_live_session_has_a_sign_and_a_word_and_grows(
    workspace: Workspace, played: Played, other: Elsewhere, size: tuple[int, int]
) -> None:
    await played(title="A quiet night")
    app = BackroomsApp(workspace)
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: "◉ live" in row(app, "Far away"))
        assert "◉" not in row(app, "A quiet night")
        await asyncio.to_thread(other, "speak second words")
        await until(pilot, lambda: " 2 " in row(app, "Far away"))
        await asyncio.to_thread(other.close)
        await until(pilot, lambda: "◉ live" not in row(app, "Far away"))


async def test_enter_on_it_watches(workspace: Workspace, other: Elsewhere) -> None:
    app = BackroomsApp(workspace)
    async with app.run_test(size=(120, 30)) as pilot:
        await until(pilot, lambda: "◉ live" in row(app, "Far away"))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ReplayScreen) and "first words" in screen_text(app))
        await asyncio.to_thread(other, "speak second words")
        await until(pilot, lambda: "second words" in screen_text(app))


@pytest.mark.parametrize(
    ("key", "screen"), [("w", ReplayScreen), ("b", StageScreen), ("escape", BranchesScreen), ("enter", ReplayScreen)]
)
async def test_where_it_would_go_on_one_is_asked(
    workspace: Workspace, other: Elsewhere, key: str, screen: type[object]
) -> None:
    app = BackroomsApp(workspace, lambda app: app.show_branches(other.session))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until(pilot, lambda: "Far away" in screen_text(app) and "1 sessions" not in screen_text(app))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, QuestionScreen) and "Branch here" in screen_text(app))
        assert f"by process {other.process.pid} on this machine" in " ".join(screen_text(app).split())
        await pilot.press(key)
        await until(pilot, lambda: isinstance(app.screen, screen))
        if screen is StageScreen:
            stage: StageScreen = app.screen  # type: ignore[assignment]
            assert stage.state.parent == other.session
    # Nothing of it was taken over.
    await asyncio.to_thread(other, "speak second words")
    assert workspace.store.summary(other.session).turns == 2


async def test_when_it_is_over_it_goes_on_here(workspace: Workspace, other: Elsewhere) -> None:
    app = BackroomsApp(workspace)
    async with app.run_test(size=(120, 30), notifications=True) as pilot:
        await until(pilot, lambda: "◉ live" in row(app, "Far away"))
        other.kill()
        await until(pilot, lambda: row(app, "Far away") and "◉ live" not in row(app, "Far away"))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, StageScreen))
        session = app.screen.state.session  # type: ignore[attr-defined]
        keeper = await asyncio.to_thread(workspace.store.keeper, session)
        assert keeper is not None
        assert keeper.here
        # Out and in again at once: the stage that closes does not stand in the way of the one that opens.
        await pilot.press("escape")
        await until(pilot, lambda: "Far away" in row(app, "Far away") and app.place == "home")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, StageScreen))


async def test_what_is_live_elsewhere_is_not_deleted(workspace: Workspace, other: Elsewhere) -> None:
    app = BackroomsApp(workspace)
    async with app.run_test(size=(120, 30), notifications=True) as pilot:
        await until(pilot, lambda: "◉ live" in row(app, "Far away"))
        await pilot.press("d")
        await until(pilot, lambda: "is being recorded by process" in screen_text(app))
        await until(pilot, lambda: "◉ live" in row(app, "Far away"))
    assert workspace.store.in_trash() == []
