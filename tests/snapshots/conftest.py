"""A person's folders with the same sessions in them each time."""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from backrooms_tui.assembly.workspace import Workspace
from tests.snapshots.stillness import hold_catalogue, hold_time, short_folder
from tests.ui.pace import wait_no_longer_than_needed
from tests.ui.thrift import spend_little


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Everything of the person's, and nothing of the machine's."""
    for name in list(os.environ):
        if name.endswith("_API_KEY") or name.startswith(("BACKROOMS_", "TEXTUAL_")) or name in ("NO_COLOR", "HOME"):
            monkeypatch.delenv(name)
    for name in ("ANTHROPIC_BASE_URL", "OPENAI_BASE_URL", "OLLAMA_HOST"):
        monkeypatch.delenv(name, raising=False)
    with short_folder() as made:
        monkeypatch.setenv("HOME", str(made))
        monkeypatch.setenv("BACKROOMS_DATA_DIR", str(made / "data"))
        monkeypatch.setenv("BACKROOMS_CONFIG_DIR", str(made / "config"))
        monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
        monkeypatch.chdir(made)
        hold_time(monkeypatch)
        hold_catalogue(monkeypatch)
        wait_no_longer_than_needed(monkeypatch)
        spend_little(monkeypatch)
        yield made


@pytest.fixture
async def workspace(folder: Path) -> AsyncIterator[Workspace]:
    """What the application works with."""
    made = Workspace()
    yield made
    await made.aclose()
