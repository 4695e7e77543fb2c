"""A conversation with a world on the stage: an explorer who speaks from a script, and the built-in command line."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from backrooms_tui.assembly.continuing import resume
from backrooms_tui.assembly.opening import Opened, choose_cast, open_conversation
from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.conversation.casting import Choices
from tests.ui.bare import BareApp
from tests.ui.conditions import screen_text, until
from tests.ui.replay.conftest import OnReplay as OnReplay
from tests.ui.replay.conftest import Replay as Replay
from tests.ui.replay.conftest import on_replay as on_replay
from tests.ui.stage.conftest import Stage

TEMPLATE = """
[template]
title = "Down there"
[[agents]]
name = "Ada"
[[agents]]
name = "CLI"
world = "exos"
[agents.permissions]
{permissions}
"""
COMMANDS = ("clock now", "clock date", "clock now")

OnStage = Callable[..., AbstractAsyncContextManager[Stage]]
Opening = Callable[..., Awaitable[Opened]]
Explored = Callable[..., Awaitable[str]]


@pytest.fixture
def place(tmp_path: Path) -> Callable[..., str]:
    """Makes the template: `place('clock = "ask"')` is its path."""

    def make(permissions: str = "") -> str:
        path = tmp_path / "down.toml"
        path.write_text(TEMPLATE.format(permissions=permissions), "utf-8")
        return str(path)

    return make


@pytest.fixture
def opening(workspace: Workspace, script: Callable[..., str], place: Callable[..., str]) -> Opening:
    """Opens a conversation of the explorer, who speaks `commands`, with the command line."""

    async def play(*commands: str, permissions: str = "", rate: float = 0, order: str | None = None) -> Opened:
        choices = Choices(models=(script("ada", *(commands or COMMANDS)), "cli"), params={"rate": rate}, order=order)
        return await open_conversation(workspace, choose_cast(workspace, place(permissions), choices))

    return play


@pytest.fixture
def on_stage(workspace: Workspace, opening: Opening) -> OnStage:
    """`async with on_stage("clock now", permissions='clock = "ask"') as stage`."""

    @asynccontextmanager
    async def play(
        *commands: str,
        permissions: str = "",
        size: tuple[int, int] = (120, 30),
        rate: float = 0,
        run: bool = False,
        order: str | None = None,
        opened: Opened | None = None,
        session: str = "",
    ) -> AsyncIterator[Stage]:
        if session:
            opened = await resume(workspace, session)
        there = opened or await opening(*commands, permissions=permissions, rate=rate, order=order)
        app = BareApp(workspace, lambda app: app.show_stage(there, run=run))
        async with app.run_test(size=size, notifications=True) as pilot:
            await until(pilot, lambda: "space" in screen_text(app))
            yield Stage(pilot, there.conversation, app)

    return play


@pytest.fixture
def explored(opening: Opening) -> Explored:
    """Plays `turns` turns of it and keeps them: the id of the session."""

    async def play(*commands: str, turns: int = 4, permissions: str = "") -> str:
        opened = await opening(*commands, permissions=permissions)
        try:
            await opened.conversation.run(turns)
        finally:
            await opened.aclose()
        return opened.conversation.state.session

    return play
