"""Sessions to judge, and the application that shows what was judged of them."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

import pytest
from textual.pilot import Pilot

from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.ui.app import Begin
from backrooms_tui.ui.screens.judging.judging import JudgingScreen
from backrooms_tui.ui.widgets.rows import Rows
from tests.formats.outgoing.judged_evenings import forecast, judgement
from tests.store.scripts import BEGAN, keep
from tests.ui.bare import BareApp
from tests.ui.conditions import screen_text, until

SESSION = "abcdefgh"


@dataclass
class Watched:
    """The application as a test has it."""

    pilot: Pilot[int]
    app: BareApp
    workspace: Workspace

    @property
    def text(self) -> str:
        return screen_text(self.app)

    def says(self, *words: str) -> bool:
        return all(word in self.text for word in words)

    async def sees(self, *words: str) -> None:
        await until(self.pilot, lambda: self.says(*words))

    def is_here(self) -> bool:
        return isinstance(self.app.screen, JudgingScreen)

    def marked(self, rows: str) -> int:
        return self.app.screen.query_one(f"#judging-{rows}", Rows).marked

    def kept(self) -> list[str]:
        return [one.id for one in self.workspace.store.judgements(SESSION)]


Show = Callable[..., AbstractAsyncContextManager[Watched]]


@pytest.fixture
def session(workspace: Workspace) -> str:
    """Two labelled rounds of two turns, nobody has judged it."""
    script, councils = forecast()
    keep(workspace.store, script.events)
    for council in reversed(councils.values()):
        keep(workspace.store, council.events)
    return SESSION


@pytest.fixture
def judged(workspace: Workspace, session: str) -> str:
    """The same, judged twice; the first time was stopped."""
    workspace.store.keep_judgement(judgement("newer"))
    workspace.store.keep_judgement(judgement("older", BEGAN + 5, wanted=9))
    return session


@pytest.fixture
def showing(workspace: Workspace) -> Show:
    """`async with showing() as watched`: what was judged of the session, in so many columns and rows."""

    @asynccontextmanager
    async def show(
        size: tuple[int, int] = (100, 30), begin: Begin = lambda app: app.show_judging(SESSION)
    ) -> AsyncIterator[Watched]:
        app = BareApp(workspace, begin)
        async with app.run_test(size=size) as pilot:
            yield Watched(pilot, app, workspace)

    return show
