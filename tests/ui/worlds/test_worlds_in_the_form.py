"""A world at the table of a new conversation: what it may do is chosen and told before the first turn."""

from collections.abc import Callable
from pathlib import Path

import pytest
from textual.widgets import Input, Select

from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.settings import served
from backrooms_tui.templates.checking import check_text
from backrooms_tui.templates.loading import find_template, load_template
from backrooms_tui.ui.app import BackroomsApp
from backrooms_tui.ui.screens.new.new import NewScreen
from backrooms_tui.ui.screens.stage.stage import StageScreen
from backrooms_tui.ui.widgets.model_picker import ModelPicker
from tests.ui.conditions import screen_text, until
from tests.ui.conftest import Script
from tests.ui.new.test_the_form import ready, said

Place = Callable[..., str]


def form(workspace: Workspace, template: str) -> BackroomsApp:
    return BackroomsApp(workspace, lambda app: app.show_new(template))


async def test_a_world_of_a_template_is_shown_and_told_and_no_model_can_sit_there(
    workspace: Workspace, place: Place
) -> None:
    async with form(workspace, place()).run_test(size=(80, 24)) as pilot:
        screen = await ready(pilot)
        await until(pilot, lambda: said(pilot, "② CLI", "world/exos", "a world", "web: as set", "notebook: its own"))
        assert screen.query_one("#model-2", Input).disabled
        assert not screen.query("#params-2")
        await pilot.press("ctrl+o")
        await until(pilot, lambda: said(pilot, "② CLI", "a world: it answers commands", "clock: reads this computer's"))


async def test_without_a_world_nothing_is_said_of_one(workspace: Workspace) -> None:
    async with form(workspace, "duo").run_test(size=(80, 24)) as pilot:
        screen = await ready(pilot)
        assert not said(pilot, "web: as set")
        screen.query_one("#model-2", Input).value = "cli"
        await until(pilot, lambda: said(pilot, "web: as set", "documents folder"))
        screen.query_one("#model-2", Input).value = "local"
        await until(pilot, lambda: not said(pilot, "web: as set"))


async def test_the_picker_lists_worlds(workspace: Workspace) -> None:
    async with form(workspace, "duo").run_test(size=(80, 24)) as pilot:
        screen = await ready(pilot)
        screen.query_one("#model-2", Input).focus()
        await pilot.press("ctrl+l")
        await until(pilot, lambda: isinstance(pilot.app.screen, ModelPicker) and said(pilot, "② Jonas", "local"))
        await pilot.press(*"world")
        await until(pilot, lambda: said(pilot, "▸ cli", "world/exos", "✓ yes", "a world"))
        await pilot.press("enter")
        await until(pilot, lambda: screen.query_one("#model-2", Input).value == "cli")


async def test_what_is_chosen_for_it_is_what_it_gets(
    workspace: Workspace, place: Place, script: Script, tmp_path: Path
) -> None:
    (tmp_path / "papers").mkdir()
    async with form(workspace, place('web = "deny"')).run_test(size=(100, 30)) as pilot:
        screen = await ready(pilot)
        screen.query_one("#model-1", Input).value = script("ada", "clock now")
        screen.query_one("#web", Select).value = "ask"
        screen.query_one("#notebook", Input).value = "night shift"
        screen.query_one("#documents", Input).value = str(tmp_path / "nowhere")
        await until(pilot, lambda: said(pilot, "no such folder", "field to put right"))
        screen.query_one("#documents", Input).value = str(tmp_path / "papers")
        await until(pilot, lambda: not said(pilot, "no such folder"))
        screen.query_one("#max_turns", Input).value = "2"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(pilot.app.screen, StageScreen))
        stage = pilot.app.screen
        assert isinstance(stage, StageScreen)
        await until(pilot, lambda: stage.state.turn == 2)
        assert stage.state.setup is not None
        world = stage.state.setup.agent(2).world
        assert world is not None
        assert (world.permissions["web"], world.notebook) == ("ask", "night shift")
        assert world.documents == str(tmp_path / "papers")
        # What it may do was said before the first turn.
        first = [entry.text for entry in stage.state.entries[:8]]
        assert any("clock: reads this computer's clock" in text for text in first)


async def test_the_form_becomes_a_template_with_a_world(workspace: Workspace, tmp_path: Path) -> None:
    folder = tmp_path / "config" / "templates"
    async with form(workspace, "duo").run_test(size=(80, 24)) as pilot:
        screen = await ready(pilot)
        screen.query_one("#model-2", Input).value = "cli"
        await until(pilot, lambda: said(pilot, "web: as set"))
        screen.query_one("#web", Select).value = "ask"
        screen.query_one("#notebook", Input).value = "shared"
        screen.query_one("#title", Input).value = "With a world"
        await pilot.press("ctrl+t")
        await until(pilot, lambda: said(pilot, "Save as a template", "with-a-world"))
        await pilot.press("enter")
        path = folder / "with-a-world.toml"
        await until(pilot, lambda: path.exists() and isinstance(pilot.app.screen, NewScreen))
    assert [one for one in check_text(path.read_text("utf-8"), path.name) if one.severity != "warning"] == []
    agent = load_template(find_template("with-a-world", folder)).agents[1]
    assert (agent.world, agent.model, agent.notebook) == ("exos", None, "shared")
    assert dict(agent.permissions) == {"web": "ask"}


async def test_the_models_screen_lists_worlds_and_asks_nobody_about_them(workspace: Workspace) -> None:
    app = BackroomsApp(workspace, lambda app: app.show_models())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until(pilot, lambda: said(pilot, "world        ✓"))
        await pilot.press("slash", *"world", "enter")
        await until(pilot, lambda: said(pilot, "▸ cli → world/exos"))
        await pilot.press("t")
        await until(pilot, lambda: said(pilot, "exos is a world, not a model"))
        await pilot.press("o")
        await until(pilot, lambda: said(pilot, "all worlds are in the list"))


async def test_whoever_looks_from_elsewhere_names_no_folder_of_this_machine(
    workspace: Workspace, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(served.VARIABLE, "1")
    async with form(workspace, place()).run_test(size=(80, 24)) as pilot:
        screen = await ready(pilot)
        await until(pilot, lambda: said(pilot, "web: as set", "notebook: its own"))
        assert not screen.query("#documents")
        assert "documents" not in screen_text(pilot.app)
        assert screen.draft.documents == ""
