"""The settings: what is chosen is seen at once, and written when it is saved."""

import tomllib
from pathlib import Path

import pytest
from textual.widgets import Checkbox, Input, TabbedContent

from backrooms_tui.ui.actions import ACTIONS
from backrooms_tui.ui.screens.question.question import QuestionScreen
from backrooms_tui.ui.screens.settings.keymap import conflicts
from backrooms_tui.ui.screens.settings.settings import SettingsScreen
from backrooms_tui.ui.widgets.rows import Rows
from tests.ui.bare import BareApp
from tests.ui.conditions import screen_text, until


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config" / "config.toml"
    path.parent.mkdir()
    path.write_text("# mine\n[defaults]\nmax_turns = 40 # enough\n", "utf-8")
    return path


@pytest.fixture
def app(workspace, config):
    return BareApp(workspace, lambda app: app.show_settings())


async def _opened(app, pilot):
    await until(pilot, lambda: isinstance(app.screen, SettingsScreen) and app.focused is not None)


async def _part(app, pilot, name):
    """Go to a part with the key for that."""
    while app.screen.query_one(TabbedContent).active != name:
        before = app.screen.query_one(TabbedContent).active
        await pilot.press("f2")
        await until(pilot, lambda: app.screen.query_one(TabbedContent).active != before)  # noqa: B023


async def _keys_tab(app, pilot, action):
    await _part(app, pilot, "keys")
    rows = app.screen.query_one("#keymap", Rows)
    await until(pilot, lambda: rows.has_focus)
    rows.marked = [one.id for one in ACTIONS].index(action)
    await pilot.pause()


async def test_a_theme_is_seen_at_once_and_gone_again_unless_saved(app, config):
    async with app.run_test() as pilot:
        await _opened(app, pilot)
        before = app.theme
        await pilot.press("up")
        await until(pilot, lambda: app.theme != before)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, QuestionScreen))
        await pilot.press("t")
        await until(pilot, lambda: app.theme == before and not isinstance(app.screen, SettingsScreen))
    assert "theme" not in config.read_text("utf-8")


async def test_what_is_saved_is_written_with_comments_kept_and_applied(app, config):
    async with app.run_test() as pilot:
        await _opened(app, pilot)
        await pilot.press("up", "up")
        app.screen.query_one("#motion", Checkbox).toggle()
        app.screen.query_one("#max_turns", Input).value = "12"
        app.screen.query_one("#budget", Input).value = "2.5"
        app.screen.query_one("#params", Input).value = "temperature=0.9 max_tokens=400"
        await pilot.pause()
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "12" in config.read_text("utf-8"))
        chosen = app.theme
        await until(pilot, lambda: app.workspace.configuration.defaults.max_turns == 12)
        assert app.workspace.configuration.defaults.params == {"temperature": 0.9, "max_tokens": 400}
        assert app.animation_level == "none"
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, SettingsScreen | QuestionScreen))
    text = config.read_text("utf-8")
    assert text.startswith("# mine\n[defaults]\nmax_turns = 12 # enough\n")
    assert tomllib.loads(text)["ui"] == {"theme": chosen, "reduce_motion": True}


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("max_turns", "many", "a whole number"),
        ("max_turns", "-1", "a whole number, 0 or more"),
        ("budget", "0", "above 0"),
        ("retries", "101", "from 0 to 100"),
        ("params", "temperatur=1", "did you mean temperature"),
        ("params", "temperature=9", "from 0 to 2"),
        ("params", "hot", "NAME=VALUE"),
        ("model", "opuss", "did you mean"),
        ("stall_timeout", "soon", "a number"),
    ],
)
async def test_a_mistake_is_shown_at_its_field_and_nothing_is_written(app, config, field, text, said):
    before = config.read_text("utf-8")
    async with app.run_test(size=(120, 40)) as pilot:
        await _opened(app, pilot)
        await _part(app, pilot, "defaults")
        app.screen.query_one(f"#{field}", Input).value = text
        await until(pilot, lambda: said in screen_text(app))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: app.focused is not None and app.focused.id == field)
    assert config.read_text("utf-8") == before


