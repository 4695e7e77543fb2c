"""One agent's manners in a dialog: what can be chosen, what is wrong with it, and what comes of it."""

import pytest
from textual.pilot import Pilot
from textual.widgets import Checkbox, Select

from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.session.setup import AgentSetup, Reminder
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.ui.app import BackroomsApp
from backrooms_tui.ui.screens.manners.manners import MannersScreen
from backrooms_tui.ui.widgets.line_input import LineInput
from backrooms_tui.ui.widgets.lines_input import LinesInput
from tests.hostile import HOSTILE, control_bytes
from tests.ui.bare import BareApp
from tests.ui.conditions import screen_text, until

MARA = AgentSetup(
    1, "Mara", "local", description="a painter", talkativeness=0.7, reminder=Reminder("Stay Mara.", 6, 2), guard=False
)


class Asked:
    """The dialog, and what it gave."""

    def __init__(self, workspace: Workspace, agent: AgentSetup, **more: object) -> None:
        self.given: list[AgentSetup | None] = []
        self.screen = MannersScreen(agent, workspace=workspace, **more)  # type: ignore[arg-type]
        self.app: BackroomsApp = BareApp(
            workspace, lambda app: app.push_screen(self.screen, self.given.append) and None
        )

    async def here(self, pilot: Pilot[int]) -> None:
        """Wait for it."""
        await until(pilot, lambda: "every · depth" in screen_text(self.app) and self.app.focused is not None)

    async def type(self, pilot: Pilot[int], field: str, text: str) -> None:
        """In place of what stands in a field."""
        found = self.screen.query_one(f"#{field}")
        if isinstance(found, LineInput):
            found.value = text
        elif isinstance(found, LinesInput):
            found.text = text
        await pilot.pause()

    def sees(self, *texts: str) -> bool:
        """Whether all of it stands on the screen."""
        return all(text in screen_text(self.app) for text in texts)


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40), (200, 50)])
async def test_all_manners_stand_there_and_are_explained(workspace: Workspace, size: tuple[int, int]) -> None:
    asked = Asked(workspace, MARA, beginning=True)
    async with asked.app.run_test(size=size) as pilot:
        await asked.here(pilot)
        assert asked.sees("① Mara", "a painter", "0.7", "drop ·", "[ ] cut what it says for others", "Stay Mara.")
        explained = "[ ] comes later", "after every 6 of its own turns", "before the last 2", "for whoever chooses"
        await until(pilot, lambda: asked.sees("ctrl+s applies", *explained))
        asked.screen.query_one("#memory", Select).focus()
        await pilot.press("enter")
        await until(pilot, lambda: asked.sees("the oldest is left out", "summary · its model", "notebook · it keeps"))
        await pilot.press("escape")
        await pilot.press("escape")
        await until(pilot, lambda: asked.given == [None])


async def test_what_is_chosen_comes_back_and_the_rest_stays(workspace: Workspace) -> None:
    asked = Asked(workspace, MARA, beginning=True)
    async with asked.app.run_test(size=(80, 24)) as pilot:
        await asked.here(pilot)
        await asked.type(pilot, "description", "  a painter   who listens ")
        await asked.type(pilot, "talkativeness", "0,25")
        await asked.type(pilot, "reminder", "Stay calm.\nSay little.")
        await asked.type(pilot, "every", "1")
        await asked.type(pilot, "depth", "")
        asked.screen.query_one("#memory", Select).value = "notebook"
        asked.screen.query_one("#guard", Checkbox).value = True
        asked.screen.query_one("#absent", Checkbox).value = True
        await until(pilot, lambda: asked.sees("after each of its own turns, at the very end"))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: asked.given)
    (new,) = asked.given
    assert new == AgentSetup(
        1,
        "Mara",
        "local",
        description="a painter who listens",
        talkativeness=0.25,
        reminder=Reminder("Stay calm.\nSay little.", 1, 0),
        memory="notebook",
        guard=True,
        absent=True,
    )


