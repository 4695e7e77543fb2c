"""A kept session on the replay screen."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

import pytest
from textual.pilot import Pilot

from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.session.state import SessionState
from backrooms_tui.ui.screens.replay.playback import Playback
from backrooms_tui.ui.screens.replay.replay import ReplayScreen
from tests.ui.bare import BareApp
from tests.ui.conditions import screen_text, until


@dataclass
class Replay:
    """The replay as a test has it."""

    pilot: Pilot[int]
    app: BareApp

    @property
    def screen(self) -> ReplayScreen:
        return next(screen for screen in self.app.screen_stack if isinstance(screen, ReplayScreen))

    @property
    def playback(self) -> Playback:
        assert self.screen.playback is not None
        return self.screen.playback

    @property
    def state(self) -> SessionState:
        return self.playback.state

    @property
    def text(self) -> str:
        return screen_text(self.app)

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def until(self, condition: Callable[[], object]) -> None:
        await until(self.pilot, condition)

    async def sees(self, *texts: str) -> None:
        await self.until(lambda: all(text in self.text for text in texts))

    def standing(self) -> tuple[int, bool]:
        """The last whole turn, and whether somebody speaks."""
        return self.state.turn, self.state.in_flight is not None


OnReplay = Callable[..., AbstractAsyncContextManager[Replay]]


@pytest.fixture
def on_replay(workspace: Workspace) -> OnReplay:
    """`async with on_replay(session, turn=2) as replay`."""

    @asynccontextmanager
    async def play(
        session: str, turn: int | None = None, *, size: tuple[int, int] = (120, 30)
    ) -> AsyncIterator[Replay]:
        app = BareApp(workspace, lambda app: app.show_replay(session, turn))
        async with app.run_test(size=size, notifications=True) as pilot:
            yield Replay(pilot, app)

    return play


Kept = Callable[..., Awaitable[str]]


@pytest.fixture
def kept(played: Kept, script: Callable[..., str]) -> Kept:
    """Plays and keeps a session of so many turns; a turn takes about `seconds`."""

    async def play(turns: int = 4, **values: str) -> str:
        models = [
            script(name, *(f"{name} says {number}." for number in ("one", "two", "three"))) for name in ("Ada", "Bo")
        ]
        return await played(*models, turns=turns, **values)

    return play
