"""The list of what each world may read, write and reach: changed with a key, for the session."""

import json
import sys
from pathlib import Path

import pytest

from backrooms_tui.assembly.opening import choose_cast, open_conversation
from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.conversation.casting import Choices
from backrooms_tui.conversation.conversation import Conversation
from backrooms_tui.ui.screens.stage.worlds import Worlds, changed_told
from tests.ui.conftest import Script
from tests.ui.stage.conftest import Stage
from tests.ui.worlds.asked import asked, bar, outcomes
from tests.ui.worlds.conftest import OnStage


async def open_list(stage: Stage) -> None:
    await stage.press("P")
    await stage.until(lambda: isinstance(stage.app.screen, Worlds))
    await stage.sees("② CLI · world exos", "a allow · s ask · d deny")


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


async def test_what_is_so_already_stays_and_leaves_no_notice(on_stage: OnStage) -> None:
    async with on_stage(permissions='dice = "ask"') as stage:
        await open_list(stage)
        await to_the_row(stage, "dice")
        before = len(stage.state.entries)
        await stage.press("s")
        await stage.sees("It is asked for already.")
        assert len(stage.state.entries) == before


async def test_of_several_keys_while_somebody_speaks_only_the_last_leaves_a_notice(on_stage: OnStage) -> None:
    async with on_stage("clock now and then a good deal more that takes its time", rate=3, run=True) as stage:
        await stage.until(lambda: stage.conversation.speaking)
        await open_list(stage)
        await to_the_row(stage, "dice")
        await stage.press("space", "space")
        await stage.sees("✗ denied")
        stage.conversation.stop_speaking()
        await stage.until(lambda: stage.state.agents[2].permissions.get("dice") == "deny")
        told = [text for one in stage.state.entries if "CLI: dice" in (text := getattr(one, "text", ""))]
        assert told == ["CLI: dice denied"]


@pytest.mark.parametrize("size", [(60, 20), (80, 24)])
async def test_a_long_list_leaves_room_for_its_keys(on_stage: OnStage, size: tuple[int, int]) -> None:
    many = "\n".join(f'"files.{name}" = "ask"' for name in ("ls", "cat", "rm", "mv", "mkdir", "find", "grep", "write"))
    async with on_stage(size=size, permissions=many) as stage:
        await open_list(stage)
        await stage.sees("files.ls", "a allow · s ask · d deny · space next · esc leaves")
        await to_the_row(stage, "dice")
        await stage.sees("reads and writes nothing", "a allow · s ask · d deny · space next · esc leaves")


async def test_what_each_tool_of_a_server_is_for_is_said_beside_it_once_it_is_known(
    workspace: Workspace, script: Script, on_stage: OnStage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("mcp", reason="tool servers need the extra `worlds`")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[3]))
    (tmp_path / "config").mkdir()
    command = json.dumps([sys.executable, "-m", "tests.worlds.tools.workshop"])
    settings = f'[worlds.shop]\nkind = "mcp"\ncommand = {command}\npass_env = ["PYTHONPATH"]\n'
    (tmp_path / "config" / "config.toml").write_text(settings, "utf-8")
    path = tmp_path / "shop.toml"
    seats = '[[agents]]\nname = "Ada"\n[[agents]]\nname = "CLI"\nworld = "shop"\n'
    path.write_text(f'[template]\ntitle = "Shop"\n{seats}[agents.permissions]\nadd = "deny"\n', "utf-8")
    choices = Choices(models=(script("ada", "help"), "world/shop"))
    opened = await open_conversation(workspace, choose_cast(workspace, str(path), choices))
    async with on_stage(opened=opened) as stage:
        await stage.press("P")
        await stage.sees(
            "② CLI · world shop", "▸   add                 ✗ denied", "    everything else     ? asked for"
        )
        await stage.press("escape")
        await stage.steps(2)
        await stage.press("P")
        await stage.sees("add                 ✗ denied      Add two whole numbers.")
        await stage.sees("everything else     ? asked for   tools of shop")
