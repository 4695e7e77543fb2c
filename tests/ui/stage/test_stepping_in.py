"""Speaking, whispering, editing, and giving a seat another model."""

from collections.abc import Callable

from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.session.state import WordEntry
from backrooms_tui.ui.screens.stage.change_seat import ChangeSeat
from tests.ui.stage.conftest import OnStage


async def test_the_operator_speaks_to_all(on_stage: OnStage) -> None:
    async with on_stage() as stage:
        await stage.press("i")
        await stage.write("be brief, both")
        await stage.sees("Operator ▸ be brief, both")
        await stage.press("enter")
        await stage.sees("── operator: be brief", "be brief, both")
        assert [entry.to for entry in stage.state.entries if isinstance(entry, WordEntry)] == [0]
        # The keys are the stage's again.
        await stage.press("n")
        await stage.sees("Ada says one.")


async def test_words_for_all_wait_while_somebody_speaks(on_stage: OnStage) -> None:
    async with on_stage(rate=12, ada=("word " * 24,)) as stage:
        await stage.press("n")
        await stage.sees("word word")
        await stage.press("i")
        await stage.write("stop")
        await stage.press("enter")
        await stage.sees("queued · stop")
        await stage.until(lambda: not stage.state.queued)
        await stage.sees("── operator: stop")
        assert "queued" not in stage.text


async def test_a_whisper_goes_to_the_chosen_seat_alone(on_stage: OnStage) -> None:
    async with on_stage() as stage:
        await stage.press("w")
        await stage.sees("Whisper to", "1 ① Mara", "2 ② Jonas")
        await stage.press("2")
        await stage.sees("Whisper to ② Jonas ▸")
        await stage.write("only you")
        await stage.press("enter")
        await stage.until(lambda: [entry.to for entry in stage.state.entries] == [2])
        await stage.sees("operator to ② alone", "Operator ▸")


async def test_words_that_are_not_sent_stay_for_later(on_stage: OnStage) -> None:
    async with on_stage() as stage:
        await stage.press("i")
        await stage.write("later")
        await stage.press("escape", "n")
        await stage.sees("Ada says one.", "Operator ▸ later")
        assert len(stage.app.screen_stack) == 3
        await stage.press("i", "enter")
        await stage.sees("── operator: later")


async def test_the_operator_may_use_several_lines(on_stage: OnStage) -> None:
    async with on_stage() as stage:
        await stage.press("i", "a", "ctrl+j", "b", "enter")
        await stage.until(lambda: [entry.text for entry in stage.state.entries] == ["a\nb"])


async def test_a_turn_is_edited_and_its_original_is_one_key_away(on_stage: OnStage) -> None:
    async with on_stage() as stage:
        await stage.steps(1)
        await stage.press("e")
        await stage.sees("Turn 1 · ① Mara", "ctrl+s keeps it")
        await stage.press("end", "!", "ctrl+s")
        await stage.until(lambda: stage.state.turns[1].text == "Ada says one.!")
        await stage.sees("edited", "Ada says one.!")
        assert stage.state.turns[1].original == "Ada says one."
        await stage.press("o")
        await stage.sees("before it was edited")
        await stage.press("o")
        await stage.until(lambda: "before it was edited" not in stage.text)


async def test_the_original_can_be_put_back(on_stage: OnStage) -> None:
    async with on_stage() as stage:
        await stage.steps(1)
        stage.conversation.edit(1, "Something else.")
        await stage.sees("Something else.")
        await stage.press("e")
        await stage.sees("ctrl+o puts back")
        await stage.press("ctrl+o", "ctrl+s")
        await stage.until(lambda: stage.state.turns[1].text == "Ada says one.")


async def test_an_edit_that_changes_nothing_is_none(on_stage: OnStage) -> None:
    async with on_stage() as stage:
        await stage.steps(1)
        for key in ("ctrl+s", "escape"):
            await stage.press("e")
            await stage.sees("Turn 1 · ① Mara")
            await stage.press(key)
            await stage.until(lambda: stage.screen.is_current)
        assert stage.state.turns[1].original is None


async def test_the_chosen_turn_is_edited_not_the_last(on_stage: OnStage) -> None:
    async with on_stage() as stage:
        await stage.steps(4)
        await stage.until(lambda: stage.screen.scene.active == 1 or stage.screen.scene.active == 2)
        stage.screen.scene.choose(1)
        await stage.pilot.pause()
        await stage.press("shift+up", "shift+up", "e")
        await stage.sees("Turn 1 · ① Mara")


async def test_a_seat_goes_on_with_another_model(on_stage: OnStage, script: Callable[..., str]) -> None:
    other = script("cy", "Cy takes over.")
    async with on_stage() as stage:
        await stage.press("m")
        await stage.sees("Change which seat?")
        await stage.press("1")
        await stage.sees("① Mara goes on with")
        for _ in range(3):
            await stage.press("ctrl+u", "ctrl+k")
        await stage.write("nonsense")
        await stage.sees("unknown model")
        await stage.press("enter")
        assert isinstance(stage.app.screen, ChangeSeat)
        await stage.press("ctrl+u")
        await stage.write(other)
        await stage.until(lambda: "unknown model" not in stage.text)
        await stage.press("down")
        await stage.press("ctrl+u", "ctrl+k")
        await stage.write("rate=0 max_tokens=2")
        await stage.press("enter")
        await stage.until(lambda: stage.state.agents[1].model == other)
        assert dict(stage.state.agents[1].params) == {"rate": 0.0, "max_tokens": 2}
        await stage.press("n")
        await stage.sees("Cy takes", "cut at max_tokens")


async def test_a_mistake_in_the_parameters_is_named_as_it_is_typed(on_stage: OnStage) -> None:
    async with on_stage() as stage:
        await stage.press("m", "2")
        await stage.sees("② Jonas goes on with")
        await stage.press("down")
        await stage.write(" temprature=1")
        await stage.sees("unknown parameter 'temprature'", "did you mean temperature")
        await stage.press("escape")
        await stage.until(lambda: stage.screen.is_current)
        assert not any("goes on with" in getattr(entry, "text", "") for entry in stage.state.entries)


async def test_a_model_without_its_key_is_refused_with_the_cure(on_stage: OnStage, workspace: Workspace) -> None:
    async with on_stage(size=(120, 40)) as stage:
        await stage.press("m", "1")
        await stage.sees("goes on with")
        await stage.press("ctrl+u", "ctrl+k")
        await stage.write("opus")
        await stage.sees("anthropic/claude")
        await stage.press("enter")
        await stage.sees("ANTHROPIC_API_KEY")
        assert stage.state.agents[1].model.startswith("scripted/")
