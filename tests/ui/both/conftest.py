"""A session of two that go in circles, on the stage or on the replay, from where it goes on both ways."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace

import pytest
from textual.pilot import Pilot
from textual.screen import Screen

from backrooms_tui.assembly.branching.both_ways import BothWays
from backrooms_tui.assembly.continuing import resume
from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.ui.app import Begin
from backrooms_tui.ui.screens.both.both import BothScreen
from backrooms_tui.ui.screens.replay.replay import ReplayScreen
from backrooms_tui.ui.screens.stage.stage import StageScreen
from tests.ui.bare import BareApp
from tests.ui.conditions import screen_text, until

LOOP = "I agree with you, my friend! That is so very true."


@dataclass
class Watched:
    """The application as a test has it."""

    pilot: Pilot[int]
    app: BareApp
    workspace: Workspace
    session: str

    @property
    def text(self) -> str:
        return screen_text(self.app)

    @property
    def screen(self) -> Screen[object]:
        return self.app.screen

    @property
    def both(self) -> BothScreen:
        return next(screen for screen in self.app.screen_stack if isinstance(screen, BothScreen))

    @property
    def ways(self) -> BothWays:
        assert self.both.ways is not None
        return self.both.ways

    @property
    def stages(self) -> list[StageScreen]:
        return [screen for screen in self.app.screen_stack if isinstance(screen, StageScreen)]

    @property
    def replay(self) -> ReplayScreen:
        return next(screen for screen in self.app.screen_stack if isinstance(screen, ReplayScreen))

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def until(self, condition: Callable[[], object]) -> None:
        await until(self.pilot, condition)

    async def sees(self, *texts: str) -> None:
        await self.until(lambda: all(text in self.text for text in texts))

    async def begins(self, turns: int) -> None:
        """Ask for both ways, `turns` turns each."""
        await self.press("v")
        await self.sees("how many turns each?")
        await self.press(*str(turns), "enter")
        await self.until(lambda: isinstance(self.screen, BothScreen) and self.both.ways is not None)

    def kept(self) -> dict[str, tuple[str | None, int]]:
        """Parent and turns of each session, by its title."""
        return {one.title: (one.parent, one.turns) for one in self.workspace.store.list_sessions()}


Watching = Callable[..., AbstractAsyncContextManager[Watched]]
Played = Callable[..., Awaitable[str]]


@pytest.fixture
def in_circles(played: Played, script: Callable[..., str]) -> Played:
    """Plays and keeps a session called "A night", of so many turns."""

    async def play(turns: int = 4, *replies: str) -> str:
        return await played(script("loop", *(replies or (LOOP,))), turns=turns, title="A night")

    return play


@pytest.fixture
def watching(workspace: Workspace) -> Watching:
    """`async with watching(session)` is the stage with it, now without a limit of turns, and with `replay=turn` the
    replay at that turn. `rate` is how many tokens a second everybody speaks on the stage."""

    @asynccontextmanager
    async def watch(
        session: str,
        *,
        size: tuple[int, int] = (120, 30),
        replay: int | None = None,
        rate: float = 0,
        run: bool = False,
    ) -> AsyncIterator[Watched]:
        begin: Begin
        if replay is not None:
            begin = lambda app: app.show_replay(session, replay)  # noqa: E731
        else:
            opened = await resume(workspace, session)
            setup = opened.conversation.state.setup
            assert setup is not None
            opened.conversation.change_rules(replace(setup.rules, max_turns=0))
            for seat in opened.conversation.state.agents:
                opened.conversation.change_seat(seat, params={"rate": rate})
            begin = lambda app: app.show_stage(opened, run=run)  # noqa: E731
        app = BareApp(workspace, begin)
        async with app.run_test(size=size, notifications=True) as pilot:
            await until(pilot, lambda: "space" in screen_text(app))
            watched = Watched(pilot, app, workspace, session)
            if replay is not None:
                await watched.sees(f"turn {replay} of")
            yield watched

    return watch
