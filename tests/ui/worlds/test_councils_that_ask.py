"""A world in a council asks, too: the question says where, and all goes on once it is answered."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from backrooms_tui.assembly.opening import choose_cast, open_conversation
from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.conversation.casting import Choices
from backrooms_tui.ui.screens.stage.speaking_up import Within, councils_held
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

_ONE_COUNCIL = _TEMPLATE[: _TEMPLATE.rindex("[agents.council]")]

OnAdvice = Callable[..., AbstractAsyncContextManager[Stage]]


@pytest.fixture
def on_advice(workspace: Workspace, script: Script, tmp_path: Path) -> OnAdvice:
    """Two agents whose councils look something up, at the same time."""

    @asynccontextmanager
    async def play(template: str = _TEMPLATE) -> AsyncIterator[Stage]:
        path = tmp_path / "advice.toml"
        path.write_text(template, "utf-8")
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


async def that_asks(stage: Stage) -> Within:
    """The council that asks first; the list of permissions is open, and what it asks for is marked."""
    await stage.until(lambda: not stage.screen.performance.running and bar(stage).question is not None)
    await stage.press("escape", "P")
    await stage.sees("▸   clock ")
    asking = [one for one in councils_held(stage.conversation) if one.conversation.asked is not None]
    return asking[0]


async def test_worlds_of_councils_are_in_the_list_and_what_is_decided_there_goes_on(on_advice: OnAdvice) -> None:
    async with on_advice() as stage:
        await stage.until(lambda: len([*councils_held(stage.conversation)]) == 2)
        asking = await that_asks(stage)
        await stage.sees(f"◇ {asking.whose}: ② Desk · world exos")
        await stage.press("a")
        await stage.sees("What waits for you runs when you leave this list.")
        for held in councils_held(stage.conversation):
            mine = held.conversation is asking.conversation
            assert held.conversation.state.agents[2].permissions["clock"] == ("allow" if mine else "ask")
        assert asking.conversation.asked is None
        for _ in range(20):
            await stage.press("down")
        await stage.sees("◇ council of ② Brightwater: ② Desk · world exos")


async def test_what_is_of_a_council_that_is_over_meanwhile_says_so_and_goes(on_advice: OnAdvice) -> None:
    async with on_advice(_ONE_COUNCIL) as stage:
        asking = await that_asks(stage)
        asking.conversation.end("operator", "That is enough.")
        await stage.conversation.step()
        await stage.until(lambda: not list(councils_held(stage.conversation)))
        await stage.press("d")
        await stage.sees("That council is over.")
        assert f"◇ {asking.whose}" not in stage.text
