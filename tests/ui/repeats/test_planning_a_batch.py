"""Planning a batch from the screen: what is asked, what is wrong, and that it runs."""

import pytest
from textual.pilot import Pilot
from textual.widgets import Select

from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.ui.screens.repeats.batch import BatchScreen
from backrooms_tui.ui.screens.repeats.planning import PlanScreen
from backrooms_tui.ui.screens.repeats.repeats import RepeatsScreen
from backrooms_tui.ui.widgets.line_input import LineInput
from tests.ui.bare import BareApp
from tests.ui.conditions import screen_text, until
from tests.ui.conftest import Script


def sees(pilot: Pilot[int], *words: str) -> bool:
    text = screen_text(pilot.app)
    return all(word in text for word in words)


async def asked(pilot: Pilot[int]) -> None:
    await until(pilot, lambda: sees(pilot, "n runs a template many times"))
    await pilot.press("n")
    await until(pilot, lambda: isinstance(pilot.app.screen, PlanScreen) and sees(pilot, "runs it", "template"))


def typed(pilot: Pilot[int], **values: str) -> None:
    for key, value in values.items():
        pilot.app.screen.query_one(f"#{key}", LineInput).value = value


async def test_a_batch_is_planned_and_runs(workspace: Workspace, script: Script) -> None:
    async with BareApp(workspace, lambda app: app.show_repeats()).run_test(size=(80, 24)) as pilot:
        await asked(pilot)
        pilot.app.screen.query_one("#template", Select).value = "duo"
        typed(pilot, runs="3", jobs="2", seed="5", model=script("one", "Yes.", "No."), turns="2", title="Mine")
        await until(pilot, lambda: sees(pilot, "Mine"))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(pilot.app.screen, BatchScreen) and sees(pilot, "Mine · duo · seed 5"))
        await until(pilot, lambda: sees(pilot, "3 of 3 done", "▸ turns"))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, RepeatsScreen) and sees(pilot, "▸ Mine", "✓ whole"))
    assert [one.batch.seed for one in workspace.store.batches.listed()] == [5]


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"runs": "many"}, "how many runs is a whole number"),
        ({"runs": "0"}, "from 1 to 10,000"),
        ({"budget": "x"}, "amount of US dollars"),
        ({"model": "nobody/nothing"}, "nobody"),
        ({"turns": "0"}, "nothing would ever end these runs"),
    ],
)
async def test_mistakes_are_said_at_their_fields(workspace: Workspace, values: dict[str, str], told: str) -> None:
    async with BareApp(workspace, lambda app: app.show_repeats()).run_test(size=(80, 24)) as pilot:
        await asked(pilot)
        typed(pilot, **values)
        await until(pilot, lambda: sees(pilot, "✗") and told in " ".join(screen_text(pilot.app).split()))
        await pilot.press("ctrl+s")
        await until(
            pilot, lambda: isinstance(pilot.app.focused, LineInput) and pilot.app.focused.id == next(iter(values))
        )
        assert workspace.store.batches.listed() == []


async def test_who_judges_is_asked_only_where_there_is_something_to_judge_by(workspace: Workspace) -> None:
    async with BareApp(workspace, lambda app: app.show_repeats()).run_test(size=(80, 40)) as pilot:
        await asked(pilot)
        assert not sees(pilot, "hide names")
        pilot.app.screen.query_one("#rubric", Select).value = "debate"
        await until(pilot, lambda: sees(pilot, "hide names", "judge"))
