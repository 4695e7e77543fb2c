"""The ladder: steps are added, changed, moved and taken out, each kind with what it has."""

from dataclasses import replace

from backrooms_tui.session.setup import Remedy, Rules
from backrooms_tui.templates.rules import STEP_LIMIT
from backrooms_tui.ui.screens.question.question import QuestionScreen
from backrooms_tui.ui.screens.rules.rules import RulesScreen
from backrooms_tui.ui.screens.rules.step import StepScreen
from backrooms_tui.ui.widgets.model_picker import ModelPicker
from tests.ui.rules.conftest import Dialog, Opens

NUDGE, CALL, END = Remedy("nudge", text="Turn round."), Remedy("call"), Remedy("end", text="Enough.")
RULES = Rules(ladder=(NUDGE, CALL, END))


def steps(dialog: Dialog) -> list[Remedy]:
    screen = next(one for one in dialog.app.screen_stack if isinstance(one, RulesScreen))
    return list(screen.steps)


async def open_step(dialog: Dialog, *keys: str) -> None:
    await dialog.to("steps")
    await dialog.press(*keys)
    await dialog.until(lambda: isinstance(dialog.app.screen, StepScreen))
    await dialog.sees("ctrl+s keeps it")


async def keep(dialog: Dialog) -> None:
    await dialog.press("ctrl+s")
    await dialog.until(lambda: isinstance(dialog.app.screen, RulesScreen))


TOPICS = Remedy("topic", topics=("bees", "salt"))
ADDED: tuple[tuple[dict[str, str | bool], Remedy], ...] = (
    ({"kind": "nudge", "text": " Say more.\nNow. "}, Remedy("nudge", text="Say more.\nNow.")),
    ({"kind": "nudge"}, Remedy("nudge")),
    (
        {"kind": "topic", "topics": "bees\n\nsalt\n  and pepper\nbees"},
        Remedy("topic", topics=("bees", "salt\nand pepper")),
    ),
    (
        {"kind": "topic", "topics": "  bees\n  salt", "afresh": True},
        Remedy("topic", topics=("bees", "salt"), afresh=True),
    ),
    ({"kind": "temperature", "temperature": "1,2", "turns": "9"}, Remedy("temperature", temperature=1.2, turns=9)),
    ({"kind": "temperature", "temperature": "0"}, Remedy("temperature", temperature=0.0)),
    ({"kind": "model", "model": "scripted/a.txt", "turns": "1"}, Remedy("model", model="scripted/a.txt", turns=1)),
    ({"kind": "call", "text": "Come."}, Remedy("call", text="Come.")),
    ({"kind": "end", "text": "Enough."}, Remedy("end", text="Enough.")),
)


async def test_a_step_of_each_kind_is_added(opens: Opens) -> None:
    async with opens(RULES) as dialog:
        for number, (values, _) in enumerate(ADDED, 3):
            await open_step(dialog, *(("down",) if number == 3 else ()), "n")
            await dialog.sees(f"Step {number} of the ladder")
            await dialog.put(**values)
            await keep(dialog)
        assert await dialog.applied() == Rules(ladder=(NUDGE, CALL, *(step for _, step in ADDED), END))


MISTAKES: tuple[tuple[dict[str, str], str, str], ...] = (
    ({"kind": "topic"}, "topics", "is missing — write one on each line"),
    ({"kind": "temperature"}, "temperature", "is missing — give it one, such as 1.1"),
    ({"temperature": "warm"}, "temperature", "temperature = 'warm' is not a number"),
    ({"temperature": "3"}, "temperature", "temperature = 3.0 is out of range"),
    ({"temperature": "1", "turns": "0"}, "turns", "cannot be 0 — at least 1"),
    ({"turns": "ten"}, "turns", "must be a whole number, not a text"),
    ({"kind": "model", "turns": "4"}, "model", "is missing — type a name, or press enter"),
    ({"model": "nobodys"}, "model", "unknown model 'nobodys'"),
)


async def test_a_mistake_is_said_at_its_field(opens: Opens) -> None:
    async with opens(RULES) as dialog:
        await open_step(dialog, "n")
        assert "✗" not in dialog.text
        for values, field, what in MISTAKES:
            await dialog.put(**values)
            await dialog.sees(f"✗ {what}")
            await dialog.to("kind")
            await dialog.press("ctrl+s")
            await dialog.until(lambda field=field: dialog.screen.row_of(field).fields[field].has_focus)
            assert isinstance(dialog.app.screen, StepScreen)


