"""A command that waits for the operator: it is shown as it is, answered with a key, and the conversation goes on."""

from backrooms_tui.ui.screens.stage.agents import Agents
from tests.ui.worlds.asked import asked, bar, outcomes
from tests.ui.worlds.conftest import Explored, OnStage

ASK = 'clock = "ask"'


async def test_it_says_who_wants_what_and_once_is_only_once(on_stage: OnStage) -> None:
    async with on_stage(permissions=ASK, run=True) as stage:
        await asked(stage)
        await stage.sees("‖ ① Ada asks ② CLI for clock.now", "  clock now", "reads this computer's clock")
        assert stage.state.turn == 1
        await stage.press("a")
        await asked(stage, "clock.date")
        assert stage.state.turn == 3
        assert outcomes(stage) == ["done"]


async def test_for_the_session_it_is_not_asked_again(on_stage: OnStage) -> None:
    async with on_stage("clock now", permissions=ASK, run=True) as stage:
        await asked(stage)
        await stage.press("s")
        await stage.until(lambda: stage.state.turn >= 6)
        assert stage.state.agents[2].permissions["clock.now"] == "allow"
        await stage.press("space")


async def test_a_refusal_takes_a_word_along(on_stage: OnStage) -> None:
    async with on_stage(permissions=ASK, run=True) as stage:
        await asked(stage)
        await stage.press("d")
        await stage.sees("deny, and tell ① Ada ▸", "enter denies it")
        await stage.write("ask me tomorrow")
        await stage.press("enter")
        await asked(stage, "clock.date")
        assert outcomes(stage) == ["denied"]
        assert "ask me tomorrow" in stage.state.turns[2].text
        await stage.sees("✗ denied $ clock", "— denied: clock now", "1 command · 1 denied")


async def test_the_word_can_be_left_and_is_not_needed(on_stage: OnStage) -> None:
    async with on_stage(permissions=ASK, run=True) as stage:
        await asked(stage)
        await stage.press("d")
        await stage.sees("enter denies it")
        await stage.press("escape")
        await stage.sees("s allow clock.now from now on")
        assert stage.conversation.asked is not None
        await stage.press("d")
        await stage.sees("enter denies it")
        await stage.press("enter")
        await stage.until(lambda: outcomes(stage) == ["denied"])


async def test_what_was_left_is_one_key_away_and_nothing_runs_into_it_again(on_stage: OnStage) -> None:
    async with on_stage(permissions=ASK, run=True) as stage:
        await asked(stage)
        asks = stage.conversation.asked
        await stage.press("escape")
        await stage.sees("for clock.now · space answers", "‖ asks")
        for key in ("space", "n"):
            await stage.press(key)
            await stage.sees("s allow clock.now from now on")
            await stage.press("escape")
            await stage.sees("for clock.now · space answers")
        assert stage.conversation.asked is asks
        assert not stage.screen.performance.running
        await stage.press("space")
        await stage.sees("s allow clock.now from now on")
        await stage.press("a")
        await stage.until(lambda: outcomes(stage) == ["done"])


async def test_a_step_stays_one_step(on_stage: OnStage) -> None:
    async with on_stage(permissions=ASK) as stage:
        await stage.steps(1)
        await stage.press("n")
        await asked(stage)
        await stage.press("a")
        await stage.until(lambda: stage.state.turn == 2 and not stage.screen.performance.running)
        await stage.sees("‖ paused")
        assert stage.state.turn == 2


async def test_whoever_writes_goes_on_writing_and_answers_when_the_line_is_left(on_stage: OnStage) -> None:
    async with on_stage(permissions=ASK) as stage:
        await stage.press("i")
        await stage.until(lambda: stage.screen.query_one("Words").has_focus)
        await stage.write("as")
        stage.screen.performance.run()
        await stage.sees("‖ asks", "for clock.now", "space answers")
        await stage.write("d now")
        assert stage.conversation.asked is not None
        await stage.sees("Operator ▸ asd now")
        await stage.press("enter")
        await asked(stage)
        await stage.sees("── operator: asd now")
        await stage.press("a")
        await stage.until(lambda: outcomes(stage) == ["done"])


async def test_keys_that_were_meant_for_something_else_do_not_answer(on_stage: OnStage) -> None:
    async with on_stage(permissions=ASK, run=True) as stage:
        await stage.until(lambda: bar(stage).question is not None)
        bar(stage).guard()
        await stage.press("a", "s", "d")
        assert stage.conversation.asked is not None
        assert not bar(stage).has_class("-denies")
        await asked(stage)
        # What stands in front takes the keys, and none of them reaches what is asked behind it.
        await stage.press("escape", "a")
        await stage.until(lambda: isinstance(stage.app.screen, Agents))
        await stage.press("m")
        await stage.until(lambda: any(agent.muted for agent in stage.state.agents.values()))
        assert stage.conversation.asked is not None


async def test_a_session_that_was_left_while_it_asked_asks_again(on_stage: OnStage, explored: Explored) -> None:
    session = await explored("clock now", turns=4, permissions=ASK)
    async with on_stage(session=session) as stage:
        await asked(stage)
        await stage.press("a")
        await stage.until(lambda: outcomes(stage) == ["done"])


async def test_a_long_command_scrolls_and_is_harmless(on_stage: OnStage) -> None:
    long = (
        "files write a.txt " + " ".join(f"word{number}" for number in range(300)) + " \x1b]52;c;AAAA\x07[bold]x[/] END"
    )
    async with on_stage(long, permissions='files = "ask"', size=(60, 20), run=True) as stage:
        await asked(stage, "files.write")
        await stage.sees("▌   files write a.txt word0", "↑↓ all of it")
        await stage.press(*["pagedown"] * 20)
        await stage.until(lambda: "▌   files write" not in stage.text)
        assert "END" in stage.text.partition("‖ ①")[2]
        assert "\x1b" not in stage.text
        assert "[bold]x[/]" in stage.text
        await stage.press("a")
        await stage.until(lambda: outcomes(stage) == ["done"])


async def test_an_answer_of_somebody_else_takes_the_question_away(on_stage: OnStage) -> None:
    async with on_stage(permissions=ASK, run=True) as stage:
        await asked(stage)
        stage.conversation.decide("once")
        await stage.until(lambda: bar(stage).question is None)
        assert not bar(stage).display
        await stage.press("space")
        await stage.until(lambda: "done" in outcomes(stage))


async def test_the_turn_before_can_be_spoken_again_while_it_asks(on_stage: OnStage) -> None:
    async with on_stage(permissions=ASK, run=True) as stage:
        await asked(stage)
        await stage.press("escape", "r")
        await stage.until(lambda: not stage.screen.performance.running and stage.state.turn == 1)
        assert stage.state.turns[1].agent == 1
        await stage.press("space")
        await asked(stage)
        await stage.press("a")
        await stage.until(lambda: outcomes(stage) == ["done"])
