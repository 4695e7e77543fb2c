"""Sessions to export, a folder to be in, and nothing chosen before."""

from pathlib import Path

import pytest

from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.ui.screens.exporting.exporting import ExportScreen
from tests.store.scripts import BEGAN, kept


@pytest.fixture(autouse=True)
def _first_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ExportScreen, "_last_format", 0)
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[3]))  # a recording is made by a process of its own


@pytest.fixture
def out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that one is in."""
    folder = tmp_path / "out"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def nights(workspace: Workspace) -> list[str]:
    """Three sessions, the newest last."""
    store = workspace.store
    return [
        kept(store, "A wall.", "A door.", title=title, began=BEGAN + number * 86_400).session
        for number, title in enumerate(("First night", "Second night", "Third night"))
    ]
