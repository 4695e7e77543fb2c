"""The rules in the form: who speaks next, when it ends, and whether somebody steps in when the talk goes in circles."""

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Checkbox, Input, Select

from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.session.setup import Rules
from backrooms_tui.settings import folders
from backrooms_tui.templates.checking import check_text
from backrooms_tui.templates.document import Template
from backrooms_tui.templates.loading import find_template, load_template
from backrooms_tui.templates.orders import ORDERS
from backrooms_tui.templates.standard_ladder import STANDARD_LADDER
from backrooms_tui.ui.screens.new.new import NewScreen
from backrooms_tui.ui.widgets.model_picker import ModelPicker
from tests.ui.bare import BareApp
from tests.ui.conditions import screen_text, until
from tests.ui.conftest import Script

LIMITED = """[template]
title = "Limited"
[[agents]]
name = "Ada"
system = "Talk."
[[agents]]
name = "Bob"
[[agents]]
name = "Eve"
absent = true
[rules]
max_rounds = 3
max_tokens = 9000
max_seconds = 90.5
order = "random"
"""


def form(workspace: Workspace, template: str = "duo") -> BareApp:
    return BareApp(workspace, lambda app: app.show_new(template))


def said(pilot: Pilot[object], *words: str) -> bool:
    text = screen_text(pilot.app)
    return all(word in text for word in words)


async def ready(pilot: Pilot[object]) -> NewScreen:
    await until(pilot, lambda: isinstance(pilot.app.screen, NewScreen) and pilot.app.screen.examined is not None)
    screen = pilot.app.screen
    assert isinstance(screen, NewScreen)
    return screen


async def rules(pilot: Pilot[object], screen: NewScreen) -> Rules:
    """What the form comes to, once it has been looked over as it stands."""
    found = await screen._looked_over()
    assert found is not None
    assert found.setup is not None, found
    return found.setup.rules


def put(screen: NewScreen, **values: str) -> None:
    for field, value in values.items():
        screen.query_one(f"#{field}", Input).value = value


@pytest.fixture
def limited(workspace: Workspace) -> str:
    folder = folders.ensure_private(folders.templates_dir())
    (folder / "limited.toml").write_text(LIMITED, "utf-8")
    return "limited"


async def test_every_order_can_be_chosen_and_is_explained_at_every_width(workspace: Workspace) -> None:
    async with form(workspace).run_test(size=(60, 40)) as pilot:
        screen = await ready(pilot)
        select = screen.query_one("#order", Select)
        for width in (60, 80, 120):
            await pilot.resize_terminal(width, 40)
            await until(pilot, lambda: said(pilot, "round-robin · everybody in seat order"))
            select.focus()
            await pilot.press("enter")
            await until(pilot, lambda: said(pilot, *(f"{name} · {what[:14]}" for name, what in ORDERS.items())))
            await pilot.press("escape")
        for name in ORDERS:
            select.value = name
            await pilot.pause()
            assert (await rules(pilot, screen)).order == name


async def test_the_templates_own_order_limits_and_ladder_stand_in_the_form(workspace: Workspace, limited: str) -> None:
    async with form(workspace, limited).run_test(size=(80, 24)) as pilot:
        screen = await ready(pilot)
        assert screen.query_one("#order", Select).value == "random"
        assert not screen.query_one("#ladder", Checkbox).value
        assert said(pilot, "3 rounds or 9,000 tokens or 90.5 seconds", "[ ] step in when the talk goes in circles")
        found = await rules(pilot, screen)
        assert (found.max_rounds, found.max_tokens, found.max_seconds, found.ladder) == (3, 9000, 90.5, ())


async def test_limits_overrule_the_templates_and_are_said_in_words(workspace: Workspace, limited: str) -> None:
    async with form(workspace, limited).run_test(size=(120, 40)) as pilot:
        screen = await ready(pilot)
        put(screen, max_turns="1", max_rounds="0", max_tokens="0", max_seconds="1,5", budget="0.5")
        await until(pilot, lambda: said(pilot, "1 turn or 1.5 seconds or $0.50"))
        found = await rules(pilot, screen)
        assert (found.max_turns, found.max_rounds, found.max_tokens, found.max_seconds) == (1, 0, 0, 1.5)
        put(screen, max_turns="", max_seconds="0", budget="")
        await until(pilot, lambda: said(pilot, "no turn limit: it goes on until you end it"))


