"""F asks what is to be different from a turn on; one branch opens on the stage, several can talk by themselves."""

from collections.abc import Callable

import pytest
from textual.widgets import Select

from backrooms_tui.assembly.continuing import resume
from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.session.setup import AgentSetup, Setup
from backrooms_tui.session.state import WordEntry
from backrooms_tui.ui.screens.branches.branches import BranchesScreen
from backrooms_tui.ui.screens.branches.compare import CompareScreen
from backrooms_tui.ui.screens.branching.branching import BranchingScreen
from backrooms_tui.ui.screens.branching.making import MakingBranchesScreen
from backrooms_tui.ui.screens.branching.running import RunningScreen
from backrooms_tui.ui.screens.branching.several_models import SeveralModelsScreen
from backrooms_tui.ui.screens.branching.variant import VariantScreen
from backrooms_tui.ui.screens.manners.manners import MannersScreen
from backrooms_tui.ui.screens.rules.rules import RulesScreen
from backrooms_tui.ui.screens.stage.stage import StageScreen
from backrooms_tui.ui.widgets.line_input import LineInput
from tests.hostile import HOSTILE, control_bytes
from tests.ui.branching.conftest import Shown
from tests.ui.conditions import at_once

Script = Callable[..., str]


async def test_a_model_a_whisper_words_and_a_seed_are_in_the_branch_on_the_stage(
    shown: Shown, night: str, script: Script
) -> None:
    async with shown(lambda app: app.show_replay(night, 3)) as branching:
        await branching.sees("turn 3 of 4")
        await branching.form()
        variant = await branching.variant()
        await branching.fill("model-2", script("cleo", "Cleo speaks."))
        await branching.fill("params-1", "temperature=0.3")
        await branching.fill("words", "Look up.\nAnd down.")
        await branching.fill("whisper", "Doubt it.")
        variant.query_one("#to", Select).value = 2
        await branching.fill("seed", "7")
        await branching.sees("Cleo · free")
        await branching.keep()
        await branching.sees("1 ② cleo · ① temperature=0.3")
        await branching.press("ctrl+s")
        stage = await branching.on(StageScreen)
        state = stage.state
        assert (state.parent, state.parent_turn, state.turn) == (night, 3, 3)
        words = [(entry.to, entry.text) for entry in state.entries if isinstance(entry, WordEntry)]
        assert words == [(0, "Look up.\nAnd down."), (2, "Doubt it.")]
        assert state.agents[2].model.endswith("cleo.txt")
        assert state.agents[1].params["temperature"] == 0.3
        assert state.setup is not None
        assert (state.setup.seed, state.setup.title) == (7, "A night · from turn 3 with cleo as 2")
        await branching.press("n")
        await branching.until(lambda: state.turn == 4)
        assert state.turns[4].text == "Cleo speaks."


async def test_an_edited_turn_another_system_text_and_other_rules(shown: Shown, night: str) -> None:
    async with shown(lambda app: app.show_replay(night, 3)) as branching:
        await branching.sees("turn 3 of 4")
        await branching.form()
        variant = await branching.variant()
        await branching.sees("turn 3 ①", "One says more." if "One says more." in branching.text else "One says")
        await branching.fill("says", "It is dark.")
        variant.query_one("#params-2").focus()
        await branching.press("ctrl+g")
        await branching.on(MannersScreen)
        await branching.fill("system", "You are a lighthouse.")
        await branching.keep(VariantScreen)
        await branching.sees("another system text")
        await branching.press("ctrl+r")
        await branching.on(RulesScreen)
        await branching.fill("max_turns", "9")
        await branching.keep(VariantScreen)
        await branching.sees("ends after 9 turns")
        await branching.keep()
        await branching.sees("system text of ② · turn 3 edited · other rules")
        await branching.press("ctrl+s")
        state = (await branching.on(StageScreen)).state
        assert state.setup is not None
        assert state.turns[3].text == "It is dark."
        assert state.setup.agent(2).system == "You are a lighthouse."
        assert state.setup.rules.max_turns == 9
        before = branching.workspace.store.state(night)
        assert before.setup is not None
        assert before.turns[3].text != "It is dark."
        assert before.setup.agent(2).system != "You are a lighthouse."


