"""Keys that come in one go: each does what it would have done, had it come alone."""

import asyncio

import pytest
from textual.events import Key, Paste
from textual.widgets import Input

from backrooms_tui.session.state import TurnEntry, WordEntry
from backrooms_tui.ui.screens.stage.asking import Ask
from backrooms_tui.ui.screens.stage.edit_turn import EditTurn
from backrooms_tui.ui.screens.stage.operator_line import Words
from tests.ui.conditions import at_once
from tests.ui.stage.conftest import OnStage, Stage


def spoken(stage: Stage) -> list[tuple[int, str]]:
    return [(entry.to, entry.text) for entry in stage.state.entries if isinstance(entry, WordEntry)]


async def test_words_that_follow_their_key_at_once_are_all_there(on_stage: OnStage) -> None:
    async with on_stage() as stage:
        at_once(stage.app, "iHello there, nice to meet you all")
        await stage.sees("Operator ▸ Hello there, nice to meet you all")
        assert stage.state.entries == []


async def test_several_things_said_in_one_go(on_stage: OnStage) -> None:
    async with on_stage() as stage:
        at_once(stage.app, "iwhen I say so", "enter", "iand now", "enter", "n")
        await stage.sees("Ada says one.")
        assert spoken(stage) == [(0, "when I say so"), (0, "and now")]


async def test_a_whisper_and_what_is_whispered(on_stage: OnStage) -> None:
    async with on_stage() as stage:
        at_once(stage.app, "w2only for 1 of you", "enter", "n")
        await stage.sees("Ada says one.")
        assert spoken(stage) == [(2, "only for 1 of you")]


async def test_a_choice_and_the_words_for_it(on_stage: OnStage) -> None:
    async with on_stage() as stage:
        at_once(stage.app, "w", "down", "enter", "psst", "enter")
        await stage.until(lambda: spoken(stage) == [(2, "psst")])


async def test_finding_in_one_go(on_stage: OnStage) -> None:
    async with on_stage() as stage:
        await stage.steps(4)
        at_once(stage.app, "/says one", "enter", "*")
        await stage.sees("2 of 2")
        assert stage.screen.chosen_turn().turn == 2  # type: ignore[union-attr]


async def test_a_turn_gone_to_in_one_go_and_left_again(on_stage: OnStage) -> None:
    async with on_stage() as stage:
        await stage.steps(2)
        at_once(stage.app, "g1", "enter", "g", "escape", "n")
        await stage.until(lambda: stage.state.turn == 3)
        assert not isinstance(stage.app.screen, Ask)


async def test_an_answer_that_is_typed_anew_in_one_go(on_stage: OnStage) -> None:
    async with on_stage() as stage:
        await stage.steps(1)
        at_once(stage.app, "/one", "enter", "/", "ctrl+u", "two")
        await stage.until(lambda: stage.app.screen.query_one(Input).value == "two")


async def test_a_turn_edited_in_one_go(on_stage: OnStage) -> None:
    async with on_stage() as stage:
        await stage.steps(1)
        at_once(stage.app, "eWell: ", "ctrl+s", "n")
        await stage.until(lambda: stage.state.turn == 2)
        assert not isinstance(stage.app.screen, EditTurn)
        first = stage.state.turns[1]
        assert "Well: " in first.text


async def test_the_pane_that_was_gone_to_gets_the_keys(on_stage: OnStage) -> None:
    async with on_stage() as stage:
        await stage.steps(4)
        at_once(stage.app, "tab", "shift+up", "shift+up", "c")
        await stage.sees("Turn 2 is copied")
        # Not in the operator's line, and nobody spoke.
        assert stage.screen.query_one(Words).text == ""
        assert [entry.turn for entry in stage.state.entries if isinstance(entry, TurnEntry)] == [1, 2, 3, 4]


async def test_what_is_pasted_stands_where_it_was_pasted(on_stage: OnStage) -> None:
    async with on_stage() as stage:
        at_once(stage.app, "ione ")
        stage.app.post_message(Paste("two "))
        at_once(stage.app, "three")
        await stage.sees("Operator ▸ one two three")


@pytest.mark.parametrize("size", [(60, 20), (120, 40)])
async def test_a_long_burst_keeps_its_order(on_stage: OnStage, size: tuple[int, int]) -> None:
    line = " ".join(f"w{number}" for number in range(150))
    async with on_stage(size=size, rate=200, ada=("word " * 400,)) as stage:
        at_once(stage.app, "n")
        await stage.sees("word word")
        at_once(stage.app, f"i{line}")
        await stage.until(lambda: stage.screen.query_one(Words).text == line)


async def test_a_key_that_takes_for_ever_does_not_hold_up_the_others(on_stage: OnStage, monkeypatch) -> None:
    async with on_stage() as stage:
        stuck, left = asyncio.Event(), asyncio.Event()

        async def on_key(self: Words, event: Key) -> None:
            if event.key == "exclamation_mark":
                await stuck.wait()

        monkeypatch.setattr(Words, "on_key", on_key, raising=False)
        monkeypatch.setattr(stage.app, "exit", left.set)
        at_once(stage.app, "iso!", "ctrl+q")
        await asyncio.wait_for(left.wait(), 20)
        stuck.set()
