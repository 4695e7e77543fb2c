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
from backrooms_tui.ui.screens.new.worlds import ABOUT
from backrooms_tui.ui.screens.stage.stage import StageScreen
from backrooms_tui.ui.widgets.model_picker import ModelPicker
from tests.ui.conditions import screen_text, until
from tests.ui.conftest import Script
from tests.ui.new.test_the_form import ready, said

Place = Callable[..., str]


def form(workspace: Workspace, template: str) -> BackroomsApp:
    return BackroomsApp(workspace, lambda app: app.show_new(template))


async def test_a_world_of_a_template_is_shown_and_told(workspace: Workspace, place: Place) -> None:
    async with form(workspace, place()).run_test(size=(80, 24)) as pilot:
        screen = await ready(pilot)
        await until(pilot, lambda: said(pilot, "② CLI", "world/exos", "a world", "web: as set", "notebook: its own"))
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


async def test_another_world_can_sit_where_the_template_has_one_and_only_worlds_are_offered(
    workspace: Workspace, place: Place, tmp_path: Path
) -> None:
    (tmp_path / "config").mkdir(exist_ok=True)
    (tmp_path / "config" / "config.toml").write_text(
        '[worlds.house]\nkind = "world-interface"\nurl = "http://127.0.0.1:9"\n', "utf-8"
    )
    async with form(workspace, place('files = "ask"')).run_test(size=(80, 24)) as pilot:
        screen = await ready(pilot)
        await until(pilot, lambda: said(pilot, "web: as set"))
        screen.query_one("#model-2", Input).focus()
        await until(pilot, lambda: said(pilot, "the world of this seat"))
        await pilot.press("enter")
        await until(pilot, lambda: said(pilot, "World for ② CLI", "  world  ", "world/exos", "world/house"))
        assert not said(pilot, "local")
        await pilot.press(*"house", "enter")
        await until(pilot, lambda: said(pilot, "house · free · a world") and not said(pilot, "web: as set"))
        found = screen.examined
        assert found is not None
        assert found.setup is not None
        world = found.setup.agent(2).world
        assert world is not None
        assert (world.name, dict(world.permissions)) == ("house", {"files": "ask"})  # a template can only take away
        screen.query_one("#model-2", Input).value = "local"
        await until(pilot, lambda: said(pilot, "a world sits here, and local is a model"))


async def test_what_each_of_a_worlds_fields_asks_is_said_whole(workspace: Workspace, place: Place) -> None:
    async with form(workspace, place()).run_test(size=(80, 24)) as pilot:
        screen = await ready(pilot)
        await until(pilot, lambda: said(pilot, "web: as set"))
        for field, about in ABOUT.items():
            screen.query_one(f"#{field}").focus()
            await until(pilot, lambda about=about: said(pilot, about))  # type: ignore[misc]


async def test_parameters_stay_with_their_seat_behind_a_world(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "behind.toml"
    seats = '[[agents]]\nname = "CLI"\nworld = "exos"\n[[agents]]\nname = "Ada"\n[[agents]]\nname = "Ben"\n'
    path.write_text(f'[template]\ntitle = "Behind"\n{seats}', "utf-8")
    async with form(workspace, str(path)).run_test(size=(80, 24)) as pilot:
        screen = await ready(pilot)
        screen.query_one("#params-2", Input).value = "max_tokens=7"
        await until(pilot, lambda: screen.examined is not None and screen.examined.choices is not None)
        await until(pilot, lambda: screen.examined.choices.seat_params == {2: {"max_tokens": 7}})  # type: ignore[union-attr]
        screen.query_one("#params-3", Input).value = "nonsense"
        await until(pilot, lambda: said(pilot, "'nonsense' is no parameter"))


async def test_another_world_is_kept_in_a_template_of_ones_own(
    workspace: Workspace, place: Place, tmp_path: Path
) -> None:
    folder = tmp_path / "config" / "templates"
    folder.parent.mkdir(exist_ok=True)
    (folder.parent / "config.toml").write_text('[worlds.rooms]\nkind = "mcp"\ncommand = ["rooms"]\n', "utf-8")
    path = Path(place())
    path.write_text(
        path.read_text("utf-8").replace('world = "exos"', 'world = "exos"\nenvironments = ["notes"]'), "utf-8"
    )
    async with form(workspace, str(path)).run_test(size=(80, 24)) as pilot:
        screen = await ready(pilot)
        screen.query_one("#model-2", Input).value = "world/rooms"
        screen.query_one("#title", Input).value = "Rooms"
        await pilot.press("ctrl+t")
        await until(pilot, lambda: said(pilot, "Save as a template", "rooms"))
        await pilot.press("enter")
        await until(pilot, lambda: (folder / "rooms.toml").exists() and isinstance(pilot.app.screen, NewScreen))
    agent = load_template(find_template("rooms", folder)).agents[1]
    assert (agent.world, agent.model, agent.environments) == ("rooms", None, ())


async def test_the_notebook_that_a_template_names_is_the_one_that_is_told(workspace: Workspace) -> None:
    async with form(workspace, "library").run_test(size=(80, 24)) as pilot:
        screen = await ready(pilot)
        await until(pilot, lambda: said(pilot, "notebook: library"))
        screen.query_one("#notebook", Input).value = "night"
        await until(pilot, lambda: screen.draft.notebook == "night" and not said(pilot, "notebook: library"))
        screen.query_one("#notebook", Input).value = ""
        await until(pilot, lambda: said(pilot, "notebook: library"))
