"""Changing the rules from the stage while the session runs: what is set there is what happens."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

from textual.widgets import Checkbox, Select

from backrooms_tui.session.events import RulesChanged
from backrooms_tui.session.setup import Cue, Remedy, Rules
from backrooms_tui.session.state import NoticeEntry, WordEntry
from backrooms_tui.templates.standard_ladder import STANDARD_LADDER
from backrooms_tui.ui.screens.question.question import QuestionScreen
from backrooms_tui.ui.screens.rules.cue import CueScreen
from backrooms_tui.ui.screens.rules.rules import RulesScreen
from backrooms_tui.ui.screens.stage.asking import Ask
from backrooms_tui.ui.screens.stage.stage import StageScreen
from backrooms_tui.ui.widgets.line_input import LineInput
from backrooms_tui.ui.widgets.lines_input import LinesInput
from tests.ui.stage.conftest import OnStage, Stage


async def open_rules(stage: Stage) -> RulesScreen:
    await stage.press("u")
    await stage.until(lambda: isinstance(stage.app.screen, RulesScreen))
    await stage.sees("ctrl+s applies")
    screen = stage.app.screen
    assert isinstance(screen, RulesScreen)
    return screen


async def put(stage: Stage, **values: str | bool) -> None:
    for key, value in values.items():
        screen = stage.app.screen
        assert isinstance(screen, RulesScreen | CueScreen)
        widget = screen.row_of(key).fields[key]
        match widget:
            case LineInput():
                widget.value = str(value)
            case LinesInput():
                widget.text = str(value)
            case Checkbox() | Select():
                widget.value = value
        await stage.pilot.pause()


async def apply(stage: Stage) -> None:
    await stage.press("ctrl+s")
    await stage.until(lambda: isinstance(stage.app.screen, StageScreen))


async def change(stage: Stage, **values: str | bool) -> None:
    await open_rules(stage)
    await put(stage, **values)
    await apply(stage)


def rules(stage: Stage) -> Rules:
    assert stage.state.setup is not None
    return stage.state.setup.rules


def stands(stage: Stage) -> bool:
    return not stage.screen.performance.running


def told(stage: Stage) -> list[str]:
    return [entry.text for entry in stage.state.entries if isinstance(entry, NoticeEntry)]


async def test_another_order_changes_who_speaks_next(on_stage: OnStage) -> None:
    async with on_stage(ada=("Come in, Mara.",) * 3) as stage:
        await stage.steps(1)
        assert stage.state.turns[1].agent == 1
        await change(stage, order="manual")
        assert told(stage) == ["the rules are changed: order manual"]
        await stage.sees("the rules are")
        await stage.press("space")
        await stage.sees("choose who speaks next: a, then enter")
        await stage.press("a", "up", "enter")
        await stage.until(lambda: stage.state.turn == 2 and stands(stage))
        assert stage.state.turns[2].agent == 1


async def test_nothing_happens_where_nothing_was_changed(on_stage: OnStage) -> None:
    async with on_stage() as stage:
        before = rules(stage)
        await open_rules(stage)
        await apply(stage)
        await open_rules(stage)
        await stage.press("escape")
        await stage.until(lambda: isinstance(stage.app.screen, StageScreen))
        assert rules(stage) is before
        assert not told(stage)


async def test_the_ladder_is_put_on_in_the_middle_and_steps_in(on_stage: OnStage) -> None:
    agree = ("I agree! You are so right.",) * 30
    async with on_stage(ada=agree, bo=agree) as stage:
        await stage.steps(5)
        assert not stage.state.remedies
        await change(stage, ladder=True, stall_at="0.2")
        assert rules(stage).ladder == STANDARD_LADDER
        assert told(stage) == ["the rules are changed: a ladder of 2 steps, stalled from 0.2 on"]
        await stage.steps(2)
        assert [one.remedy for one in stage.state.remedies] == ["nudge"]
        assert any(entry.source == "remedy" for entry in stage.state.entries if isinstance(entry, WordEntry))


async def test_a_ladder_that_was_put_off_comes_back_as_it_was(on_stage: OnStage) -> None:
    async with on_stage() as stage:
        own = (Remedy("call", text="Come and look."),)
        stage.conversation.change_rules(replace(rules(stage), ladder=own))
        await change(stage, ladder=False)
        assert rules(stage).ladder == ()
        await change(stage, ladder=True)
        assert rules(stage).ladder == own


async def test_a_cue_for_a_later_turn_happens(on_stage: OnStage) -> None:
    async with on_stage() as stage:
        await stage.steps(1)
        screen = await open_rules(stage)
        screen.row_of("cues").fields["cues"].focus()
        await stage.press("n")
        await stage.until(lambda: isinstance(stage.app.screen, CueScreen))
        await put(stage, turn="3", text="The power fails.")
        await stage.press("ctrl+s")
        await stage.sees("▸ turn 3 · The power fails.")
        await apply(stage)
        await stage.steps(1)
        assert "The power fails." not in [entry.text for entry in stage.state.entries]
        await stage.steps(1)
        assert [entry.text for entry in stage.state.entries if isinstance(entry, WordEntry)] == ["The power fails."]
        await open_rules(stage)
        await stage.sees("turn 3 · said · The power fails.")


async def test_a_limit_ends_it_and_a_higher_one_lets_it_go_on(on_stage: OnStage) -> None:
    async with on_stage(max_turns=2) as stage:
        await stage.press("space")
        await stage.sees("■ ended", "space offers more turns")
        await change(stage, max_turns="4")
        assert told(stage) == ["the rules are changed: ends after 4 turns"]
        await stage.sees("space goes on")
        await stage.press("space")
        await stage.until(lambda: stage.state.turn == 4 and stands(stage))
        assert not isinstance(stage.app.screen, Ask)
        await stage.sees("The limit of 4 turns is reached")
        await stage.press("space")
        await stage.until(lambda: isinstance(stage.app.screen, Ask))


SLOW = " ".join(f"w{number}" for number in range(600))


async def cut_short(stage: Stage) -> None:
    """The turn that is being spoken is over."""
    turn = stage.state.turn
    await stage.until(lambda: stage.conversation.speaking and stage.state.in_flight is not None)
    await stage.press("s")
    await stage.until(lambda: stage.state.turn == turn + 1)


async def test_a_limit_that_is_set_while_it_runs_past_another_holds(on_stage: OnStage) -> None:
    async with on_stage(max_turns=1, rate=5, ada=(SLOW,), bo=(SLOW,)) as stage:
        await stage.press("space")
        await cut_short(stage)
        await stage.until(lambda: stands(stage))
        await stage.press("space")
        await stage.until(lambda: isinstance(stage.app.screen, Ask))
        await stage.press("enter")
        await stage.until(lambda: stage.conversation.speaking)
        await change(stage, max_turns="3")
        await cut_short(stage)
        await cut_short(stage)
        await stage.until(lambda: stands(stage) and stage.state.status == "ended")
        assert stage.state.turn == 3


async def test_a_step_stays_one_step_when_a_limit_is_set_meanwhile(on_stage: OnStage) -> None:
    async with on_stage(rate=5, ada=(SLOW,), bo=(SLOW,)) as stage:
        await stage.press("n")
        await stage.until(lambda: stage.conversation.speaking)
        await change(stage, max_turns="9")
        await cut_short(stage)
        await stage.until(lambda: stands(stage))
        assert (stage.state.turn, stage.state.status) == (1, "paused")


async def test_while_somebody_speaks_the_change_comes_with_the_end_of_the_turn(on_stage: OnStage) -> None:
    async with on_stage(rate=5, ada=(SLOW,)) as stage:
        await stage.press("n")
        await stage.until(lambda: stage.conversation.speaking)
        await change(stage, order="manual")
        await stage.sees("From the next turn on: order manual")
        assert rules(stage).order == "round-robin"
        # Opened again, it shows what will be.
        screen = await open_rules(stage)
        assert screen.rules_before.order == "manual"
        await put(stage, play=True)
        await apply(stage)
        await cut_short(stage)
        await stage.until(lambda: stands(stage))
        assert (rules(stage).order, rules(stage).play) == ("manual", True)


async def test_what_the_conversation_refuses_is_said_and_nothing_is_lost(on_stage: OnStage) -> None:
    """A cue that was typed in time, kept when its turn was over."""
    async with on_stage() as stage:
        screen = await open_rules(stage)
        screen.row_of("cues").fields["cues"].focus()
        await stage.press("n")
        await stage.until(lambda: isinstance(stage.app.screen, CueScreen))
        await put(stage, turn="1", text="Rain.")
        await stage.press("ctrl+s")
        await stage.sees("▸ turn 1 · Rain.")
        stage.screen.performance.run(1)
        await stage.until(lambda: stage.state.turn == 1 and stands(stage))
        await stage.press("ctrl+s")
        await stage.sees("turn 1 is over — a new cue can come from turn 2 on", "turn 1 · Rain.")
        await stage.press("enter")
        await stage.until(lambda: isinstance(stage.app.screen, CueScreen))
        await put(stage, turn="2")
        await stage.press("ctrl+s")
        await stage.sees("▸ turn 2 · Rain.")
        await apply(stage)
        assert rules(stage).cues == (Cue(2, "Rain."),)


async def test_leaving_the_program_from_the_dialog_asks_and_keeps(on_stage: OnStage) -> None:
    async with on_stage() as stage:
        changes: list[Rules] = []

        class Ear:
            def hear(self, event: object) -> None:
                if isinstance(event, RulesChanged):
                    changes.append(event.rules)

            async def settled(self) -> None:
                await asyncio.sleep(0)

        stage.conversation.listen(Ear())
        await open_rules(stage)
        await put(stage, max_turns="9")
        await stage.press("ctrl+q")
        await stage.until(lambda: isinstance(stage.app.screen, QuestionScreen))
        await stage.press("s")
        await stage.until(lambda: stage.app._exit)
        assert [one.max_turns for one in changes] == [9]


async def test_rules_are_one_key_away_in_every_state(on_stage: OnStage) -> None:
    async with on_stage(size=(60, 20)) as stage:
        conditions: tuple[Callable[[], None], ...] = (lambda: None, lambda: stage.conversation.end())
        for do in conditions:
            do()
            await open_rules(stage)
            await stage.press("escape")
            await stage.until(lambda: isinstance(stage.app.screen, StageScreen))