async def test_only_what_a_kind_has_is_asked(opens: Opens) -> None:
    async with opens(RULES) as dialog:
        await open_step(dialog, "enter")
        await dialog.sees("words           Turn round.")
        assert not any(word in dialog.text for word in ("topics  ", "begin afresh", "temperature  ", "model  "))
        await dialog.put(kind="topic")
        await dialog.sees("begin afresh")
        assert "Turn round." not in dialog.text.partition("Step 1")[2].partition("ctrl+s keeps")[0]
        # Back again, nothing is lost.
        await dialog.put(kind="nudge")
        await dialog.sees("words           Turn round.")
        await dialog.press("escape")
        await dialog.until(lambda: isinstance(dialog.app.screen, RulesScreen))


async def test_the_model_of_a_step_is_picked_from_the_catalogue(opens: Opens) -> None:
    async with opens(RULES) as dialog:
        await open_step(dialog, "n")
        await dialog.put(kind="model")
        await dialog.to("model")
        await dialog.press("enter")
        await dialog.until(lambda: isinstance(dialog.app.screen, ModelPicker))
        await dialog.press(*"haiku")
        await dialog.sees("▸ haiku")
        await dialog.press("enter")
        await dialog.sees("model           haiku", "ANTHROPIC_API_KEY is not set")
        await keep(dialog)
        assert steps(dialog)[1].model.startswith("anthropic/claude-haiku")


async def test_steps_are_moved_taken_out_and_brought_back(opens: Opens) -> None:
    async with opens(RULES) as dialog:
        await dialog.to("steps")
        await dialog.press("shift+down")
        assert steps(dialog) == [CALL, NUDGE, END]
        await dialog.press("shift+down", "shift+down")
        assert steps(dialog) == [CALL, END, NUDGE]
        await dialog.press("shift+up")
        assert steps(dialog) == [CALL, NUDGE, END]
        await dialog.press("d")
        assert steps(dialog) == [CALL, END]
        await dialog.press("home", "shift+up", "u")
        assert steps(dialog) == [CALL, NUDGE, END]
        await dialog.sees("▸ 2 nudge · Turn round.")
        assert await dialog.applied() == replace(RULES, ladder=(CALL, NUDGE, END))


async def test_a_ladder_without_steps_is_no_ladder(opens: Opens) -> None:
    async with opens(Rules(ladder=(CALL,))) as dialog:
        await dialog.to("steps")
        await dialog.press("d")
        await dialog.sees("no steps: n adds one", "✗ has no steps — n adds one, or take the tick out")
        await dialog.press("d", "ctrl+s")
        assert not dialog.given
        await dialog.to("steps")
        await dialog.press("enter")
        await dialog.until(lambda: isinstance(dialog.app.screen, StepScreen))
        await keep(dialog)
        assert steps(dialog) == [Remedy("nudge")]


async def test_more_steps_than_a_template_may_have_are_refused(opens: Opens) -> None:
    async with opens(Rules(ladder=(CALL,) * STEP_LIMIT)) as dialog:
        await open_step(dialog, "n")
        await keep(dialog)
        await dialog.sees(f"✗ has more than {STEP_LIMIT} entries — take some out")


async def test_a_hint_where_a_step_is_never_reached(opens: Opens) -> None:
    async with opens(Rules(ladder=(END, CALL))) as dialog:
        await dialog.sees("step 2: is never reached: the step before it ends the session")


async def test_leaving_a_step_asks_only_where_something_was_written(opens: Opens) -> None:
    async with opens(RULES) as dialog:
        await open_step(dialog, "n")
        await dialog.press("escape")
        await dialog.until(lambda: isinstance(dialog.app.screen, RulesScreen))
        assert steps(dialog) == list(RULES.ladder)
        await open_step(dialog, "n")
        await dialog.put(text="A long speech.")
        await dialog.press("escape")
        await dialog.until(lambda: isinstance(dialog.app.screen, QuestionScreen))
        await dialog.press("s")
        await dialog.until(lambda: isinstance(dialog.app.screen, RulesScreen))
        assert steps(dialog)[1] == Remedy("nudge", text="A long speech.")


async def test_the_ladder_that_is_offered_comes_before_the_standard_one(opens: Opens) -> None:
    async with opens(ladder=(CALL, END)) as dialog:
        await dialog.put(ladder=True)
        assert await dialog.applied() == Rules(ladder=(CALL, END))


async def test_a_step_keeps_what_nobody_touched_however_odd(opens: Opens) -> None:
    odd = Remedy("topic", topics=("  bees\r\n\u2028 and\tmore", "salt"), afresh=True)
    async with opens(Rules(ladder=(odd,))) as dialog:
        await open_step(dialog, "enter")
        await dialog.put(afresh=False)
        await keep(dialog)
        assert steps(dialog) == [replace(odd, afresh=False)]
