"""Many panes in little room, and what must not cover or lose what is being read."""

import pytest
from textual.widgets._toast import Toast

from backrooms_tui.ui.screens.stage.scene import LOWEST
from tests.ui.conditions import at_once
from tests.ui.stage.conftest import OnStage, Stage


@pytest.fixture
def many(tmp_path) -> str:
    """A template with eight seats."""
    folder = tmp_path / "config" / "templates"
    folder.mkdir(parents=True)
    agents = "".join(f'[[agents]]\nname = "Nr {seat}"\n' for seat in range(1, 9))
    (folder / "many.toml").write_text(f'[template]\ntitle = "Many"\n{agents}')
    return str(folder / "many.toml")


def seats_in_sight(stage: Stage) -> list[int]:
    scene = stage.screen.scene
    return [seat for seat in scene.seats if scene.pane(seat).display]


@pytest.mark.parametrize(("size", "fit"), [((60, 20), 3), ((80, 24), 4), ((120, 24), 4), ((120, 50), 8)])
async def test_panes_over_one_another_are_only_as_many_as_can_be_read(
    on_stage: OnStage, many: str, size: tuple[int, int], fit: int
) -> None:
    async with on_stage(size=size, template=many, seats=8) as stage:
        scene = stage.screen.scene
        await stage.steps(1)
        while scene.arrangement != "stacked":
            await stage.press("l")
        await stage.until(lambda: len(seats_in_sight(stage)) == fit)
        for seat in range(1, 9):
            assert scene.active == seat
            assert seat in seats_in_sight(stage)
            await stage.until(
                lambda: (
                    all(scene.pane(seat).region.height >= LOWEST for seat in seats_in_sight(stage))
                    and len(seats_in_sight(stage)) == fit
                )
            )
            await stage.press("tab")
        assert scene.active == 1
        # Who else there is can be seen.
        if fit < 8:
            await stage.sees("[① Nr 1]", "⑧")


async def test_whoever_speaks_comes_into_the_stack(on_stage: OnStage, many: str) -> None:
    async with on_stage(size=(60, 20), template=many, seats=8) as stage:
        await stage.press("l", "l", "l")
        await stage.steps(5)
        await stage.until(lambda: "Ada says one." in stage.text and "⑤ Nr 5" in stage.text)
        assert 5 in seats_in_sight(stage)


async def test_the_newest_word_takes_the_place_of_the_one_before(on_stage: OnStage) -> None:
    async with on_stage(size=(60, 20)) as stage:
        await stage.steps(6)
        at_once(stage.app, "/says", "enter", "****")
        await stage.sees("5 of 6")
        await stage.until(lambda: len(stage.app.screen.query(Toast)) <= 1)
        # What is wrong stays.
        stage.screen.say("the disk is full", wrong=True)
        at_once(stage.app, "*")
        await stage.sees("6 of 6", "the disk is full")


async def test_following_lets_go_of_what_was_chosen(on_stage: OnStage) -> None:
    async with on_stage() as stage:
        await stage.steps(3)
        at_once(stage.app, "g1", "enter", "c")
        await stage.sees("Turn 1 is copied")
        at_once(stage.app, "end", "c")
        await stage.sees("Turn 3 is copied")


async def test_a_turn_may_be_edited_to_nothing(on_stage: OnStage) -> None:
    for size in ((60, 20), (120, 40)):
        async with on_stage(size=size) as stage:
            await stage.steps(2)
            stage.conversation.edit(1, "")
            stage.screen.hear(stage.conversation.state)  # type: ignore[arg-type]
            at_once(stage.app, "g1", "enter", "c")
            await stage.sees("Turn 1 is copied (0 characters)")
            at_once(stage.app, "o")
            await stage.sees("Ada says one.")
            at_once(stage.app, "o", "C")
            await stage.sees("There is no code block in this turn")
            await stage.steps(1)


async def test_resizing_while_somebody_speaks_loses_nothing(on_stage: OnStage) -> None:
    line = " ".join(f"w{number}" for number in range(300))
    async with on_stage(size=(120, 40), ada=(f"{line} {'x' * 3000} 日本語のとても長い行" * 2,), rate=150) as stage:
        at_once(stage.app, "n")
        await stage.sees("w1 w2")
        for size, keys in (((60, 20), "z"), ((200, 50), "l"), ((80, 24), "ll"), ((60, 20), "zt"), ((120, 40), "l")):
            await stage.pilot.resize_terminal(*size)
            at_once(stage.app, keys)
            await stage.pilot.pause()
        await stage.until(lambda: stage.state.turn == 1 and not stage.screen.performance.running)
        at_once(stage.app, "c")
        await stage.sees("Turn 1 is copied")
        assert line in stage.state.turns[1].text