NOT_LIMITS = (
    ("max_rounds", "two", "the round limit is a whole number from 0 on — 0 is no limit"),
    ("max_tokens", "-1", "the token limit is a whole number from 0 on"),
    ("max_seconds", "soon", "the time limit is a number of seconds from 0 on"),
    ("max_seconds", "-1", "the time limit is a number of seconds from 0 on"),
    ("max_seconds", "inf", "the time limit is a number of seconds from 0 on"),
    ("max_seconds", "nan", "the time limit is a number of seconds from 0 on"),
    ("max_tokens", "9" * 5000, "the token limit is a whole number from 0 on"),
)


async def test_a_limit_that_cannot_be_is_said_at_its_field(workspace: Workspace) -> None:
    async with form(workspace, "cli").run_test(size=(120, 30)) as pilot:
        screen = await ready(pilot)
        for field, typed, what in NOT_LIMITS:
            put(screen, **{field: typed})
            await until(pilot, lambda what=what: said(pilot, what, "1 field to put right"))  # type: ignore[misc]
            there = screen.query_one(f"#{field}")
            assert there.has_class("-invalid"), (field, typed)
            screen.query_one("#template").focus()
            await pilot.press("ctrl+s")
            await until(pilot, lambda there=there: screen.focused is there)  # type: ignore[misc]
            put(screen, **{field: ""})
            await until(pilot, lambda: said(pilot, "no turn limit; ^C^C on a line of its own ends it"))


async def test_a_manager_is_asked_for_only_where_one_picks(workspace: Workspace) -> None:
    async with form(workspace).run_test(size=(80, 24)) as pilot:
        screen = await ready(pilot)
        assert not said(pilot, "manager")
        order = screen.query_one("#order", Select)
        order.value = "manager"
        await until(pilot, lambda: said(pilot, "the model of ①"))
        assert (await rules(pilot, screen)).manager == ""
        put(screen, manager="opsu")
        await until(pilot, lambda: said(pilot, "unknown model 'opsu'", "1 field to put right"))
        put(screen, manager="cli")
        await until(pilot, lambda: said(pilot, "exos is a world, not a model", "1 field to put right"))
        order.value = "random"
        await until(pilot, lambda: said(pilot, "free") and not said(pilot, "is a world"))
        assert not screen.query_one("#manager").can_focus or not screen.query_one("#manager").region
        assert (await rules(pilot, screen)).manager == ""


async def test_the_manager_is_picked_from_the_catalogue(workspace: Workspace) -> None:
    async with form(workspace, "roundtable").run_test(size=(80, 24)) as pilot:
        screen = await ready(pilot)
        assert screen.query_one("#order", Select).value == "manager"
        for key in ("ctrl+l", "enter"):
            screen.query_one("#manager").focus()
            await until(pilot, lambda: said(pilot, "the model that picks"))
            await pilot.press(key)
            await until(pilot, lambda: isinstance(pilot.app.screen, ModelPicker) and said(pilot, "picks who speaks"))
            await pilot.press(*"haiku")
            await until(pilot, lambda: said(pilot, "▸ haiku"))
            await pilot.press("enter")
            await until(pilot, lambda: screen.query_one("#manager", Input).value == "haiku")
            assert screen.query_one("#model-1", Input).value == "local"
            assert (await rules(pilot, screen)).manager.startswith("anthropic/")
            put(screen, manager="")


async def test_the_ladder_is_the_templates_own_or_else_the_standard_one(workspace: Workspace) -> None:
    for template, standard in (("duo", False), ("cli", True)):
        async with form(workspace, template).run_test(size=(80, 24)) as pilot:
            screen = await ready(pilot)
            assert (await rules(pilot, screen)).ladder == ()
            screen.query_one("#ladder").focus()
            await until(pilot, lambda: said(pilot, "the talk stalls"))
            await pilot.press("space")
            await until(pilot, lambda: said(pilot, "[x] step in when the talk goes in circles"))
            ladder = (await rules(pilot, screen)).ladder
            assert ladder
            assert (ladder == STANDARD_LADDER) is standard


