"""Folders and files that are not what they should be: long, broken, gone while they are shown."""

import shutil
from pathlib import Path

import pytest

from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.ui.screens.templates.editor import EditorScreen
from backrooms_tui.ui.screens.templates.templates import TemplatesScreen
from tests.ui.bare import BareApp
from tests.ui.conditions import screen_text, until

GOOD = '[template]\ntitle = "T"\n[[agents]]\nname = "A"\nsystem = "hi"\n[[agents]]\nname = "B"\nsystem = "ho"\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    config = tmp_path / ("a-long-folder-" * 12) / "config"
    monkeypatch.setenv("BACKROOMS_CONFIG_DIR", str(config))
    templates = config / "templates"
    templates.mkdir(parents=True)
    for number in range(200):
        (templates / f"mine-{number:03}.toml").write_text(GOOD, "utf-8")
    (templates / f"{'long' * 50}.toml").write_text(GOOD, "utf-8")
    (templates / "folder.toml").mkdir()
    (templates / "gone.toml").symlink_to("nowhere")
    (templates / "babel.toml").write_bytes(bytes(range(256)))
    return templates


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40), (200, 50)])
async def test_long_lists_and_paths_fit(workspace: Workspace, folder: Path, size: tuple[int, int]) -> None:
    app = BareApp(workspace, lambda app: app.show_templates())
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: isinstance(app.screen, TemplatesScreen) and len(app.screen._templates) > 200)
        await until(pilot, lambda: "mine-000" in screen_text(app) and screen_text(app).count("✗ broken") == 3)
        # The beginning of the place can be read, and that there is more.
        title = screen_text(app).splitlines()[0]
        assert "yours are in /" in title
        assert "…" in title or size[0] == 200
        await pilot.press("end", "home", "pagedown")
        await until(pilot, lambda: app.screen.marked is not None)


async def test_a_file_that_goes_away_while_it_is_edited_is_written_again(workspace: Workspace, folder: Path) -> None:
    path = folder / "mine-000.toml"
    app = BareApp(workspace, lambda app: app.push_screen(EditorScreen(path)))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until(pilot, lambda: "nothing is wrong" in screen_text(app))
        path.unlink()
        await pilot.press("#", "enter", "ctrl+s")
        await until(pilot, path.exists)
        assert path.read_text("utf-8") == f"#\n{GOOD}"


async def test_a_folder_that_becomes_a_file_is_said_and_nothing_typed_is_lost(
    workspace: Workspace, folder: Path
) -> None:
    app = BareApp(workspace, lambda app: app.push_screen(EditorScreen(folder / "mine-000.toml")))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until(pilot, lambda: "nothing is wrong" in screen_text(app))
        shutil.rmtree(folder)
        folder.write_text("not a folder", "utf-8")
        await pilot.press("#", "ctrl+s")
        await until(pilot, lambda: "Not saved" in screen_text(app))
        assert isinstance(app.screen, EditorScreen)
        assert app.screen.unsaved