async def test_the_same_moment_with_several_models_talks_by_itself_and_leads_to_the_tree(
    shown: Shown, night: str, script: Script
) -> None:
    async with shown(lambda app: app.show_replay(night, 2)) as branching:
        await branching.sees("turn 2 of 4")
        await branching.form()
        await branching.press("m")
        await branching.on(SeveralModelsScreen)
        await branching.fill("models", f"{script('cleo', 'Cleo speaks.')}, {script('dora', 'Dora speaks.')}")
        await branching.sees("2 branches")
        await branching.keep()
        await branching.sees("1 cleo", "2 dora")
        await branching.fill("turns", "2")
        await branching.press("ctrl+s")
        await branching.done()
        await branching.sees("from turn 2 with cleo", "from turn 2 with dora", "✓ done", "2 of 2", "4 of 4 turns")
        made = branching.branches()
        assert {title: state.turns[4].text for title, state in made.items()} == {
            "A night · from turn 2 with cleo": "Cleo speaks.",
            "A night · from turn 2 with dora": "Dora speaks.",
        }
        await branching.press("c")
        await branching.on(CompareScreen)
        await branching.press("escape")
        await branching.until(lambda: isinstance(branching.app.screen, RunningScreen))
        await branching.press("B")
        await branching.on(BranchesScreen)
        await branching.sees("3 sessions")
        await branching.press("escape")
        await branching.sees("turn 2 of 4")


async def test_branches_are_added_changed_taken_out_and_brought_back(shown: Shown, night: str, script: Script) -> None:
    async with shown(lambda app: app.show_replay(night, 4)) as branching:
        await branching.sees("turn 4 of 4")
        form = await branching.form()
        await branching.press("n")
        await branching.on(VariantScreen)
        await branching.fill("model-1", script("cleo", "Cleo speaks."))
        await branching.keep()
        await branching.until(lambda: len(form.changes) == 2)
        await branching.sees("1 as it was", "2 ① cleo")
        await branching.press("d")
        await branching.until(lambda: len(form.changes) == 1)
        await branching.press("u")
        await branching.until(lambda: len(form.changes) == 2)
        assert form.query_one("#title", LineInput).placeholder == "A night · from turn 4"
        await branching.press("ctrl+s")
        stage = await branching.on(StageScreen)
        assert stage.state.setup is not None
        assert stage.state.setup.title == "A night · from turn 4"
        assert set(branching.branches()) == {"A night · from turn 4", "A night · from turn 4 with cleo as 1"}


@pytest.mark.parametrize(
    ("field", "typed", "what"),
    [
        ("turn", "9", "its turns go from 1 to 4"),
        ("turn", "first", "a turn is a whole number"),
        ("turns", "-1", "the number of turns is a whole number"),
        ("turns", "5000", "at most 1,000 turns each"),
    ],
)
async def test_a_mistake_is_said_at_its_field_and_nothing_is_made(
    shown: Shown, night: str, field: str, typed: str, what: str
) -> None:
    async with shown(lambda app: app.show_replay(night, 2)) as branching:
        await branching.sees("turn 2 of 4")
        form = await branching.form()
        await branching.fill(field, typed)
        await branching.sees(what)
        await branching.press("ctrl+s")
        await branching.until(lambda: branching.app.focused is form.query_one(f"#{field}"))
        assert not branching.branches()


