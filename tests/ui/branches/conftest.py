"""A session of two with branches, and the application that shows its family."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

import pytest
from textual.pilot import Pilot

from backrooms_tui.assembly.branching.branching import EVERYBODY, Change, open_branches
from backrooms_tui.assembly.branching.running_branches import run_branches
from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.ui.app import Begin
from backrooms_tui.ui.widgets.rows import Rows
from tests.ui.bare import BareApp
from tests.ui.conditions import screen_text, until

CALM = "The lamp is lit and the sea is calm tonight, my friend."
ROUGH = "The lamp is lit and the sea is rough tonight, my friend."


@dataclass
class Family:
    """The ids of a session and its branches: `one` parts at turn 2, and `two` from `one` at turn 3."""

    root: str
    one: str
    two: str


@dataclass
class Watched:
    """The application as a test has it."""

    pilot: Pilot[int]
    app: BareApp
    workspace: Workspace

    @property
    def text(self) -> str:
        return screen_text(self.app)

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def until(self, condition: Callable[[], object]) -> None:
        await until(self.pilot, condition)

    async def sees(self, *texts: str) -> None:
        await self.until(lambda: all(text in self.text for text in texts))

    async def choose(self, row: int) -> None:
        """Mark a row of the tree, from 0."""
        self.app.screen.query_one(Rows).marked = row
        await self.pilot.pause()

    def titles(self) -> dict[str, str]:
        return {one.id: one.title for one in self.workspace.store.list_sessions()}


Watching = Callable[..., AbstractAsyncContextManager[Watched]]
Branch = Callable[..., Awaitable[str]]


@pytest.fixture
def branch(workspace: Workspace, script: Callable[..., str]) -> Branch:
    """`await branch(session, 2, "Cleo speaks.", run=2)` is the id of a branch in which that is said."""

    async def make(session: str, turn: int, *replies: str, run: int = 2, title: str | None = None) -> str:
        model = script(f"model{turn}{run}", *replies)
        (opened,) = await open_branches(
            workspace, session, turn, [Change(models={EVERYBODY: model}, name=" with cleo")], title=title
        )
        await run_branches([opened], run)
        await opened.aclose()
        return opened.conversation.state.session

    return make


@pytest.fixture
async def relatives(played: Callable[..., Awaitable[str]], script: Callable[..., str], branch: Branch) -> Family:
    root = await played(script("calm", CALM), turns=4, title="A night")
    one = await branch(root, 2, ROUGH, run=3)
    return Family(root, one, await branch(one, 3, "Copper tastes of thunder."))


@pytest.fixture
def watching(workspace: Workspace) -> Watching:
    """`async with watching(lambda app: app.show_branches(id))`."""

    @asynccontextmanager
    async def watch(begin: Begin, *, size: tuple[int, int] = (120, 30)) -> AsyncIterator[Watched]:
        app = BareApp(workspace, begin)
        async with app.run_test(size=size, notifications=True) as pilot:
            yield Watched(pilot, app, workspace)

    return watch
