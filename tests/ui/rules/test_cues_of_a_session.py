"""Cues: what happens by itself at a turn. What was said stays as it was."""

from dataclasses import replace

import pytest

from backrooms_tui.session.setup import Cue, Rules
from backrooms_tui.ui.screens.rules.cue import CueScreen
from backrooms_tui.ui.screens.rules.rules import RulesScreen
from tests.ui.rules.conftest import Dialog, Opens

RAIN, POWER, KNOCK = Cue(2, "Rain."), Cue(9, "The power fails.", to=2), Cue(12, "A knock.", brings=3)
RULES = Rules(cues=(RAIN, POWER, KNOCK))


def cues(dialog: Dialog) -> list[Cue]:
    screen = next(one for one in dialog.app.screen_stack if isinstance(one, RulesScreen))
    return list(screen.cues)


async def open_cue(dialog: Dialog, *keys: str) -> None:
    await dialog.to("cues")
    await dialog.press(*keys)
    await dialog.until(lambda: isinstance(dialog.app.screen, CueScreen))
    await dialog.sees("ctrl+s keeps it")


async def keep(dialog: Dialog) -> None:
    await dialog.press("ctrl+s")
    await dialog.until(lambda: isinstance(dialog.app.screen, RulesScreen))


async def test_a_cue_is_added_where_its_turn_belongs(opens: Opens) -> None:
    async with opens(RULES, turn=4) as dialog:
        await open_cue(dialog, "n")
        await dialog.sees("New cue", "before turn     5")
        assert "✗" not in dialog.text
        await dialog.put(turn="10", text="The lamp\ngoes out.", to=1, brings=3, sends_away=2)
        await keep(dialog)
        new = Cue(10, "The lamp\ngoes out.", 1, 3, 2)
        await dialog.sees("▸ turn 10 · to ① Mara alone · ③ Ines comes · ② Jonas leaves · The lamp")
        assert await dialog.applied() == Rules(cues=(RAIN, POWER, new, KNOCK))


async def test_a_cue_is_changed_taken_out_and_brought_back(opens: Opens) -> None:
    async with opens(RULES, turn=4) as dialog:
        await open_cue(dialog, "down", "enter")
        await dialog.sees("Cue of turn 9", "The power fails.", "② Jonas")
        await dialog.put(turn="20", to=0)
        await keep(dialog)
        moved = Cue(20, "The power fails.")
        assert cues(dialog) == [RAIN, KNOCK, moved]
        await dialog.to("cues")
        await dialog.press("end", "d")
        assert cues(dialog) == [RAIN, KNOCK]
        await dialog.press("u")
        assert await dialog.applied() == Rules(cues=(RAIN, KNOCK, moved))


@pytest.mark.parametrize("key", ["enter", "d"])
async def test_a_cue_whose_turn_is_over_is_said_and_stays(opens: Opens, key: str) -> None:
    async with opens(RULES, turn=4) as dialog:
        await dialog.sees("turn 2 · said · Rain.")
        assert "turn 9 · said" not in dialog.text
        await dialog.to("cues")
        await dialog.press(key)
        await dialog.sees("turn 2 is over: what was said stays")
        assert cues(dialog) == list(RULES.cues)


async def test_a_turn_that_is_over_meanwhile_is_seen_while_the_dialog_is_open(opens: Opens) -> None:
    async with opens(RULES, turn=4) as dialog:
        screen = dialog.app.screen
        assert isinstance(screen, RulesScreen)
        await open_cue(dialog, "n")
        screen.turn_is(9)
        await dialog.put(turn="9", text="Too late.")
        await dialog.sees("✗ turn 9 is over — a new cue can come from turn 10 on")
        await dialog.put(turn="10")
        await keep(dialog)
        await dialog.sees("turn 9 · said · to ② Jonas alone")


MISTAKES: tuple[tuple[dict[str, object], str, str], ...] = (
    ({"turn": "4", "text": "Rain."}, "turn", "turn 4 is over — a new cue can come from turn 5 on"),
    ({"turn": "0"}, "turn", "cannot be 0 — at least 1"),
    ({"turn": "soon"}, "turn", "must be a whole number, not a text"),
    ({"turn": "9", "text": " "}, "text", "is empty — say what happens"),
    ({"text": "Rain.", "brings": 3, "sends_away": 3}, "sends_away", "is the one whom this cue brings"),
)


async def test_a_mistake_is_said_at_its_field(opens: Opens) -> None:
    async with opens(RULES, turn=4) as dialog:
        await open_cue(dialog, "n")
        for values, field, what in MISTAKES:
            await dialog.put(**values)  # type: ignore[arg-type]
            await dialog.sees(f"✗ {what}")
            await dialog.to("to")
            await dialog.press("ctrl+s")
            await dialog.until(lambda field=field: dialog.screen.row_of(field).fields[field].has_focus)
            assert cues(dialog) == list(RULES.cues)


async def test_who_comes_and_goes_is_looked_at_from_now_on(opens: Opens) -> None:
    """Ines, who is away now, was brought by a cue that was said, and has left since."""
    rules = Rules(cues=(Cue(2, "A knock.", brings=3), Cue(9, "Another knock.", brings=3)))
    async with opens(rules, turn=4) as dialog:
        await dialog.sees("turn 9 · ③ Ines comes", "no turn limit")
        assert "there already" not in dialog.text
    async with opens(rules, turn=0) as dialog:
        await dialog.sees("cue 2: who comes is there already by then")


async def test_hundreds_of_cues_are_a_list_like_any_other(opens: Opens) -> None:
    many = tuple(Cue(turn, f"Thing {turn}.") for turn in range(1, 400))
    async with opens(Rules(cues=many), turn=3, size=(60, 20)) as dialog:
        await dialog.to("cues")
        await dialog.press("end")
        await dialog.sees("▸ turn 399 · Thing 399.")
        await open_cue(dialog, "enter")
        await dialog.put(text="The last thing.")
        await keep(dialog)
        assert await dialog.applied() == Rules(cues=(*many[:-1], replace(many[-1], text="The last thing.")))
