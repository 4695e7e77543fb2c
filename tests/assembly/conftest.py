"""A person's workspace in folders of its own, and sessions that scripted models have played in it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from backrooms_tui.assembly.opening import choose_cast, open_conversation
from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.conversation.casting import Choices

Script = Callable[..., str]
Played = Callable[..., Awaitable[str]]


@pytest.fixture
async def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Workspace]:
    monkeypatch.setenv("BACKROOMS_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("BACKROOMS_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)
    made = Workspace()
    yield made
    await made.aclose()


@pytest.fixture
def script() -> Script:
    """Makes a scripted model: `script("ada", "Hello.", "And then?")` is its reference."""

    def make(name: str, *replies: str) -> str:
        Path(f"{name}.txt").write_text("\n---\n".join(replies), "utf-8")
        return f"scripted/{name}.txt"

    return make


@pytest.fixture
def played(workspace: Workspace, script: Script) -> Played:
    """Plays a session of two and keeps it: `await played(turns=4)` is its id."""

    async def play(*models: str, turns: int = 4, title: str = "A night", seed: int | None = None) -> str:
        seats = models or (script("one", "One says this.", "One says more."), script("two", "Two answers that."))
        chosen = choose_cast(workspace, "duo", Choices(models=seats, title=title, seed=seed))
        opened = await open_conversation(workspace, chosen)
        await opened.conversation.run(turns=turns)
        await opened.aclose()
        return opened.conversation.state.session

    return play
