"""A person's workspace in folders of its own, with scripted models to talk and sessions to find."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from backrooms_tui.assembly.opening import choose_cast, make_ready, open_conversation
from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.conversation.casting import Cast, Choices
from tests.ui.pace import wait_no_longer_than_needed
from tests.ui.slow_machine import slow_down
from tests.ui.thrift import spend_little

Script = Callable[..., str]
Played = Callable[..., Awaitable[str]]


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = ("NO_COLOR", "OLLAMA_HOST", "ANTHROPIC_BASE_URL", "OPENAI_BASE_URL")
    for name in list(os.environ):
        if name.endswith("_API_KEY") or (name.startswith("BACKROOMS_") and "_TEST_" not in name) or name in ours:
            monkeypatch.delenv(name)
    monkeypatch.setenv("BACKROOMS_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("BACKROOMS_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    monkeypatch.chdir(tmp_path)
    wait_no_longer_than_needed(monkeypatch)
    spend_little(monkeypatch)
    slow_down(monkeypatch)


@pytest.fixture
async def workspace(_own_folders: None) -> AsyncIterator[Workspace]:
    """What a person has on a fresh machine, without keys."""
    made = Workspace()
    yield made
    await made.aclose()


@pytest.fixture
def script(tmp_path: Path) -> Script:
    """Makes a scripted model: `script("ada", "Hello.", "And then?")` is its reference."""

    def make(name: str, *replies: str) -> str:
        path = tmp_path / f"{name}.txt"
        path.write_bytes("\n---\n".join(replies or ("Yes.",)).encode("utf-8", "surrogatepass"))
        return f"scripted/{path}"

    return make


@pytest.fixture
def played(workspace: Workspace, script: Script) -> Played:
    """Plays a session to its end and keeps it: `await played(turns=4, title="A night")` is its id."""

    async def play(
        *models: str, template: str = "duo", turns: int = 2, title: str | None = None, say: str = "", **variables: str
    ) -> str:
        seats = models or (script("one", "One says this.", "One says more."), script("two", "Two answers that."))
        choices = Choices(models=seats, variables=variables, max_turns=turns, title=title)
        chosen = choose_cast(workspace, template, choices)
        setup = await make_ready(workspace, chosen.setup, lambda _: None)
        opened = await open_conversation(workspace, Cast(setup, chosen.notices))
        if say:
            opened.conversation.interject(say)
        try:
            await opened.conversation.run()
        finally:
            await opened.aclose()
        return opened.conversation.state.session

    return play
