"""Councils on the stage: heard while they are held, one line when they are over, and unfolded."""

import asyncio

from backrooms_tui.session.state import WordEntry
from backrooms_tui.ui.screens.stage.stage import StageScreen
from tests.ui.councils.conftest import ADA, BO, OnStage, council_screen

SLOW = 2.0  # tokens a second: long enough to be looked at


async def test_who_speaks_in_a_council_is_heard_in_the_pane_of_its_host(on_stage: OnStage, forecast: str) -> None:
    async with on_stage(ada=ADA, bo=BO, template=forecast, rate=SLOW, run=True, size=(160, 30)) as stage:
        # Mara's own council comes first, and those of both agents are held at the same time. Each is looked for all the
        # while: one after the other, what comes soon might be over before it is looked for.
        await asyncio.gather(
            stage.sees("◇ councils of ① ②", "◇ council · turn 1 · Mara", "◇ ① council · turn 1 · Kit"),
            stage.sees("◇ turn 1 · Mara ◇ turn 1 · Kit", "Ada wants"),
            stage.sees("◇ council · turn 1 · Ines", "in council · turn 1 · Ines", "Bo would"),
            stage.sees("▸ ◇ ① turn 1 · Mara", "▸ ◇ ② turn 1 · Ines"),  # the timeline
        )
        assert stage.state.turn == 0


async def test_a_council_that_is_over_is_one_line_and_unfolds_level_by_level(on_stage: OnStage, forecast: str) -> None:
    async with on_stage(ada=ADA, bo=BO, template=forecast, size=(160, 40)) as stage:
        while stage.state.turn < 1:  # a step is a turn, be it in a council
            await stage.press("n")
            await stage.until(lambda: not stage.screen.performance.running)
        await stage.sees("▸ ◇ council · 2 turns", "▸ ◇ ① council · 2 turns", "turn 1")
        assert "Jonas" not in stage.text
        await stage.press("d")
        await stage.sees("▾ ◇ council · 2 turns", "│ 1 ① Mara", "│ 2 ② Jonas", "│ ▸ ◇ ① council · 2 turns")
        assert "Kit" not in stage.text
        await stage.press("d")
        await stage.sees("│ ▾ ◇ ① council · 2 turns", "│ │ 1 ① Kit", "│ │ 2 ② Lou")
        await stage.press("d")
        await stage.until(lambda: "Mara" not in stage.text and "▸ ◇ council · 2 turns" in stage.text)
        await stage.press("D")
        await stage.sees("│ 1 ① Mara", "│ 2 ② Jonas")
        await stage.press("D", "D")
        await stage.until(lambda: "Mara" not in stage.text and "Jonas" not in stage.text)


async def test_the_operator_speaks_into_a_council(on_stage: OnStage, forecast: str) -> None:
    async with on_stage(ada=ADA, bo=BO, template=forecast, rate=SLOW, run=True) as stage:
        await stage.until(lambda: 2 in stage.conversation.councils and stage.conversation.councils[2].speaking)
        council = stage.conversation.councils[2]
        await stage.press("I")
        await stage.sees("Speak into which?", "council of ② Brightwater")
        await stage.press("end", "enter")
        await stage.sees("Into the council of ② Brightwater ▸")
        await stage.write("think of the river")
        await stage.press("enter")
        await stage.until(
            lambda: (
                council.state.queued
                or any(isinstance(entry, WordEntry) and entry.source == "operator" for entry in council.state.entries)
            )
        )
        words = [word.text for word in council.state.queued]
        words += [entry.text for entry in council.state.entries if isinstance(entry, WordEntry)]
        assert "think of the river" in words
        assert not stage.state.queued


async def test_a_member_of_a_council_is_whispered_to(on_stage: OnStage, forecast: str) -> None:
    async with on_stage(ada=ADA, bo=BO, template=forecast, rate=SLOW, run=True, size=(120, 40)) as stage:
        await stage.until(lambda: 2 in stage.conversation.councils and stage.conversation.councils[2].speaking)
        await stage.press("w")
        await stage.sees("① Halden", "◇ ② Otto · council of ② Brightwater", "◇ ① Mara · council of ① Halden")


async def test_enter_goes_into_a_council_while_it_is_held_and_escape_comes_back(
    on_stage: OnStage, forecast: str
) -> None:
    async with on_stage(ada=ADA, bo=BO, template=forecast, rate=SLOW, run=True, size=(120, 30)) as stage:
        await stage.sees("◇ council · turn 1 · Mara")
        await stage.press("enter")
        await stage.sees("◇ council of ① Halden · Forecast", "Mara", "◉ live")
        assert council_screen(stage).session in [one.council for one in stage.state.councils.values()]
        await stage.press("escape")
        await stage.until(lambda: isinstance(stage.app.screen, StageScreen))
        assert stage.screen.performance.running


async def test_a_pause_holds_in_the_council_and_space_goes_on_in_there(on_stage: OnStage, forecast: str) -> None:
    async with on_stage(ada=ADA, bo=BO, template=forecast, rate=40.0, run=True, size=(120, 30)) as stage:
        await stage.sees("◇ council · turn 1 · Mara")
        await stage.press("space")
        await stage.until(lambda: not stage.screen.performance.running)
        await stage.sees("‖ paused", "space goes on in there")
        assert stage.state.turn == 0
        await stage.press("space")
        await stage.until(lambda: stage.state.turn >= 1)


async def test_who_is_in_a_council_is_told_in_the_list_of_agents(on_stage: OnStage, forecast: str) -> None:
    async with on_stage(ada=ADA, bo=BO, template=forecast, rate=SLOW, run=True) as stage:
        await stage.sees("◇ council · turn 1 · Mara")
        await stage.press("a")
        await stage.sees("Agents", "◇ in council")


async def test_who_speaks_in_a_council_is_cut_short_and_the_next_one_speaks(on_stage: OnStage, forecast: str) -> None:
    async with on_stage(ada=ADA, bo=BO, template=forecast, rate=SLOW, run=True, size=(160, 40)) as stage:
        await stage.sees("│ │ 1 ① Kit", "Ada wants")
        await stage.press("s")
        await stage.sees("│ │ 2 ② Lou")
        council = next(iter(stage.conversation.councils[1].councils.values()))
        assert council.state.turns[1].stop_reason == "stopped"
        assert stage.screen.performance.running
