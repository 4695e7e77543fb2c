"""The bottom row says which keys can be pressed here, presses them for the mouse, and keeps help in sight."""

from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import Input

from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.ui.app import BackroomsApp
from backrooms_tui.ui.widgets.key_line import KeyLine
from tests.ui.bare import BareApp
from tests.ui.conditions import screen_text, until


class Room(Screen[None]):
    """Some things to do, one of them not now."""

    AUTO_FOCUS = ""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "greet", "Greet", tooltip="Say hello"),
        Binding("b", "leave", "Leave"),
        *(Binding(letter, "greet_again", f"Another {letter}") for letter in "vwxyz"),
        Binding("k", "hide", "Hidden", show=False),
    ]

    def compose(self) -> ComposeResult:
        yield Input()
        yield KeyLine()

    def action_greet(self) -> None:
        self.notify("hello")

    def action_leave(self) -> None:
        self.notify("gone")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return None if action == "leave" else True


def room(workspace: Workspace) -> BackroomsApp:
    return BareApp(workspace, lambda app: app.push_screen(Room()) and None)


def last_row(app: BackroomsApp) -> str:
    return screen_text(app).splitlines()[-1]


async def test_the_keys_of_this_place_are_left_and_those_of_every_place_right(workspace: Workspace) -> None:
    async with (app := room(workspace)).run_test(size=(80, 10)) as pilot:
        await until(pilot, lambda: "a Greet  b Leave  v Another v" in last_row(app))
        assert last_row(app).endswith("? Help  ^p Commands")
        assert "Hidden" not in screen_text(app)


async def test_where_there_is_little_room_help_stays(workspace: Workspace) -> None:
    async with (app := room(workspace)).run_test(size=(40, 10)) as pilot:
        await until(pilot, lambda: "? Help" in last_row(app))
        assert "a Greet" in last_row(app)
        assert "Another" not in last_row(app)
        await pilot.resize_terminal(12, 10)
        await until(pilot, lambda: "? Help" in last_row(app))
        assert "Commands" not in last_row(app)


async def test_a_click_presses_the_key_and_the_pointer_asks_what_it_is_for(workspace: Workspace) -> None:
    async with (app := room(workspace)).run_test(size=(80, 10), notifications=True) as pilot:
        await until(pilot, lambda: "a Greet" in last_row(app))
        row = last_row(app)
        await pilot.hover(KeyLine, offset=(row.index("Greet"), 0))
        assert app.screen.query_one(KeyLine).tooltip == "Say hello"
        await pilot.click(KeyLine, offset=(row.index("Leave"), 0))
        await pilot.click(KeyLine, offset=(row.index("Greet"), 0))
        await until(pilot, lambda: "hello" in screen_text(app))
        assert "gone" not in screen_text(app)


async def test_what_would_be_typed_is_not_offered(workspace: Workspace) -> None:
    async with (app := room(workspace)).run_test(size=(80, 10)) as pilot:
        await until(pilot, lambda: "a Greet" in last_row(app))
        app.screen.query_one(Input).focus()
        await until(pilot, lambda: "f1 Help" in last_row(app))
        assert "Greet" not in last_row(app)


async def test_the_persons_own_key_is_the_one_that_is_shown(workspace: Workspace, tmp_path: Path) -> None:
    config = tmp_path / "config" / "config.toml"
    config.parent.mkdir(exist_ok=True)
    config.write_text('[keys]\n"everywhere.help" = "f7"\n', "utf-8")
    async with (app := room(workspace)).run_test(size=(80, 10)) as pilot:
        await until(pilot, lambda: "f7 Help" in last_row(app))
        help_of = [one.help for one in app.get_system_commands(app.screen) if one.title == "Help"]
        assert help_of == ["What every key does here (f7)"]
