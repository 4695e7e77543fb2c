"""Panes, layouts, finding, copying, and small screens."""

import pytest

from backrooms_tui.session.harmless import harmless
from backrooms_tui.ui.screens.stage.scene import TIMELINE
from tests.hostile import HOSTILE
from tests.ui.stage.conftest import OnStage

CODE = "Look:\n```python\nprint('one')\n```\nand\n```\nsecond = 2\n```\nDone."


def shown(stage) -> set[int]:
    """The seats whose panes are in sight, 0 being the timeline."""
    scene = stage.screen.scene
    seats = {seat for seat in scene.seats if scene.pane(seat).region.area and scene.query_one("#scene-panes").display}
    return seats | ({TIMELINE} if scene.timeline.display else set())


async def test_wide_screens_show_panes_and_timeline(on_stage: OnStage) -> None:
    async with on_stage() as stage:
        await stage.steps(2)
        await stage.sees("timeline", "① Mara", "② Jonas", "1 ① Ada says one.", "2 ② Bo says one.")
        assert shown(stage) == {0, 1, 2}


async def test_the_layout_key_goes_through_all_layouts(on_stage: OnStage) -> None:
    async with on_stage() as stage:
        await stage.press("l")
        await stage.until(lambda: shown(stage) == {1, 2})
        await stage.press("l")
        scene = stage.screen.scene
        await stage.until(lambda: scene.pane(2).region.y > scene.pane(1).region.y and shown(stage) == {1, 2})
        await stage.press("l")
        await stage.until(lambda: shown(stage) == {0})
        await stage.press("l")
        await stage.until(lambda: shown(stage) == {0, 1, 2})


async def test_a_narrow_screen_shows_one_pane_and_tabs(on_stage: OnStage) -> None:
    async with on_stage(size=(80, 24)) as stage:
        await stage.steps(1)
        await stage.sees("[① Mara]", "② Jonas", "Ada says one.", "Operator ▸")
        assert shown(stage) == {1}
        await stage.press("tab")
        await stage.sees("[② Jonas]")
        await stage.until(lambda: shown(stage) == {2})
        await stage.press("tab")
        await stage.until(lambda: shown(stage) == {1})
        await stage.press("l")
        await stage.until(lambda: shown(stage) == {0, 1})
        await stage.press("l")
        await stage.until(lambda: shown(stage) == {0})


async def test_a_narrow_screen_shows_whoever_speaks_until_the_reader_chooses(on_stage: OnStage) -> None:
    async with on_stage(size=(80, 24)) as stage:
        await stage.steps(1)
        assert shown(stage) == {1}
        await stage.steps(1)
        await stage.until(lambda: shown(stage) == {2})
        await stage.press("tab")
        await stage.until(lambda: shown(stage) == {1})
        await stage.steps(2)
        assert shown(stage) == {1}
        await stage.press("end")
        await stage.steps(1)
        await stage.steps(1)
        await stage.until(lambda: shown(stage) == {2})


async def test_a_click_on_a_tab_shows_its_pane(on_stage: OnStage) -> None:
    async with on_stage(size=(80, 24)) as stage:
        await stage.sees("[① Mara]")
        await stage.pilot.click("#scene-tabs", offset=(stage.text.splitlines()[2].index("②") + 1, 0))
        await stage.sees("[② Jonas]")


async def test_growing_and_shrinking_rearranges(on_stage: OnStage) -> None:
    async with on_stage(size=(120, 30)) as stage:
        await stage.steps(2)
        await stage.pilot.resize_terminal(80, 24)
        await stage.until(lambda: len(shown(stage)) == 1)
        await stage.sees("[")
        await stage.pilot.resize_terminal(120, 30)
        await stage.until(lambda: shown(stage) == {0, 1, 2})


async def test_sixty_columns_are_usable(on_stage: OnStage) -> None:
    async with on_stage(size=(60, 20)) as stage:
        await stage.steps(1)
        await stage.sees("‖ paused", "Ada says one.", "Operator ▸", "[① Mara]")


@pytest.mark.parametrize("seats", [1, 3, 5, 8])
async def test_any_number_of_panes_fits(on_stage: OnStage, seats: int, tmp_path, monkeypatch) -> None:
    folder = tmp_path / "config" / "templates"
    folder.mkdir(parents=True)
    agents = "".join(f'[[agents]]\nname = "Nr {seat}"\n' for seat in range(1, seats + 1))
    (folder / "many.toml").write_text(f'[template]\ntitle = "Many"\n{agents}')
    async with on_stage(size=(200, 50), template=str(folder / "many.toml"), seats=seats) as stage:
        await stage.sees(*(f"Nr {seat}" for seat in range(1, seats + 1)))
        scene = stage.screen.scene
        regions = [scene.pane(seat).region for seat in scene.seats]
        assert all(region.width > 20 and region.height > 10 for region in regions)
        assert not any(a.overlaps(b) for i, a in enumerate(regions) for b in regions[:i])
        right = max(region.right for region in regions)
        bottom = max(region.bottom for region in regions)
        # Nothing is left empty.
        assert sum(region.area for region in regions) == (right - regions[0].x) * (bottom - regions[0].y)


