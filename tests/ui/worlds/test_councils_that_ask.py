"""A world in a council asks, too: the question says where, and all goes on once it is answered."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from backrooms_tui.assembly.opening import choose_cast, open_conversation
from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.conversation.casting import Choices
from tests.ui.bare import BareApp
from tests.ui.conditions import screen_text, until
from tests.ui.conftest import Script
from tests.ui.stage.conftest import Stage
from tests.ui.worlds.asked import bar

_TEMPLATE = """
[template]
title = "Advice"
[rules]
mode = "statements"
max_turns = 2
[[agents]]
name = "Halden"
[agents.council]
opening = "Look it up."
[agents.council.rules]
max_turns = 2
[[agents.council.agents]]
name = "Mara"
[[agents.council.agents]]
name = "Desk"
world = "exos"
[agents.council.agents.permissions]
clock = "ask"
[[agents]]
name = "Brightwater"
[agents.council]
opening = "Look it up, too."
[agents.council.rules]
max_turns = 2
[[agents.council.agents]]
name = "Ines"
[[agents.council.agents]]
name = "Desk"
world = "exos"
[agents.council.agents.permissions]
clock = "ask"
"""

OnAdvice = Callable[[], AbstractAsyncContextManager[Stage]]


@pytest.fixture
def on_advice(workspace: Workspace, script: Script, tmp_path: Path) -> OnAdvice:
    """Two agents whose councils look something up, at the same time."""

    @asynccontextmanager
    async def play() -> AsyncIterator[Stage]:
        path = tmp_path / "advice.toml"
        path.write_text(_TEMPLATE, "utf-8")
        choices = Choices(models=(script("ada", "clock now"), script("bo", "clock date")))
        opened = await open_conversation(workspace, choose_cast(workspace, str(path), choices))
        app = BareApp(workspace, lambda app: app.show_stage(opened, run=True))
        async with app.run_test(size=(120, 30), notifications=True) as pilot:
            await until(pilot, lambda: "space" in screen_text(app))
            yield Stage(pilot, opened.conversation, app)

    return play


async def test_what_is_asked_in_a_council_is_answered_on_the_stage_around_it(on_advice: OnAdvice) -> None:
    async with on_advice() as stage:
        asked = set[str]()
        for _ in range(2):
            await stage.sees("‖ asks", "◇ council of", "asks ② Desk for clock.", "a allow once")
            await stage.until(lambda: not stage.screen.performance.running and bar(stage).question is not None)
            question = bar(stage).question
            assert question is not None
            await stage.sees(f"s allow {question.name} from now on")
            asked.add(question.name)
            await stage.press("a")
            await stage.until(lambda question=question: bar(stage).question != question)
        assert asked == {"clock.now", "clock.date"}
        await stage.until(lambda: stage.state.turn == 2)
        assert not list(stage.conversation.councils)
