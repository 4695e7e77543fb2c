"""What members of a council ask for is undone with a key: on the stage, and on the council's own screen."""

from pathlib import Path

import pytest

from backrooms_tui.ui.screens.stage.stage import StageScreen
from tests.ui.councils.conftest import council_screen
from tests.ui.replay.conftest import OnReplay
from tests.ui.stage.conftest import OnStage, Stage

_TEMPLATE = """
[template]
title = "Noted"
[rules.requests]
note = "allow"
[[agents]]
name = "Halden"
[agents.council]
opening = "What should we say?"
[agents.council.rules]
max_turns = 4
requests = { note = "allow" }
[[agents.council.agents]]
name = "Mara"
[[agents.council.agents]]
name = "Jonas"
[[agents]]
name = "Brightwater"
"""
ADA = ('Hm.\n!note "first"', "A long thought that takes its time and then takes some more of it to be thought.")
SLOW = 20.0


@pytest.fixture
def noted(tmp_path: Path) -> str:
    path = tmp_path / "noted.toml"
    path.write_text(_TEMPLATE, "utf-8")
    return str(path)


async def asked_within(stage: Stage) -> None:
    """Wait until a member has asked for something, and the council stands still."""
    await stage.until(lambda: any(one.state.requests.standing for one in stage.conversation.councils.values()))
    await stage.press("space")
    await stage.until(lambda: not stage.screen.performance.running)


def within(stage: Stage) -> list[str]:
    """What stands in the council of what was asked for."""
    return [made.text for one in stage.conversation.councils.values() for made in one.state.requests.standing.values()]


async def test_on_the_stage_the_last_one_is_undone_be_it_in_a_council(on_stage: OnStage, noted: str) -> None:
    async with on_stage(ada=ADA, template=noted, rate=SLOW, run=True, size=(120, 30)) as stage:
        await asked_within(stage)
        many = len(within(stage))
        await stage.press("U")
        await stage.sees("Undone in the council of ① Halden")
        assert len(within(stage)) == many - 1
        while within(stage):
            await stage.press("U")
            await stage.pilot.pause()
        await stage.press("U")
        await stage.sees("no agent has asked for anything")


async def test_on_the_councils_own_screen_it_is_undone_there(on_stage: OnStage, noted: str) -> None:
    async with on_stage(ada=ADA, template=noted, rate=SLOW, run=True, size=(120, 30)) as stage:
        await asked_within(stage)
        await stage.press("enter")
        await stage.sees("council of ① Halden", "◉ live")
        await stage.until(lambda: council_screen(stage).playback is not None)
        await stage.press("U")
        await stage.sees("undone, of ")
        while within(stage):
            await stage.press("U")
            await stage.pilot.pause()
        await stage.press("U")
        await stage.sees("no agent has asked for anything")
        await stage.press("escape")
        await stage.until(lambda: isinstance(stage.app.screen, StageScreen))


async def test_a_replay_says_that_nothing_is_undone_in_it(on_stage: OnStage, on_replay: OnReplay, noted: str) -> None:
    async with on_stage(ada=ADA, template=noted, run=True, size=(120, 30)) as stage:
        await stage.until(lambda: stage.state.turn >= 2)
        session = stage.state.session
    async with on_replay(session) as replay:
        await replay.press("U")
        await replay.sees("What is over stays as it was")
