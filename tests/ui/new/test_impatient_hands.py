"""The form under hands that do not wait, and with more than it was drawn for."""

from pathlib import Path

import pytest
from textual.events import Paste

from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.settings import folders
from backrooms_tui.ui.screens.new.new import NewScreen
from backrooms_tui.ui.screens.stage.stage import StageScreen
from backrooms_tui.ui.widgets.line_input import LineInput
from tests.ui.bare import BareApp
from tests.ui.conditions import at_once, screen_text, until
from tests.ui.conftest import Script

SIZES = [(60, 20), (80, 24), (120, 40), (200, 50)]


@pytest.fixture
def eight(script: Script) -> str:
    """A template of eight, with a long description and a variable that has to be given."""
    model = script("hello", "Hello.", "Yes.")
    seats = [f'[[agents]]\nname = "Seat {n}"\nmodel = "{model}"\nsystem = "{{{{ topic }}}} {n}"\n' for n in range(1, 9)]
    description = "It goes on and on. " * 40
    head = f'[template]\ntitle = "Eight"\ndescription = "{description}"\n[variables.topic]\n[rules]\nmax_turns = 2\n'
    path: Path = folders.ensure_private(folders.templates_dir()) / "eight.toml"
    path.write_text(head + "".join(seats), "utf-8")
    return "eight"


@pytest.mark.parametrize("size", SIZES)
async def test_a_start_again_and_again_with_a_mistake_goes_to_it_and_then_starts_once(
    workspace: Workspace, eight: str, size: tuple[int, int]
) -> None:
    app = BareApp(workspace, lambda app: app.show_new(eight))
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: isinstance(app.screen, NewScreen))
        await pilot.press("ctrl+s", "ctrl+s")
        await until(pilot, lambda: app.screen.query("#model-8"))
        await pilot.press("ctrl+s", "ctrl+s")
        await until(pilot, lambda: app.focused is not None and app.focused.id == "variable-0")
        await until(pilot, lambda: "✗ needs a value" in screen_text(app))
        await pilot.press(*"tea", "ctrl+s", "ctrl+s", "ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, StageScreen))
        assert [type(one).__name__ for one in app.screen_stack].count("StageScreen") == 1
        await until(pilot, lambda: workspace.store.list_sessions() and workspace.store.list_sessions()[0].turns == 2)
    assert len(workspace.store.list_sessions()) == 1


@pytest.mark.parametrize("size", SIZES[:2])
async def test_a_long_description_leaves_the_fields_in_sight(
    workspace: Workspace, eight: str, size: tuple[int, int]
) -> None:
    app = BareApp(workspace, lambda app: app.show_new(eight))
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: "It goes on and on." in screen_text(app) and "④ Seat 4" in screen_text(app))


async def test_what_is_pasted_in_several_lines_is_all_there(workspace: Workspace, eight: str) -> None:
    app = BareApp(workspace, lambda app: app.show_new(eight))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.screen.query("#variable-0"))
        field = app.screen.query_one("#variable-0", LineInput)
        field.focus()
        field.post_message(Paste("one\r\n\n  two\x1b[31m\nthree\n" + "long " * 4000))
        await until(pilot, lambda: field.value.startswith("one two\u241b[31m three long long"))
        assert len(field.value) > 19_000
        await until(pilot, lambda: "free: these models cost nothing" in screen_text(app))
        field.value = ""
        field.post_message(Paste("  as it is "))
        await until(pilot, lambda: field.value == "  as it is ")
        field.post_message(Paste("\n"))
        await pilot.press("a")
        await until(pilot, lambda: field.value == "  as it is a")


async def test_what_is_asked_before_the_fields_are_there_is_done_when_they_are(workspace: Workspace) -> None:
    app = BareApp(workspace, lambda app: app.show_new("duo"))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, NewScreen))
        at_once(app, "ctrl+l")
        await until(pilot, lambda: "Model for ①" in screen_text(app))
