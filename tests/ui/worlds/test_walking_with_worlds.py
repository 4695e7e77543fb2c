"""Every screen with a session that has a world in it, hostile as can be, on small screens: nothing breaks."""

import pytest

from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.ui.app import BackroomsApp
from backrooms_tui.ui.screens.both.both import BothScreen
from backrooms_tui.ui.screens.exporting.exporting import ExportScreen
from backrooms_tui.ui.screens.manners.manners import MannersScreen
from backrooms_tui.ui.screens.stage.agents import Agents
from backrooms_tui.ui.screens.xray.xray import XRayScreen
from tests.hostile import HOSTILE
from tests.ui.bare import BareApp
from tests.ui.conditions import screen_text, until
from tests.ui.worlds.asked import asked, outcomes
from tests.ui.worlds.conftest import Explored, OnReplay, OnStage

SMALL = ((80, 24), (60, 20))
ESCAPES = set("\x1b\x07\x9b\u202e\u2066")
SAID = [*("".join(letter for letter in text if letter != "\ud800") for text in HOSTILE), "clock now", "notes list"]


@pytest.fixture
async def session(explored: Explored) -> str:
    """A session in which hostile commands were given and answered."""
    return await explored(*SAID, turns=2 * len(SAID) + 2)


def clean(text: str) -> bool:
    return not ESCAPES & set(text)


@pytest.mark.parametrize("size", SMALL)
async def test_home_and_find(workspace: Workspace, session: str, size: tuple[int, int]) -> None:
    app = BackroomsApp(workspace)
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: "Down there" in screen_text(app))
        app.show_find("clock")  # type: ignore[arg-type]
        await until(pilot, lambda: "clock" in screen_text(app))
        assert clean(screen_text(app))


@pytest.mark.parametrize("size", SMALL)
async def test_a_replay_from_its_first_turn_to_its_last(
    on_replay: OnReplay, session: str, size: tuple[int, int]
) -> None:
    async with on_replay(session, 1, size=size) as replay:
        await replay.until(lambda: replay.standing() == (1, False))
        last = 2 * len(SAID) + 2
        for key in ("l", "l", "l", "l", "z", "z", "t", "tab"):
            await replay.press(key)
            assert clean(replay.text)
        for turn in range(2, last + 1):
            await replay.press("n")
            await replay.until(lambda turn=turn: replay.standing() == (turn, False))
            assert clean(replay.text)
        await replay.press("a")
        # After a jump not all turns are at hand: then these are counted, and not their commands.
        await replay.sees(f"waiting · {last // 2} ")


@pytest.mark.parametrize("size", SMALL)
async def test_the_x_ray_of_a_worlds_turn(on_replay: OnReplay, session: str, size: tuple[int, int]) -> None:
    async with on_replay(session, 2 * len(SAID), size=size) as replay:
        await replay.until(lambda: replay.standing()[0] == 2 * len(SAID))
        await replay.press("x")
        await replay.until(lambda: isinstance(replay.app.screen, XRayScreen) and replay.app.screen.seen is not None)
        await replay.sees("Given", "world/exos", "from ①", "notes list")
        screen = replay.app.screen
        assert isinstance(screen, XRayScreen)
        for _ in range(2 * len(SAID) - 1):
            before = screen.seen
            await replay.press("b")
            await replay.until(lambda before=before: screen.seen is not before)
            assert clean(replay.text)


async def test_the_x_ray_of_a_live_turn_says_what_was_denied(on_stage: OnStage) -> None:
    async with on_stage("dice roll", permissions='dice = "deny"', size=(80, 40)) as stage:
        await stage.steps(2)
        await stage.press("x")
        await stage.sees("Given", "1 · from ①, turn 1", "dice roll", "Answered", "1 · denied · dice")


@pytest.mark.parametrize("size", SMALL)
async def test_branches_comparing_and_exporting(workspace: Workspace, session: str, size: tuple[int, int]) -> None:
    from backrooms_tui.assembly.continuing import branch

    for turn in (2, 4):
        opened = await branch(workspace, session, turn)
        await opened.conversation.run(2)
        await opened.aclose()
    first, second, *_ = [one.id for one in workspace.store.list_sessions()]
    app = BareApp(workspace, lambda app: app.show_branches(session))
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: "Down there" in screen_text(app))
        app.show_compare(first, second)
        await until(pilot, lambda: "turn" in screen_text(app))
        assert clean(screen_text(app))
        app.show_judging(session)
        await until(pilot, lambda: "Judge" in screen_text(app) or "judge" in screen_text(app))
        app.show_export([session], "Down there")
        await until(pilot, lambda: isinstance(app.screen, ExportScreen))
        assert clean(screen_text(app))


@pytest.mark.parametrize("size", SMALL)
async def test_a_turn_of_a_world_is_edited_taken_back_branched_and_gone_on_with(
    on_stage: OnStage, session: str, size: tuple[int, int]
) -> None:
    async with on_stage(session=session, size=size) as stage:
        last = stage.state.turn
        await stage.until(lambda: stage.text)
        stage.conversation.edit(last, "nothing of the kind\x1b[31m")
        await stage.sees("nothing of the kind")
        await stage.press("o")
        await stage.until(lambda: clean(stage.text))
        await stage.press("r")
        await stage.until(lambda: not stage.screen.performance.running and stage.state.turn == last)
        assert outcomes(stage)
        for key in ("l", "l", "l", "l", "z", "z"):
            await stage.press(key)
            assert clean(stage.text)
        await stage.press("v")
        await stage.until(lambda: stage.app.screen is not stage.screen)
        await stage.press("escape")
        await stage.press("f")
        await stage.until(lambda: len([one for one in stage.app.screen_stack if one.id != "_default"]) > 2)
        assert not isinstance(stage.app.screen, BothScreen)


@pytest.mark.parametrize("size", SMALL)
async def test_hostile_commands_are_asked_about(on_stage: OnStage, size: tuple[int, int]) -> None:
    said = [f"files write a{number}.txt {text}" for number, text in enumerate(SAID[:12])]
    async with on_stage(*said, permissions='files = "ask"', size=size, run=True) as stage:
        for _ in range(4):
            await asked(stage, "files.write")
            assert clean(stage.text)
            turn = stage.state.turn
            await stage.press("a")
            await stage.until(lambda turn=turn: stage.state.turn > turn and stage.conversation.asked is not None)


@pytest.mark.parametrize("size", SMALL)
async def test_a_world_in_the_list_of_who_takes_part(on_stage: OnStage, size: tuple[int, int]) -> None:
    async with on_stage(size=size) as stage:
        await stage.steps(2)
        await stage.press("a")
        await stage.sees("takes part")
        await stage.press("down", "m")
        await stage.until(lambda: stage.state.agents[2].muted)
        await stage.press("m", "a")
        await stage.until(lambda: stage.state.agents[2].absent and not stage.state.agents[2].muted)
        await stage.press("a")
        await stage.until(lambda: not stage.state.agents[2].absent)
        await stage.press("e")
        await stage.sees("CLI keeps no memory")
        await stage.press("g")
        await stage.until(lambda: isinstance(stage.app.screen, MannersScreen))
        await stage.press("ctrl+s")
        await stage.until(lambda: isinstance(stage.app.screen, Agents))
        await stage.press("escape")
        await stage.steps(2)
        assert outcomes(stage)[-1] == "done"
