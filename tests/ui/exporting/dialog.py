"""The export dialog as a person meets it: opened for some sessions, a format chosen, a place typed."""

import re
from pathlib import Path

from textual.pilot import Pilot

from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.ui.app import BackroomsApp
from backrooms_tui.ui.screens.exporting.exporting import ExportScreen
from backrooms_tui.ui.screens.exporting.wish import FORMATS
from backrooms_tui.ui.widgets.path_line import PathLine
from backrooms_tui.ui.widgets.rows import Rows
from tests.ui.conditions import screen_text, until


def sees(pilot: Pilot[int], *words: str) -> bool:
    """However the lines are broken: paths are long."""
    text = _squeezed(screen_text(pilot.app))
    return all(_squeezed(word) in text for word in words)


def _squeezed(text: str) -> str:
    return re.sub(r"[\s│]", "", text)


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.is_file())


def asking(workspace: Workspace, sessions: list[str], title: str = "A night") -> BackroomsApp:
    return BackroomsApp(workspace, lambda app: app.show_export(sessions, title))


async def choose(pilot: Pilot[int], format: str) -> None:
    await until(pilot, lambda: isinstance(pilot.app.screen, ExportScreen) and sees(pilot, "→"))
    place = [id for id, _, _ in FORMATS].index(format)
    pilot.app.screen.query_one("#formats", Rows).marked = place
    await until(pilot, lambda: pilot.app.screen.query_one("#formats", Rows).marked == place)


async def write_to(pilot: Pilot[int], place: Path | str) -> None:
    line = pilot.app.screen.query_one(PathLine)
    line.focus()
    line.value = str(place)
    await until(pilot, lambda: line.has_focus)
    await pilot.press("enter")
