"""A conversation on the stage, spoken by scripted models."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

import pytest
from textual.pilot import Pilot

from backrooms_tui.assembly.opening import choose_cast, open_conversation
from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.conversation.casting import Choices
from backrooms_tui.conversation.conversation import Conversation
from backrooms_tui.session.state import SessionState
from backrooms_tui.ui.screens.stage.stage import StageScreen
from tests.ui.bare import BareApp
from tests.ui.conditions import screen_text, until

ADA = ("Ada says one.", "Ada says two.", "Ada says three.")
BO = ("Bo says one.", "Bo says two.", "Bo says three.")


@dataclass
class Stage:
    """The stage as a test has it."""

    pilot: Pilot[int]
    conversation: Conversation
    app: BareApp

    @property
    def screen(self) -> StageScreen:
        return next(screen for screen in self.app.screen_stack if isinstance(screen, StageScreen))

    @property
    def state(self) -> SessionState:
        return self.conversation.state

    @property
    def text(self) -> str:
        """What a person reads."""
        return screen_text(self.app)

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def write(self, text: str) -> None:
        names = {" ": "space", ".": "full_stop", "=": "equals_sign", "_": "underscore", "/": "slash", "-": "minus"}
        await self.pilot.press(*(names.get(letter, letter) for letter in text))

    async def until(self, condition: Callable[[], object]) -> None:
        await until(self.pilot, condition)

    async def sees(self, *texts: str) -> None:
        await self.until(lambda: all(text in self.text for text in texts))

    async def steps(self, turns: int) -> None:
        """Let one agent after the other speak a turn."""
        for turn in range(self.state.turn + 1, self.state.turn + turns + 1):
            await self.press("n")
            await self.until(lambda turn=turn: self.state.turn == turn and not self.screen.performance.running)


OnStage = Callable[..., AbstractAsyncContextManager[Stage]]


@pytest.fixture
def on_stage(workspace: Workspace, script: Callable[..., str]) -> OnStage:
    """`async with on_stage(ada=..., bo=...) as stage`: two agents with their replies, on a stage of `size`."""

    @asynccontextmanager
    async def play(
        *,
        ada: tuple[str, ...] = ADA,
        bo: tuple[str, ...] = BO,
        size: tuple[int, int] = (120, 30),
        rate: float = 0,
        run: bool = False,
        max_turns: int | None = None,
        template: str = "duo",
        seats: int = 2,
        order: str | None = None,
    ) -> AsyncIterator[Stage]:
        models = [script("ada", *ada), script("bo", *bo)]
        chosen = choose_cast(
            workspace,
            template,
            Choices(
                models=tuple(models[seat % 2] for seat in range(seats)),
                max_turns=max_turns,
                params={"rate": rate},
                order=order,
            ),
        )
        opened = await open_conversation(workspace, chosen)
        app = BareApp(workspace, lambda app: app.show_stage(opened, run=run))
        async with app.run_test(size=size, notifications=True) as pilot:
            await until(pilot, lambda: "space" in screen_text(app))
            yield Stage(pilot, opened.conversation, app)

    return play
