"""Help comes from the registry: first the place one is in, and with the keys that one has."""

import pytest

from backrooms_tui.ui.actions import ACTIONS, PLACES
from backrooms_tui.ui.screens.help.help import HelpScreen
from tests.ui.bare import BareApp
from tests.ui.conditions import screen_text, until


async def test_where_one_came_from_stands_first(workspace):
    app = BareApp(workspace, lambda app: app.push_screen(HelpScreen("stage")))
    async with app.run_test() as pilot:
        await until(pilot, lambda: "Stage (you came from here)" in screen_text(app))
        assert "Let them talk, or pause after this turn" in screen_text(app)


async def test_every_action_is_there(workspace):
    app = BareApp(workspace, lambda app: app.push_screen(HelpScreen("home")))
    async with app.run_test(size=(160, len(ACTIONS) + 40)) as pilot:
        await until(pilot, lambda: "Settings" in screen_text(app))
        text = screen_text(app)
        for action in ACTIONS:
            assert action.help in text
        assert text.index(PLACES["home"]) < text.index(PLACES["everywhere"]) < text.index(PLACES["stage"])


async def test_the_keys_are_the_ones_the_person_has(workspace, tmp_path):
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "config.toml").write_text('[keys]\n"stage.run" = "f4"\n', "utf-8")
    app = BareApp(workspace, lambda app: app.push_screen(HelpScreen("stage")))
    async with app.run_test() as pilot:
        await until(pilot, lambda: "after this turn (yours)" in " ".join(screen_text(app).split()))
        assert "f4" in screen_text(app)


@pytest.mark.parametrize("key", ["escape", "question_mark", "f1"])
async def test_the_way_back(workspace, key):
    app = BareApp(workspace, lambda app: app.show_settings())
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.place == "settings" and app.focused is not None)
        await pilot.press("f1")
        await until(pilot, lambda: "Settings (you came from here)" in screen_text(app))
        await pilot.press(key)
        await until(pilot, lambda: app.place == "settings")


@pytest.mark.parametrize("width", [60, 80, 200])
async def test_no_sentence_is_cut_off(workspace, width):
    app = BareApp(workspace, lambda app: app.push_screen(HelpScreen("replay")))
    async with app.run_test(size=(width, 600)) as pilot:
        await until(pilot, lambda: "Open a live branch" in screen_text(app))
        words = " ".join(screen_text(app).split())
        assert all(action.help.split()[-1] in words for action in ACTIONS)
