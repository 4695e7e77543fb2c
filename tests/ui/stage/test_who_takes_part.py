"""Saying who speaks next, muting, sending away, adding; and being asked who speaks."""

from dataclasses import replace
from pathlib import Path

import pytest

from backrooms_tui.ui.screens.stage.agents import Agents
from backrooms_tui.ui.screens.stage.stage import StageScreen
from tests.ui.bare import BareApp
from tests.ui.stage.conftest import OnStage, Stage

HOSTILE = "\x1b[31m[bold]Eve[/]\u202e\x07"


async def open_list(stage: Stage) -> None:
    await stage.press("a")
    await stage.until(lambda: isinstance(stage.app.screen, Agents))
    await stage.sees("enter speaks next")


async def test_the_operator_says_who_speaks_next(on_stage: OnStage) -> None:
    async with on_stage() as stage:
        await open_list(stage)
        await stage.sees("① Mara", "② Jonas", "takes part")
        await stage.press("down", "enter")
        await stage.until(lambda: stage.conversation.picked == 2)
        await stage.press("n")
        await stage.sees("Bo says one.")
        assert stage.state.turns[1].agent == 2


async def test_who_is_muted_says_so_and_is_passed_over(on_stage: OnStage) -> None:
    async with on_stage() as stage:
        await open_list(stage)
        await stage.press("m")
        await stage.sees("× only listens")
        await stage.press("enter")
        await stage.sees("only listens; let it speak again first")
        await stage.press("escape")
        await stage.steps(1)
        assert stage.state.turns[1].agent == 2
        await stage.sees("Mara only listens")
        await open_list(stage)
        await stage.press("up", "m")
        await stage.until(lambda: not stage.state.agents[1].muted)


async def test_a_pane_shows_only_what_its_agent_heard(on_stage: OnStage) -> None:
    async with on_stage() as stage:
        await stage.steps(1)
        await open_list(stage)
        await stage.press("down", "a")
        await stage.sees("∅ away since turn 1")
        await stage.press("escape", "i")
        await stage.write("not for Jonas")
        await stage.press("enter")
        await stage.sees("── operator: not for")
        ways = [stage.screen.scene.source_for(seat) for seat in (1, 2)]

        def heard(source_at: int) -> bool:
            source = ways[source_at]
            return any("not for Jonas" in source.entry(index).text for index in range(len(source)))

        assert heard(0)
        assert not heard(1)
        await open_list(stage)
        await stage.press("down", "a")
        await stage.until(lambda: not stage.state.agents[2].absent)
        await stage.press("escape")
        stage.conversation.interject("for all again")
        await stage.until(lambda: "for all again" in ways[1].entry(len(ways[1]) - 1).text)
        assert not heard(1)


async def test_somebody_new_has_a_pane_and_speaks(on_stage: OnStage) -> None:
    async with on_stage() as stage:
        await stage.steps(1)
        await open_list(stage)
        await stage.press("n")
        await stage.sees("Somebody new joins", "ctrl+l picks a model")
        await stage.press("enter")
        await stage.sees("an agent needs a name; give it one")
        await stage.write("Jonas")
        await stage.press("enter")
        await stage.sees("③ Jonas 2")
        assert [agent.model for agent in stage.state.agents.values()][2] == stage.state.agents[1].model
        await stage.press("end", "enter")
        await stage.until(lambda: stage.conversation.picked == 3)
        await stage.steps(1)
        assert stage.state.turns[2].agent == 3
        await stage.until(lambda: stage.screen.scene.pane(3).region.area > 0)
        pane = stage.screen.scene.pane(3).transcript.source
        # It heard nothing of what was before.
        assert [entry.text for entry in map(pane.entry, range(len(pane)))] == [
            "Jonas 2 joins",
            stage.state.turns[2].text,
        ]


async def test_hostile_names_and_more_agents_than_panes(on_stage: OnStage) -> None:
    async with on_stage(size=(200, 50)) as stage:
        setup = stage.state.setup
        assert setup is not None
        for number in range(8):
            stage.conversation.add_agent(replace(setup.agents[0], name=f"{HOSTILE}{number}"))
        await stage.until(lambda: len(stage.screen.scene.seats) == 8)
        assert len(stage.state.agents) == 10
        await open_list(stage)
        await stage.press("end")
        await stage.sees("⑩")
        assert not any(sign in stage.text for sign in ("\x1b", "\u202e", "\x07"))
        await stage.press("end", "m")
        await stage.until(lambda: stage.state.agents[10].muted)


async def test_in_manual_order_the_operator_is_asked(on_stage: OnStage) -> None:
    async with on_stage(order="manual") as stage:
        await stage.sees("choose who speaks next: a, then enter")
        await open_list(stage)
        await stage.press("down", "enter")
        await stage.sees("Bo says one.", "your choice", "choose who speaks next: a, then enter")
        assert stage.state.turns[1].agent == 2


async def test_a_memory_is_rewritten_where_there_is_one(on_stage: OnStage) -> None:
    async with on_stage() as stage:
        await open_list(stage)
        await stage.press("e")
        await stage.sees("Mara keeps no memory")
        stage.conversation.change_memory(1, "The lamp is lit.")
        await stage.press("e")
        await stage.sees("What ① Mara remembers", "The lamp is lit.")
        await stage.press("end", "!", "ctrl+s")
        await stage.until(lambda: stage.state.agents[1].memory == "The lamp is lit.!")


CIRCLES = """[template]
title = "Circles"
description = "Two that agree."

[[agents]]
name = "Mara"
system = "You are Mara."

[[agents]]
name = "Jonas"
system = "You are Jonas."

[rules]
stall_at = 0.2

[[rules.ladder]]
remedy = "call"
"""


@pytest.mark.parametrize("bell", [True, False])
async def test_a_talk_in_circles_calls_the_operator(
    on_stage: OnStage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bell: bool
) -> None:
    template = tmp_path / "circles.toml"
    template.write_text(CIRCLES, encoding="utf-8")
    rung: list[bool] = []
    monkeypatch.setattr(BareApp, "bell", lambda self: rung.append(True))
    agree = ("I agree! You are so right.",) * 20
    async with on_stage(template=str(template), ada=agree, bo=agree) as stage:
        monkeypatch.setattr(StageScreen, "_may_ring", bell)
        await stage.press("space")
        await stage.sees("! calls you", "goes in circles · space goes on", "↺")
        assert bool(rung) is bell
        await stage.sees("stall ")
