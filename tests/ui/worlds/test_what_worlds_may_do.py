"""The list of what each world may read, write and reach: changed with a key, for the session."""

import pytest

from backrooms_tui.conversation.conversation import Conversation
from backrooms_tui.ui.screens.stage.worlds import Worlds, changed_told
from tests.ui.stage.conftest import Stage
from tests.ui.worlds.asked import asked, bar, outcomes
from tests.ui.worlds.conftest import OnStage


async def open_list(stage: Stage) -> None:
    await stage.press("P")
    await stage.until(lambda: isinstance(stage.app.screen, Worlds))
    await stage.sees("② CLI · world exos", "space or enter: allow, ask, deny")


async def to_the_row(stage: Stage, name: str) -> None:
    """Mark the row of `name`."""
    for _ in range(20):
        if f"▸   {name} " in stage.text:
            return
        await stage.press("down")
        await stage.pilot.pause()
    raise AssertionError(stage.text)


async def test_it_lists_what_there_is_and_a_key_changes_it(on_stage: OnStage) -> None:
    async with on_stage(permissions='dice = "ask"') as stage:
        await open_list(stage)
        await stage.sees("clock", "✓ allowed", "dice", "? asked for", "reads this computer's clock")
        await to_the_row(stage, "clock")
        await stage.press("space")
        await stage.until(lambda: stage.state.agents[2].permissions.get("clock") == "ask")
        await stage.press("d")
        await stage.until(lambda: stage.state.agents[2].permissions.get("clock") == "deny")
        assert stage.state.agents[2].permissions["dice"] == "ask"
        await stage.press("escape")
        await stage.steps(2)
        assert outcomes(stage) == ["denied"]


async def test_while_somebody_speaks_it_comes_afterwards_and_nothing_chosen_is_lost(on_stage: OnStage) -> None:
    async with on_stage("clock now and then a good deal more that takes its time", rate=3, run=True) as stage:
        await stage.until(lambda: stage.conversation.speaking)
        await open_list(stage)
        await to_the_row(stage, "clock")
        await stage.press("d")
        await stage.sees("It comes when the turn that is being spoken is over.", "✗ denied")
        await to_the_row(stage, "dice")
        await stage.press("s")
        await stage.sees("? asked for", "✗ denied")
        await stage.press("escape")
        stage.conversation.stop_speaking()
        await stage.until(lambda: stage.state.agents[2].permissions.get("dice") == "ask")
        assert stage.state.agents[2].permissions["clock"] == "deny"


@pytest.mark.parametrize(("key", "then", "outcome"), [("a", "runs", "done"), ("d", "is refused", "denied")])
async def test_what_is_decided_there_is_no_longer_asked(on_stage: OnStage, key: str, then: str, outcome: str) -> None:
    async with on_stage("clock now", permissions='clock = "ask"', run=True) as stage:
        await asked(stage)
        await stage.press("escape")
        await open_list(stage)
        await to_the_row(stage, "clock")
        await stage.press(key)
        await stage.until(lambda: stage.conversation.asked is None)
        await stage.sees(f"What waits for you {then} when you leave this list.")
        await stage.press("escape")
        await stage.until(lambda: stage.state.turn >= 4)
        assert set(outcomes(stage)) == {outcome}


async def test_what_waits_is_marked(on_stage: OnStage) -> None:
    async with on_stage("files ls", permissions='files = "ask"\n"files.ls" = "ask"', run=True) as stage:
        await asked(stage, "files.ls")
        await stage.press("escape")
        await open_list(stage)
        await stage.sees("▸   files.ls")


async def test_another_change_leaves_what_is_asked_as_it_was(on_stage: OnStage) -> None:
    async with on_stage("clock now", permissions='clock = "ask"', run=True) as stage:
        await asked(stage)
        question = stage.conversation.asked
        await stage.press("escape")
        await open_list(stage)
        await to_the_row(stage, "dice")
        await stage.press("d")
        await stage.until(lambda: stage.state.agents[2].permissions.get("dice") == "deny")
        await stage.press("escape")
        await stage.until(lambda: stage.app.screen is stage.screen)
        await stage.sees("for clock.now", "space answers")
        assert stage.conversation.asked is question
        await stage.press("space")
        await asked(stage)
        assert len([one for one in stage.state.entries if "wants to run" in getattr(one, "text", "")]) == 1


async def test_what_was_allowed_for_the_session_is_plain_and_one_key_asks_again(on_stage: OnStage) -> None:
    async with on_stage("clock now", permissions='clock = "ask"', run=True) as stage:
        await asked(stage)
        await stage.until(lambda: not bar(stage).guarded)
        await stage.press("s")
        await stage.until(lambda: stage.state.turn >= 2)
        await stage.press("space")
        await stage.until(lambda: not stage.screen.performance.running)
        await open_list(stage)
        await to_the_row(stage, "clock.now")
        await stage.sees("clock.now           ✓ allowed", "when you were asked · s asks again")
        await stage.press("s")
        await stage.sees("clock.now           ? asked for")
        assert "when you were asked" not in stage.text
        assert stage.state.agents[2].permissions["clock.now"] == "ask"


async def test_what_was_changed_so_far_is_told(on_stage: OnStage) -> None:
    async with on_stage("files write a.txt hello") as stage:
        assert changed_told(stage.state, 2) == "nothing was changed so far"
        await stage.steps(2)
        assert changed_told(stage.state, 2) == "changed so far: files 1"
        await open_list(stage)
        await stage.press("up")
        await stage.sees("▸ ② CLI · world exos", "changed so far: files 1")


async def test_without_a_world_it_says_how_one_comes(on_stage: OnStage, workspace: object) -> None:
    async with on_stage() as stage:
        conversation: Conversation = stage.conversation
        conversation.state.agents[2].is_world = False
        await stage.press("P")
        await stage.sees("There is no world at this table")


async def test_small_screens_have_room_for_it(on_stage: OnStage) -> None:
    async with on_stage(size=(60, 20)) as stage:
        await open_list(stage)
        await stage.sees("clock", "✓ allowed", "esc leaves")


async def test_before_the_first_turn_its_pane_tells_all_that_it_may_reach(on_stage: OnStage) -> None:
    async with on_stage(size=(160, 40), permissions='dice = "ask"') as stage:
        await stage.sees("What CLI may read, write and reach:", "notes: keeps notes in this session (allowed);")
        await stage.sees("dice: reads and writes nothing (asked for).")
        notices = [one for one in stage.state.entries if "read, write and reach" in getattr(one, "text", "")]
        assert len(notices) == 1
