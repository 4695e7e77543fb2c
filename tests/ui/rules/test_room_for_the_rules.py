"""In little room the field that one is in stays in sight, and keys lead through all of them."""

import pytest

from backrooms_tui.session.request_events import REQUESTS
from backrooms_tui.session.setup import Cue, Remedy, Rules
from backrooms_tui.ui.screens.rules.rules import RulesScreen
from tests.ui.rules.conftest import Dialog, Opens

LONG = Rules(
    stop=("^C^C", "[the end]"),
    max_turns=40,
    order="manager",
    cues=tuple(Cue(turn, f"Thing {turn}.") for turn in range(1, 9)),
    ladder=tuple(Remedy("nudge", text=f"Nudge {number}.") for number in range(9)),
)
FIELDS = (
    *("order", "manager", "max_turns", "max_rounds", "max_tokens", "max_seconds", "budget", "stop", "stop_votes"),
    *("play", "stall_at", "ladder", "steps", "cues"),
    *(f"request:{name}" for name in REQUESTS),
)


def focused(dialog: Dialog) -> str:
    widget = dialog.app.screen.focused
    keys = [key for key in FIELDS if dialog.screen.row_of(key).fields[key] is widget]
    return keys[0] if keys else ""


def in_sight(dialog: Dialog) -> bool:
    widget = dialog.app.screen.focused
    assert widget is not None
    around = dialog.screen.query_one("#dialog").content_region
    # The line at the bottom says what the field is for, and covers nothing.
    about = dialog.screen.query_one("#about").region
    return around.contains_region(widget.region) and not about.overlaps(widget.region)


@pytest.mark.parametrize("size", [(60, 20), (80, 24)])
async def test_the_field_that_one_is_in_is_in_sight(opens: Opens, size: tuple[int, int]) -> None:
    async with opens(LONG, size=size) as dialog:
        for field in (*FIELDS, "order"):
            await dialog.until(lambda field=field: focused(dialog) == field)
            await dialog.until(lambda: in_sight(dialog))
            assert dialog.app.screen.region.contains_region(dialog.screen.query_one("#dialog").region)
            await dialog.press("tab")
        for field in ("manager", "order", *reversed(FIELDS)):
            await dialog.until(lambda field=field: focused(dialog) == field)
            await dialog.until(lambda: in_sight(dialog))
            await dialog.press("shift+tab")


async def test_arrows_lead_through_fields_and_lists(opens: Opens) -> None:
    async with opens(LONG, size=(80, 24)) as dialog:
        await dialog.to("manager")
        seen = [focused(dialog)]
        for _ in range(60):
            await dialog.press("down")
            if focused(dialog) != seen[-1]:
                seen.append(focused(dialog))
            if seen[-1] == "request:whisper":  # a choice, which opens
                break
        assert seen == list(FIELDS[1 : FIELDS.index("request:whisper") + 1])
        await dialog.to("cues")
        for _ in range(60):
            await dialog.press("up")
            if focused(dialog) == "manager":
                break
        assert focused(dialog) == "manager"


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (200, 50)])
async def test_a_window_that_changes_keeps_the_field_in_sight(opens: Opens, size: tuple[int, int]) -> None:
    async with opens(LONG, size=(120, 40)) as dialog:
        await dialog.to("cues")
        await dialog.pilot.resize_terminal(*size)
        await dialog.until(lambda: dialog.app.size == size)
        await dialog.to("steps")
        await dialog.press("n")
        await dialog.sees("ctrl+s keeps it")
        await dialog.press("escape")
        await dialog.until(lambda: isinstance(dialog.app.screen, RulesScreen))
        await dialog.until(lambda: in_sight(dialog))
