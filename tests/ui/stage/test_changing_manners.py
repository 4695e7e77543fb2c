"""Changing one agent's manners while the conversation runs."""

from backrooms_tui.conversation.sending.xray import xray
from backrooms_tui.session.setup import AgentSetup
from backrooms_tui.ui.screens.manners.manners import MannersScreen
from backrooms_tui.ui.screens.stage.agents import Agents
from backrooms_tui.ui.widgets.line_input import LineInput
from backrooms_tui.ui.widgets.lines_input import LinesInput
from tests.ui.stage.conftest import OnStage, Stage


def agent(stage: Stage, seat: int) -> AgentSetup:
    setup = stage.state.setup
    assert setup is not None
    return setup.agent(seat)


async def open_manners(stage: Stage) -> MannersScreen:
    await stage.press("g")
    await stage.until(lambda: isinstance(stage.app.screen, MannersScreen) and stage.app.focused is not None)
    screen = stage.app.screen
    assert isinstance(screen, MannersScreen)
    return screen


async def test_the_chosen_agent_is_given_other_manners_at_once(on_stage: OnStage) -> None:
    async with on_stage() as stage:
        await stage.press("a")
        await stage.sees("g manners")
        await stage.press("down")
        screen = await open_manners(stage)
        await stage.sees("Manners of ② Jonas")
        screen.query_one("#reminder").focus()
        await stage.write("Stay Jonas")
        screen.query_one("#guard").focus()
        await stage.press("space", "ctrl+s")
        await stage.until(lambda: isinstance(stage.app.screen, Agents))
        await stage.until(lambda: not agent(stage, 2).guard)
        reminder = agent(stage, 2).reminder
        assert reminder is not None
        assert (reminder.text, reminder.every, reminder.depth) == ("Stay Jonas", 8, 0)
        assert agent(stage, 1).guard
        await stage.press("escape")
        await stage.sees("Jonas: guard off, reminded every 8")


async def test_another_system_text_is_in_the_next_request_and_the_x_ray_knows_both(on_stage: OnStage) -> None:
    async with on_stage() as stage:
        before = agent(stage, 1).system
        await stage.steps(1)
        await stage.press("a")
        await stage.sees("g manners")
        screen = await open_manners(stage)
        screen.query_one("#system", LinesInput).text = "You are a lighthouse.\nYou say little."
        await stage.press("ctrl+s")
        await stage.until(lambda: agent(stage, 1).system == "You are a lighthouse.\nYou say little.")
        await stage.press("escape")
        await stage.sees("another system text")
        await stage.steps(2)
        store = stage.app.workspace.store
        await stage.conversation.settled()
        events = list(store.events(stage.state.session))
        assert [xray(events, turn).system for turn in (1, 3)] == [before, "You are a lighthouse.\nYou say little."]


async def test_while_somebody_speaks_it_comes_with_the_next_turn(on_stage: OnStage) -> None:
    async with on_stage(ada=("word " * 400,), rate=40, run=True) as stage:
        await stage.until(lambda: stage.conversation.speaking)
        await stage.press("a")
        await stage.sees("g manners")
        screen = await open_manners(stage)
        screen.query_one("#guard").focus()
        await stage.press("space", "ctrl+s")
        await stage.sees("It comes when the turn that is being spoken is over.")
        assert agent(stage, 1).guard
        # What is on its way is gone on from.
        screen = await open_manners(stage)
        await stage.sees("[ ] cut what it says for others")
        screen.query_one("#talkativeness", LineInput).value = "1"
        await stage.press("ctrl+s")
        await stage.until(lambda: isinstance(stage.app.screen, Agents))
        stage.conversation.stop_speaking()
        await stage.until(lambda: agent(stage, 1).talkativeness == 1)
        assert not agent(stage, 1).guard


async def test_leaving_it_changes_nothing(on_stage: OnStage) -> None:
    async with on_stage(size=(60, 20)) as stage:
        await stage.press("a")
        await stage.sees("g manners")
        before = agent(stage, 1)
        await open_manners(stage)
        await stage.press("ctrl+s")
        await stage.until(lambda: isinstance(stage.app.screen, Agents))
        await open_manners(stage)
        await stage.press("escape")
        await stage.until(lambda: isinstance(stage.app.screen, Agents))
        assert agent(stage, 1) == before
