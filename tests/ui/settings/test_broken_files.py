"""Files of the person's own that are broken: said once, and listed where they can be read in peace."""

from pathlib import Path

import pytest
from textual.widgets import TabbedContent
from textual.widgets._toast import Toast

from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.ui.screens.settings.settings import SettingsScreen
from backrooms_tui.ui.theming.installing import theme_troubles
from backrooms_tui.ui.widgets.tick_box import TickBox
from tests.ui.bare import BareApp
from tests.ui.conditions import screen_text, until

MANY = 12


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """Themes that are none, and keys for actions that nobody knows."""
    themes = tmp_path / "config" / "themes"
    themes.mkdir(parents=True)
    for number in range(MANY):
        (themes / f"mine-{number}.toml").write_text('name = "x"\n[colours]\nprimary = "tomatoe"\n', "utf-8")
    (tmp_path / "config" / "config.toml").write_text('[keys]\n"home.nothing" = "a"\n"home.x[/]" = "b"\n', "utf-8")
    return themes


def said(app: BareApp) -> str:
    return " ".join(screen_text(app).replace("▌", " ").split())


async def test_many_mistakes_are_one_word_in_the_corner(workspace: Workspace, broken: Path) -> None:
    app = BareApp(workspace)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until(pilot, lambda: f"and {MANY + 1} more: the settings list them all" in said(app))
        assert "home.nothing: no action has this id" in said(app)
        assert len(app.screen.query(Toast)) == 1


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (200, 50)])
async def test_the_settings_list_all_of_them(workspace: Workspace, broken: Path, size: tuple[int, int]) -> None:
    app = BareApp(workspace, lambda app: app.show_settings())
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: isinstance(app.screen, SettingsScreen) and app.focused is not None)
        assert f"Broken: {MANY + 2}" in said(app)
        for part in ("keys", "defaults", "broken"):
            await pilot.press("f2")
            await until(pilot, lambda: app.screen.query_one(TabbedContent).active == part and app.focused)  # noqa: B023
        await until(pilot, lambda: "home.x[/]: no action has this id" in said(app))
        await pilot.press("end")
        await until(pilot, lambda: "mine-9.toml" in said(app).replace(" ", ""))
        await pilot.press("f2")
        await until(pilot, lambda: app.focused is not None and app.focused.id == "themes")


async def test_without_a_mistake_there_is_nothing_to_list(workspace: Workspace) -> None:
    app = BareApp(workspace, lambda app: app.show_settings())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, SettingsScreen) and app.focused is not None)
        assert "Broken" not in said(app)


async def test_what_breaks_together_later_is_one_word_too(workspace: Workspace, tmp_path: Path) -> None:
    themes = tmp_path / "config" / "themes"
    themes.mkdir(parents=True)
    app = BareApp(workspace)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until(pilot, lambda: app.screen_stack)
        for number in range(3):
            (themes / f"mine-{number}.toml").write_text("name = ", "utf-8")
        await until(pilot, lambda: "and 2 more" in said(app))
        for path in themes.iterdir():
            path.unlink()
        await until(pilot, lambda: not theme_troubles(app))
        app.show_settings()
        await until(pilot, lambda: isinstance(app.screen, SettingsScreen) and "Defaults" in said(app))
        assert "Broken" not in said(app)


@pytest.mark.parametrize("size", [(60, 20), (80, 24)])
async def test_whether_motion_is_reduced_can_be_read(workspace: Workspace, size: tuple[int, int]) -> None:
    app = BareApp(workspace, lambda app: app.show_settings())
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: isinstance(app.screen, SettingsScreen) and app.focused is not None)
        await until(pilot, lambda: "[ ] Reduce motion" in screen_text(app))
        box = app.screen.query_one(TickBox)
        box.focus()
        await pilot.press("space")
        await until(pilot, lambda: "[x] Reduce motion" in screen_text(app))
        await pilot.press("enter")
        await until(pilot, lambda: "[ ] Reduce motion" in screen_text(app))


async def test_going_through_the_parts_faster_than_they_are_drawn(workspace: Workspace, broken: Path) -> None:
    app = BareApp(workspace, lambda app: app.show_settings())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, SettingsScreen) and app.focused is not None)
        for _ in range(3):
            app.simulate_key("f2")
        await until(pilot, lambda: app.focused is not None and app.focused.id == "broken-list")
        assert app.screen.query_one(TabbedContent).active == "broken"