async def saved(pilot: Pilot[object], screen: NewScreen, title: str, folder: Path) -> Template:
    put(screen, title=title)
    await pilot.press("ctrl+t")
    await until(pilot, lambda: said(pilot, "Save as a template"))
    await pilot.press("enter")
    path = folder / f"{title.casefold()}.toml"
    await until(pilot, lambda: path.exists() and pilot.app.screen is screen)
    assert check_text(path.read_text("utf-8"), path.name) == []
    return load_template(find_template(title.casefold(), folder))


async def test_a_saved_template_plays_by_the_same_rules(workspace: Workspace, limited: str) -> None:
    folder = folders.templates_dir()
    async with form(workspace, limited).run_test(size=(80, 24)) as pilot:
        screen = await ready(pilot)
        screen.query_one("#order", Select).value = "manager"
        screen.query_one("#ladder", Checkbox).value = True
        put(screen, manager="local", max_rounds="7", max_tokens="0", max_seconds="12.5")
        await pilot.pause()
        written = (await saved(pilot, screen, "Mine", folder)).rules
        assert (written.order, written.manager, written.use_ladder) == ("manager", "local", True)
        assert (written.max_rounds, written.max_tokens, written.max_seconds) == (7, 0, 12.5)
        chosen = await rules(pilot, screen)
    async with form(workspace, "mine").run_test(size=(80, 24)) as pilot:
        screen = await ready(pilot)
        assert screen.query_one("#ladder", Checkbox).value
        again = await rules(pilot, screen)
        assert again == chosen
        assert again.ladder == STANDARD_LADDER
        # Off again: its steps stay in the file, for whoever wants them.
        screen.query_one("#ladder", Checkbox).value = False
        await pilot.pause()
        off = (await saved(pilot, screen, "Calm", folder)).rules
        assert (off.use_ladder, len(off.ladder)) == (False, len(STANDARD_LADDER))


async def test_a_limit_of_rounds_limits_the_estimate(workspace: Workspace, limited: str) -> None:
    async with form(workspace, limited).run_test(size=(80, 24)) as pilot:
        screen = await ready(pilot)
        put(screen, max_rounds="2")
        # Two of the three are there from the beginning.
        await until(pilot, lambda: screen.examined is not None and screen.examined.estimate is not None)
        await rules(pilot, screen)
        assert screen.examined is not None
        assert screen.examined.estimate is not None
        assert screen.examined.estimate.turns == 4


async def test_what_is_chosen_is_what_runs(workspace: Workspace, script: Script) -> None:
    model = script("ada", "A first word.", "A second word.", "A third word.")
    async with form(workspace).run_test(size=(120, 40)) as pilot:
        screen = await ready(pilot)
        put(screen, **{"model-1": model, "model-2": model, "max_rounds": "1"})
        screen.query_one("#order", Select).value = "random"
        await pilot.pause()
        await pilot.press("ctrl+s")
        await until(pilot, lambda: getattr(pilot.app.screen, "PLACE", "") == "stage")
        await until(pilot, lambda: said(pilot, "The limit of 1 round is reached"))


async def test_the_form_of_the_command_line_fits_a_small_terminal(workspace: Workspace) -> None:
    async with form(workspace, "cli").run_test(size=(80, 24)) as pilot:
        screen = await ready(pilot)
        assert screen.query_one("#form").max_scroll_y == 0
        screen.query_one("#order", Select).value = "manager"
        await until(pilot, lambda: said(pilot, "the model of ①", "Command line", "no seed"))
        assert screen.query_one("#form").max_scroll_y == 0


async def test_what_agents_may_ask_for_is_set_with_the_rules_and_saved_with_them(workspace: Workspace) -> None:
    folder = folders.templates_dir()
    async with form(workspace).run_test(size=(80, 24)) as pilot:
        screen = await ready(pilot)
        await pilot.press("ctrl+r")
        await until(pilot, lambda: said(pilot, "vote: off", "invite: off"))
        for name in ("vote", "invite"):
            pilot.app.screen.query_one(f"#request-{name}", Select).value = "allow"
        await until(pilot, lambda: said(pilot, "vote: on", "invite: on"))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: said(pilot, "agents may ask for vote, invite"))
        assert (await rules(pilot, screen)).requests == {"vote": "allow", "invite": "allow"}
        # A template cannot let others in: whoever plays it is asked.
        written = (await saved(pilot, screen, "Free", folder)).rules
        assert written.requests.named == {"vote": "allow", "invite": "ask"}
