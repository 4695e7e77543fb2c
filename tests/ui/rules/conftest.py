"""The dialog of the rules by itself, with three agents of whom one comes later, or on the stage."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

import pytest
from textual.pilot import Pilot
from textual.widgets import Checkbox, Select

from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.session.setup import AgentSetup, Remedy, Rules
from backrooms_tui.ui.screens.rules.editing import EditingDialog
from backrooms_tui.ui.screens.rules.rules import RulesScreen
from backrooms_tui.ui.widgets.line_input import LineInput
from backrooms_tui.ui.widgets.lines_input import LinesInput
from tests.ui.bare import BareApp
from tests.ui.conditions import screen_text, until
from tests.ui.stage.conftest import on_stage as on_stage

AGENTS = (
    AgentSetup(1, "Mara", "local/mara.gguf"),
    AgentSetup(2, "Jonas", "local/jonas.gguf"),
    AgentSetup(3, "Ines", "local/ines.gguf", absent=True),
)


@dataclass
class Dialog:
    """A dialog as a test has it."""

    pilot: Pilot[int]
    app: BareApp
    given: list[Rules | None]

    @property
    def screen(self) -> EditingDialog[object]:
        screen = self.app.screen
        assert isinstance(screen, EditingDialog), screen
        return screen

    @property
    def text(self) -> str:
        return screen_text(self.app)

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def until(self, condition: Callable[[], object]) -> None:
        await until(self.pilot, condition)

    async def sees(self, *texts: str) -> None:
        await self.until(lambda: all(text in self.text for text in texts))

    async def put(self, **values: str | bool) -> None:
        """Put values into fields of the dialog on top, as a person would."""
        for key, value in values.items():
            widget = self.screen.row_of(key).fields[key]
            match widget:
                case LineInput():
                    widget.value = str(value)
                case LinesInput():
                    widget.text = str(value)
                case Checkbox() | Select():
                    widget.value = value
            await self.pilot.pause()

    async def to(self, key: str) -> None:
        """Go to a field."""
        self.screen.row_of(key).fields[key].focus()
        await self.pilot.pause()

    async def applied(self) -> Rules | None:
        """What ctrl+s gives."""
        await self.press("ctrl+s")
        await self.until(lambda: self.given)
        return self.given[0]


Opens = Callable[..., AbstractAsyncContextManager[Dialog]]


@pytest.fixture
def opens(workspace: Workspace) -> Opens:
    """`async with opens(Rules(...), turn=4) as dialog`."""

    @asynccontextmanager
    async def play(
        rules: Rules | None = None,
        *,
        size: tuple[int, int] = (100, 40),
        turn: int = 0,
        agents: Sequence[AgentSetup] = AGENTS,
        ladder: Sequence[Remedy] = (),
    ) -> AsyncIterator[Dialog]:
        given: list[Rules | None] = []
        screen = RulesScreen(rules or Rules(), agents, turn=turn, workspace=workspace, ladder=ladder)
        app = BareApp(workspace, lambda app: app.push_screen(screen, given.append) and None)
        async with app.run_test(size=size, notifications=True) as pilot:
            await until(pilot, lambda: "ctrl+s applies" in screen_text(app))
            yield Dialog(pilot, app, given)

    return play