@pytest.mark.parametrize(
    ("field", "typed", "what"),
    [
        ("talkativeness", "1.1", "talkativeness is a number from 0 to 1"),
        ("talkativeness", "nan", "talkativeness is a number from 0 to 1"),
        ("talkativeness", "", "talkativeness is a number from 0 to 1"),
        ("every", "0", "every is a number of turns from 1 on"),
        ("every", "9" * 5000, "every is a number of turns from 1 on"),
        ("depth", "-1", "depth is a number of messages from 0 on"),
        ("depth", "deep", "depth is a number of messages from 0 on"),
    ],
)
async def test_a_mistake_is_said_at_its_field_and_led_to(
    workspace: Workspace, field: str, typed: str, what: str
) -> None:
    asked = Asked(workspace, MARA)
    async with asked.app.run_test(size=(80, 24)) as pilot:
        await asked.here(pilot)
        await asked.type(pilot, field, typed)
        await until(pilot, lambda: asked.sees(what))
        assert asked.screen.query_one(f"#{field}").has_class("-invalid")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: asked.app.focused is asked.screen.query_one(f"#{field}"))
        assert not asked.given
        await asked.type(pilot, field, "1")
        await until(pilot, lambda: not asked.sees(what))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: asked.given and asked.given[0] is not None)


async def test_without_a_text_there_is_no_reminder_whatever_else_is_typed(workspace: Workspace) -> None:
    asked = Asked(workspace, MARA)
    async with asked.app.run_test(size=(80, 24)) as pilot:
        await asked.here(pilot)
        await asked.type(pilot, "every", "never")
        await until(pilot, lambda: asked.sees("✗ every is"))
        await asked.type(pilot, "reminder", "  ")
        await until(pilot, lambda: asked.sees("without a text it is not reminded") and not asked.sees("✗"))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: asked.given)
    assert asked.given[0] is not None
    assert asked.given[0].reminder is None


async def test_whether_it_comes_later_is_asked_only_before_the_talk(workspace: Workspace) -> None:
    asked = Asked(workspace, MARA)
    async with asked.app.run_test(size=(80, 24)) as pilot:
        await asked.here(pilot)
        assert not asked.sees("comes later")


async def test_what_was_typed_is_not_lost_by_a_slip(workspace: Workspace) -> None:
    asked = Asked(workspace, MARA)
    async with asked.app.run_test(size=(80, 24)) as pilot:
        await asked.here(pilot)
        await asked.type(pilot, "talkativeness", "1")
        await pilot.press("escape")
        await until(pilot, lambda: asked.sees("not kept"))
        await pilot.press("s")
        await until(pilot, lambda: asked.given)
    assert asked.given[0] is not None
    assert asked.given[0].talkativeness == 1


async def test_who_asked_may_refuse(workspace: Workspace) -> None:
    def refuse(agent: AgentSetup) -> None:
        raise OperatorError("there is no seat 1", "seats go from 2 to 3")

    asked = Asked(workspace, MARA, accept=refuse)
    async with asked.app.run_test(size=(80, 24)) as pilot:
        await asked.here(pilot)
        await asked.type(pilot, "talkativeness", "1")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: asked.sees("there is no seat 1"))
        assert not asked.given


@pytest.mark.parametrize("text", [" ".join(HOSTILE[begin::3]) for begin in range(3)])
async def test_hostile_texts_are_shown_harmless_and_kept_as_they_are(workspace: Workspace, text: str) -> None:
    agent = AgentSetup(1, text, "local", description=text, reminder=Reminder(f"a{text}z"), talkativeness=1 / 3)
    asked = Asked(workspace, agent)
    async with asked.app.run_test(size=(80, 24)) as pilot:
        await asked.here(pilot)
        assert not control_bytes(screen_text(asked.app).encode("utf-8", "surrogatepass"))
        asked.screen.query_one("#guard", Checkbox).value = False
        await pilot.press("ctrl+s")
        await until(pilot, lambda: asked.given)
    new = asked.given[0]
    assert new is not None
    assert (new.reminder, new.talkativeness) == (agent.reminder, agent.talkativeness)
    assert new.description == " ".join(text.split())
