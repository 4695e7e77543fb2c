"""Every action of these places can be found in the command palette by its title, and has its method."""

import pytest

from backrooms_tui.ui.actions import actions_of
from tests.ui.bare import BareApp
from tests.ui.conditions import until


@pytest.mark.parametrize("place", ["models", "templates", "settings"])
async def test_every_action_is_in_the_palette(workspace, place):
    app = BareApp(workspace, lambda app: getattr(app, f"show_{place}")())
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.place == place and app.focused is not None)
        listed = {command.title for command in app.get_system_commands(app.screen)}
        # Saving and walking through findings belong to the editor, which is a screen of its own.
        editors = {"templates.save", "templates.next_finding"}
        assert {action.title for action in actions_of(place) if action.id not in editors} <= listed


async def test_the_editor_s_actions_are_in_the_palette(workspace, tmp_path):
    from backrooms_tui.ui.screens.templates.editor import EditorScreen

    path = tmp_path / "mine.toml"
    path.write_text("", "utf-8")
    app = BareApp(workspace, lambda app: app.push_screen(EditorScreen(path)))
    async with app.run_test() as pilot:
        await until(pilot, lambda: isinstance(app.screen, EditorScreen) and app.focused is not None)
        assert {"Save", "Next finding"} <= {command.title for command in app.get_system_commands(app.screen)}
