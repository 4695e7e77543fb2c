"""A session of two, and the application in which it is branched."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import pytest
from textual.pilot import Pilot
from textual.screen import Screen

from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.session.state import SessionState
from backrooms_tui.ui.app import Begin
from backrooms_tui.ui.screens.branching.branching import BranchingScreen
from backrooms_tui.ui.screens.branching.running import RunningScreen
from backrooms_tui.ui.screens.branching.variant import VariantScreen
from backrooms_tui.ui.widgets.line_input import LineInput
from backrooms_tui.ui.widgets.lines_input import LinesInput
from tests.ui.bare import BareApp
from tests.ui.conditions import screen_text, until

S = TypeVar("S", bound=Screen[Any])


@dataclass
class Branching:
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

    async def on(self, kind: type[S]) -> S:
        """Wait until such a screen is there, with something in focus."""
        await self.until(lambda: isinstance(self.app.screen, kind) and self.app.focused is not None)
        screen = self.app.screen
        assert isinstance(screen, kind)
        return screen

    async def form(self) -> BranchingScreen:
        """Ask for the form, which is there once its cost is told."""
        await self.press("F")
        form = await self.on(BranchingScreen)
        await self.sees("Branch with changes", "ctrl+s makes them", "free")
        return form

    async def variant(self) -> VariantScreen:
        """Open the marked branch."""
        await self.press("enter")
        return await self.on(VariantScreen)

    async def fill(self, field: str, text: str) -> None:
        """In place of what stands in a field of the screen that is shown."""
        found = self.app.screen.query_one(f"#{field}")
        if isinstance(found, LineInput):
            found.value = text
        else:
            assert isinstance(found, LinesInput)
            found.text = text
        await self.pilot.pause()

    async def keep(self, back_to: type[Screen[Any]] = BranchingScreen) -> None:
        """Keep what was typed in a dialog."""
        await self.press("ctrl+s")
        await self.until(lambda: isinstance(self.app.screen, back_to))

    async def done(self) -> RunningScreen:
        """Wait until the branches have talked."""
        await self.until(lambda: isinstance(self.app.screen, RunningScreen) and self.app.screen.closed)
        screen = self.app.screen
        assert isinstance(screen, RunningScreen)
        return screen

    def branches(self) -> dict[str, SessionState]:
        """What is kept beside the session itself, by title."""
        store = self.workspace.store
        return {one.title: store.state(one.id) for one in store.list_sessions() if one.parent is not None}


Shown = Callable[..., AbstractAsyncContextManager[Branching]]


@pytest.fixture
def shown(workspace: Workspace) -> Shown:
    """`async with shown(lambda app: app.show_replay(id, 3))`."""

    @asynccontextmanager
    async def show(begin: Begin, *, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Branching]:
        app = BareApp(workspace, begin)
        async with app.run_test(size=size, notifications=True) as pilot:
            yield Branching(pilot, app, workspace)

    return show


@pytest.fixture
async def night(played: Callable[..., object]) -> str:
    """A session of four turns."""
    return await played(turns=4, title="A night")  # type: ignore[misc, no-any-return]