async def test_what_cannot_be_made_is_said_and_leads_back_to_the_form_as_it_was_filled(
    shown: Shown, night: str
) -> None:
    async with shown(lambda app: app.show_replay(night, 2)) as branching:
        await branching.sees("turn 2 of 4")
        form = await branching.form()
        await branching.variant()
        await branching.fill("model-2", "anthropic/claude-opus-4-5")
        await branching.sees("ANTHROPIC_API_KEY")
        await branching.keep()
        await branching.sees("about $", "an estimate")
        await branching.press("ctrl+s")
        await branching.until(lambda: isinstance(branching.app.screen, MakingBranchesScreen))
        await branching.sees("ANTHROPIC_API_KEY", "esc goes back")
        await branching.press("escape")
        await branching.until(lambda: branching.app.screen is form)
        await branching.sees("② claude-opus-4-5")
        assert not branching.branches()


async def test_where_somebody_picks_who_speaks_nobody_talks_by_itself(
    shown: Shown, night: str, workspace: Workspace
) -> None:
    async with shown(lambda app: app.show_replay(night, 2)) as branching:
        await branching.sees("turn 2 of 4")
        form = await branching.form()
        await branching.variant()
        await branching.press("ctrl+r")
        rules = await branching.on(RulesScreen)
        rules.query_one("#order", Select).value = "manual"
        await branching.keep(VariantScreen)
        await branching.keep()
        await branching.fill("turns", "2")
        await branching.sees("somebody picks who speaks")
        await branching.fill("turns", "")
        await branching.until(lambda: "somebody picks" not in branching.text)
        assert isinstance(branching.app.screen, BranchingScreen)
        assert form.changes[0].rules == {"order": "manual"}


async def test_stopping_keeps_what_was_said_and_leaving_waits_for_that(
    shown: Shown, night: str, script: Script
) -> None:
    async with shown(lambda app: app.show_replay(night, 2)) as branching:
        await branching.sees("turn 2 of 4")
        await branching.form()
        await branching.variant()
        await branching.fill("model-1", script("slow", "word " * 400))
        await branching.fill("params-1", "rate=40")
        await branching.keep()
        await branching.fill("turns", "5")
        await branching.press("ctrl+s")
        await branching.until(lambda: isinstance(branching.app.screen, RunningScreen))
        await branching.sees("▶ ① speaks", "word word")
        await branching.press("x")
        await branching.done()
        await branching.sees("‖ stopped", "1 of 5")
        (state,) = branching.branches().values()
        assert state.turns[3].stop_reason == "stopped"
        assert "word word" in state.turns[3].text
        await branching.press("enter")
        await branching.on(StageScreen)


async def test_leaving_while_they_talk_keeps_what_was_said(shown: Shown, night: str, script: Script) -> None:
    async with shown(lambda app: app.show_replay(night, 2)) as branching:
        await branching.sees("turn 2 of 4")
        await branching.form()
        await branching.variant()
        await branching.fill("model-1", script("slow", "word " * 400))
        await branching.fill("params-1", "rate=40")
        await branching.keep()
        await branching.fill("turns", "5")
        await branching.press("ctrl+s")
        await branching.until(lambda: isinstance(branching.app.screen, RunningScreen))
        await branching.sees("word word")
        await branching.press("escape")
        await branching.sees("turn 2 of 4")
        (state,) = branching.branches().values()
        assert "word word" in state.turns[3].text


async def test_on_the_stage_whoever_speaks_pauses_when_the_branch_is_there(
    shown: Shown, night: str, workspace: Workspace, script: Script
) -> None:
    opened = await resume(workspace, night)
    async with shown(lambda app: app.show_stage(opened)) as branching:
        await branching.sees("space Run")
        stage = branching.app.screen
        assert isinstance(stage, StageScreen)
        opened.conversation.change_seat(1, params={"rate": 8})
        opened.conversation.change_seat(2, params={"rate": 8})
        await branching.press("space")
        await branching.sees("How many more turns?")
        await branching.press("5", "0", "0", "enter")
        await branching.until(lambda: stage.performance.running)
        await branching.form()
        assert stage.performance.running
        await branching.press("ctrl+s")
        await branching.until(
            lambda: isinstance(branching.app.screen, StageScreen) and branching.app.screen is not stage
        )
        await branching.until(lambda: not stage.performance.running)