async def test_a_model_says_whether_it_can_be_used(app):
    async with app.run_test(size=(120, 40)) as pilot:
        await _opened(app, pilot)
        await _part(app, pilot, "defaults")
        app.screen.query_one("#model", Input).value = "opus"
        await until(pilot, lambda: "ANTHROPIC_API_KEY is not set" in screen_text(app))


async def test_a_key_is_changed_by_pressing_it_and_works_at_once(app, config):
    async with app.run_test(size=(100, 30)) as pilot:
        await _opened(app, pilot)
        await _keys_tab(app, pilot, "settings.save")
        await pilot.press("enter")
        await until(pilot, lambda: "Press the new key" in screen_text(app))
        await pilot.press("f9")
        await until(pilot, lambda: "yours; by default ctrl+s" in screen_text(app))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: '"settings.save" = "f9"' in config.read_text("utf-8"))
        await until(
            pilot, lambda: any(one.binding.id == "settings.save" for one in app.screen.active_bindings.values())
        )
        assert "f9" in app.screen.active_bindings
        # The new key saves: here, the way back.
        await pilot.press("backspace", "f9")
        await until(pilot, lambda: "f9" not in config.read_text("utf-8"))


async def test_one_key_for_two_things_is_shown(app):
    async with app.run_test(size=(120, 30)) as pilot:
        await _opened(app, pilot)
        await _keys_tab(app, pilot, "stage.step")
        await pilot.press("enter", "space")
        await until(pilot, lambda: "⚠ also Run / pause" in screen_text(app))
        assert "only one of them answers" in screen_text(app)
        await pilot.press("backspace")
        await until(pilot, lambda: "⚠" not in screen_text(app))


async def test_escape_leaves_a_key_as_it_is(app):
    async with app.run_test(size=(100, 30)) as pilot:
        await _opened(app, pilot)
        await _keys_tab(app, pilot, "home.new")
        await pilot.press("enter", "escape")
        await until(pilot, lambda: isinstance(app.screen, SettingsScreen))
        assert not app.screen.unsaved


def test_by_default_no_key_does_two_things():
    assert conflicts({}) == {}


async def test_quitting_does_not_lose_what_is_not_saved(app, config):
    async with app.run_test() as pilot:
        await _opened(app, pilot)
        app.screen.query_one("#max_turns", Input).value = "7"
        await pilot.press("ctrl+q")
        await until(pilot, lambda: isinstance(app.screen, QuestionScreen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, SettingsScreen))
        assert app.screen.query_one("#max_turns", Input).value == "7"
        await pilot.press("ctrl+q")
        await until(pilot, lambda: isinstance(app.screen, QuestionScreen))
        await pilot.press("s")
        await until(pilot, lambda: app._exit)
    assert "max_turns = 7 # enough" in config.read_text("utf-8")


async def test_a_file_that_broke_meanwhile_is_named_and_left_alone(app, config):
    async with app.run_test(size=(120, 30), notifications=True) as pilot:
        await _opened(app, pilot)
        config.write_text("[defaults\n", "utf-8")
        app.screen.query_one("#max_turns", Input).value = "7"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "line 1" in " ".join(screen_text(app).split()))
        assert app.screen.unsaved
    assert config.read_text("utf-8") == "[defaults\n"


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (200, 50)])
async def test_everything_can_be_reached_at_every_size(app, size):
    async with app.run_test(size=size) as pilot:
        await _opened(app, pilot)
        assert "lamplight" in screen_text(app)
        await _part(app, pilot, "keys")
        await until(pilot, lambda: "ctrl+p" in screen_text(app))
        await _part(app, pilot, "defaults")
        await until(pilot, lambda: "Turn limit" in screen_text(app))
        app.screen.query_one("#stall_timeout", Input).focus()
        await until(pilot, lambda: "Patience" in screen_text(app))