async def test_zoom_gives_one_pane_the_whole_screen(on_stage: OnStage) -> None:
    async with on_stage() as stage:
        await stage.press("tab", "z")
        await stage.until(lambda: shown(stage) == {2})
        assert stage.screen.scene.pane(2).region.width == 120
        await stage.press("z")
        await stage.until(lambda: shown(stage) == {0, 1, 2})
        await stage.sees("Operator ▸")


async def test_tab_goes_through_panes_and_timeline(on_stage: OnStage) -> None:
    async with on_stage() as stage:
        seen = []
        for _ in range(4):
            seen.append(stage.screen.scene.active)
            await stage.press("tab")
        assert seen == [1, 2, 0, 1]


async def test_reasoning_is_folded_until_asked_for(on_stage: OnStage) -> None:
    async with on_stage(ada=("#! reasoning: secret thoughts\nAda says it.",)) as stage:
        await stage.steps(1)
        await stage.sees("▸ reasoning, 2 words")
        assert "secret thoughts" not in stage.text
        await stage.press("t")
        await stage.sees("secret thoughts")
        await stage.press("t")
        await stage.until(lambda: "secret thoughts" not in stage.text)


async def test_going_to_a_turn_by_number(on_stage: OnStage) -> None:
    async with on_stage(ada=("line\n" * 30 + "end of it",), bo=("line\n" * 30,)) as stage:
        await stage.steps(4)
        await stage.press("g")
        await stage.sees("Go to turn (1 to 4)")
        await stage.write("9")
        await stage.sees("a number from 1 to 4")
        await stage.press("backspace", "1", "enter")
        await stage.sees("turn 1 ─")
        pane = stage.screen.scene.pane(1).transcript
        assert (pane.selected, pane.top, pane.follow) == (0, (0, 0), False)
        assert stage.screen.scene.timeline.transcript.selected == 0


async def test_words_are_found_one_place_after_the_other(on_stage: OnStage) -> None:
    async with on_stage() as stage:
        await stage.steps(4)
        await stage.press("slash")
        await stage.sees("Find in this session")
        await stage.write("SAYS TWO")
        await stage.press("enter")
        await stage.sees("1 of 2")
        timeline = stage.screen.scene.timeline.transcript
        assert timeline.selected == 2
        await stage.press("asterisk")
        await stage.sees("2 of 2")
        assert timeline.selected == 3
        await stage.press("asterisk")
        await stage.until(lambda: timeline.selected == 2)


async def test_words_that_are_not_there_are_not_found(on_stage: OnStage) -> None:
    async with on_stage() as stage:
        await stage.steps(1)
        await stage.press("slash")
        await stage.write("nowhere")
        await stage.press("enter")
        await stage.sees("Not found")


async def test_the_reader_is_left_where_they_are(on_stage: OnStage) -> None:
    async with on_stage(ada=("line\n" * 40 + "end of it",), bo=("Yes.",)) as stage:
        await stage.steps(1)
        await stage.sees("end of it")
        pane = stage.screen.scene.pane(1).transcript
        await stage.press("pageup")
        await stage.until(lambda: not pane.follow)
        top = pane.top
        await stage.steps(2)
        assert pane.top == top
        await stage.sees("1 new")
        await stage.press("end")
        await stage.until(lambda: pane.follow)
        await stage.sees("end of it")


async def test_a_turn_is_copied(on_stage: OnStage) -> None:
    async with on_stage() as stage:
        await stage.steps(2)
        stage.screen.scene.choose(2)
        await stage.press("c")
        await stage.sees("Turn 2 is copied")
        assert stage.app.clipboard == "Bo says one."


async def test_a_code_block_is_copied(on_stage: OnStage) -> None:
    async with on_stage(ada=(CODE,), bo=("```\nonly this\n```",)) as stage:
        await stage.steps(2)
        stage.screen.scene.choose(2)
        await stage.press("C")
        await stage.until(lambda: stage.app.clipboard == "only this")
        stage.screen.scene.choose(1)
        await stage.press("C")
        await stage.sees("Copy which block?", "print('one')", "second = 2")
        await stage.press("2")
        await stage.until(lambda: stage.app.clipboard == "second = 2")


async def test_a_turn_without_code_says_so(on_stage: OnStage) -> None:
    async with on_stage() as stage:
        await stage.steps(1)
        await stage.press("C")
        await stage.sees("no code block")


async def test_every_action_can_be_reached_from_the_palette(on_stage: OnStage) -> None:
    async with on_stage() as stage:
        titles = {command.title for command in stage.app.get_system_commands(stage.screen)}
        assert {"Run / pause", "Whisper", "Change seat", "Next hit", "Help"} <= titles


async def test_hostile_text_is_harmless_everywhere_on_the_stage(on_stage: OnStage) -> None:
    texts = tuple(text.replace("\ud800", "") for text in HOSTILE)  # a script is UTF-8
    async with on_stage(ada=texts, bo=texts, size=(160, 45)) as stage:
        await stage.steps(6)
        await stage.press("e")
        await stage.sees("ctrl+s keeps it")
        assert harmless(stage.text) == stage.text
        await stage.press("escape", "slash")
        await stage.write("x")
        await stage.press("enter")
        await stage.until(lambda: stage.screen.is_current)
        stage.conversation.interject("".join(HOSTILE))
        await stage.sees("operator")
        assert harmless(stage.text) == stage.text