async def test_escape_asks_before_branches_are_lost(shown: Shown, night: str) -> None:
    async with shown(lambda app: app.show_replay(night, 2)) as branching:
        await branching.sees("turn 2 of 4")
        form = await branching.form()
        await branching.variant()
        await branching.fill("whisper", "Doubt it.")
        await branching.keep()
        await branching.sees("whisper to")
        await branching.press("escape")
        await branching.sees("not kept yet")
        await branching.press("t")
        await branching.until(lambda: form not in branching.app.screen_stack)
        assert not branching.branches()


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (160, 45)])
async def test_whatever_was_said_does_nothing_to_the_screen(
    shown: Shown, played: Callable[..., object], script: Script, size: tuple[int, int]
) -> None:
    said = "\n".join(text for text in HOSTILE if text.encode("utf-8", "ignore").decode() == text)
    session = await played(script("bad", said), turns=3, title=HOSTILE[0])  # type: ignore[misc]
    async with shown(lambda app: app.show_branches(session), size=size) as branching:
        await branching.sees("Branches")
        await branching.until(lambda: branching.app.screen._kin)  # type: ignore[attr-defined]
        await branching.form()
        await branching.variant()
        await branching.sees("say to all")
        assert not control_bytes(branching.text.encode())
        await branching.press("escape")
        await branching.until(lambda: isinstance(branching.app.screen, BranchingScreen))
        await branching.fill("turns", "1")
        await branching.press("ctrl+s")
        await branching.done()
        assert not control_bytes(branching.text.encode())


def test_titles_tell_branches_apart() -> None:
    from backrooms_tui.assembly.branching.branching import Change
    from backrooms_tui.ui.screens.branching.telling import each_with, named

    setup = Setup(title="", template="duo", agents=(AgentSetup(1, "Ada", "x/one"), AgentSetup(2, "Bo", "x/two")))

    def called(*changes: Change) -> list[str]:
        return [one.name for one in named(changes, setup)]

    assert called(*each_with(Change(), 2, ["openai/gpt", "opus"])) == [" with gpt as 2", " with opus as 2"]
    assert called(Change(), Change(words=("Hm.",))) == ["", " with words to all"]
    cooler, hotter = (Change(params={2: {"temperature": value}}) for value in ("0.2", "1.3"))
    assert called(cooler, hotter) == [" with ② temperature=0.2", " with ② temperature=1.3"]
    assert called(Change(), Change()) == [", 1 of 2", ", 2 of 2"]
    long = [Change(params={2: {"temperature": "0.2", "stop": "x" * 60}}, seed=seed) for seed in (1, 2)]
    assert called(*long) == [", 1 of 2", ", 2 of 2"]


async def test_asked_twice_at_once_the_branches_are_made_once(shown: Shown, night: str) -> None:
    async with shown(lambda app: app.show_replay(night, 2)) as branching:
        await branching.sees("turn 2 of 4")
        await branching.form()
        at_once(branching.app, "ctrl+s", "ctrl+s", "ctrl+s")
        await branching.on(StageScreen)
        await branching.press("escape")
        await branching.sees("turn 2 of 4")
        assert len(branching.branches()) == 1


async def test_a_whisper_to_somebody_who_is_away_is_warned_of(shown: Shown, night: str, workspace: Workspace) -> None:
    opened = await resume(workspace, night)
    opened.conversation.send_away(2)
    await opened.aclose()
    async with shown(lambda app: app.show_replay(night, 4)) as branching:
        await branching.sees("turn 4 of 4")
        await branching.form()
        variant = await branching.variant()
        await branching.fill("whisper", "Doubt it.")
        variant.query_one("#to", Select).value = 2
        await branching.sees("② is away and does not hear it")
        variant.query_one("#to", Select).value = 1
        await branching.until(lambda: "is away" not in branching.text)
