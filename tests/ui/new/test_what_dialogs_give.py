"""Manners and all rules in the form: what the dialogs give is said, holds, and is written into a saved template."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Checkbox, Input, Select

from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.session.setup import AgentSetup, Cue, Remedy, Reminder, Rules, Setup
from backrooms_tui.settings import folders
from backrooms_tui.templates.checking import check_text
from backrooms_tui.templates.loading import find_template, load_template
from backrooms_tui.templates.standard_ladder import STANDARD_LADDER
from backrooms_tui.ui.screens.manners.manners import MannersScreen
from backrooms_tui.ui.screens.new.new import NewScreen
from backrooms_tui.ui.screens.rules.rules import RulesScreen
from tests.hostile import HOSTILE, control_bytes
from tests.ui.bare import BareApp
from tests.ui.conditions import screen_text, until

THREE = """[template]
title = "Three"
[variables.topic]
default = "rain"
[[agents]]
name = "Ada"
description = "knows about {{ topic }}"
model = "local"
system = "Talk about {{ topic }}."
[agents.reminder]
text = "Remember {{ topic }}, {{ self.name }}."
every = 6
[[agents]]
name = "Bob"
model = "local"
guard = false
[[agents]]
name = "Eve"
model = "local"
absent = true
[rules]
order = "manager"
manager = "haiku"
stop = ["^C^C"]
max_turns = 40
budget = 2.0
[[rules.cues]]
turn = 3
text = "{{ topic }} begins."
brings = "Eve"
[[rules.ladder]]
remedy = "nudge"
text = "Leave {{ topic }}."
[[rules.ladder]]
remedy = "call"
"""


@pytest.fixture
def three(workspace: Workspace) -> str:
    folder = folders.ensure_private(folders.templates_dir())
    (folder / "three.toml").write_text(THREE, "utf-8")
    return "three"


def form(workspace: Workspace, template: str) -> BareApp:
    return BareApp(workspace, lambda app: app.show_new(template))


def said(pilot: Pilot[object], *words: str) -> bool:
    text = " ".join(screen_text(pilot.app).split())
    return all(word in text for word in words)


async def ready(pilot: Pilot[object]) -> NewScreen:
    await until(pilot, lambda: isinstance(pilot.app.screen, NewScreen) and pilot.app.screen.examined is not None)
    screen = pilot.app.screen
    assert isinstance(screen, NewScreen)
    return screen


async def setup_of(pilot: Pilot[object], screen: NewScreen) -> Setup:
    """What the form comes to as it stands."""
    await until(pilot, lambda: pilot.app.screen is screen)
    found = await screen._looked_over()
    assert found is not None
    assert found.setup is not None, found
    return found.setup


async def give(pilot: Pilot[object], screen: NewScreen, change: Callable[[Rules], Rules]) -> Rules:
    """Open all rules; what comes back is what `change` makes of them."""
    await pilot.press("ctrl+r")
    await until(pilot, lambda: isinstance(pilot.app.screen, RulesScreen))
    dialog = pilot.app.screen
    assert isinstance(dialog, RulesScreen)
    chosen = change(dialog.rules_before)
    dialog.dismiss(chosen)
    return (await setup_of(pilot, screen)).rules


async def open_manners(pilot: Pilot[object], screen: NewScreen, seat: int) -> MannersScreen:
    screen.query_one(f"#params-{seat}").focus()
    await pilot.pause()
    await pilot.press("ctrl+g")
    await until(pilot, lambda: isinstance(pilot.app.screen, MannersScreen) and pilot.app.focused is not None)
    dialog = pilot.app.screen
    assert isinstance(dialog, MannersScreen)
    return dialog


async def mannered(pilot: Pilot[object], screen: NewScreen, seat: int, **fields: object) -> AgentSetup:
    """Choose manners for a seat."""
    dialog = await open_manners(pilot, screen, seat)
    for name, value in fields.items():
        field = dialog.query_one(f"#{name}")
        setattr(field, "text" if name in ("reminder", "system") else "value", value)
    await pilot.press("ctrl+s")
    await until(pilot, lambda: pilot.app.screen is screen)
    return (await setup_of(pilot, screen)).agent(seat)


async def saved(pilot: Pilot[object], screen: NewScreen, title: str) -> str:
    """Save the form as a template that has nothing wrong with it; its text."""
    screen.query_one("#title", Input).value = title
    await pilot.press("ctrl+t")
    await until(pilot, lambda: said(pilot, "Save as a template"))
    await pilot.press("enter")
    path: Path = folders.templates_dir() / f"{title.casefold()}.toml"
    await until(pilot, lambda: path.exists() and pilot.app.screen is screen)
    text = path.read_text("utf-8")
    assert [one for one in check_text(text, path.name) if one.severity == "error"] == []
    load_template(find_template(title.casefold(), folders.templates_dir()))
    return text


async def test_a_seat_is_given_manners_and_says_what_is_different(workspace: Workspace, three: str) -> None:
    async with form(workspace, three).run_test(size=(80, 24)) as pilot:
        screen = await ready(pilot)
        dialog = await open_manners(pilot, screen, 2)
        await until(pilot, lambda: said(pilot, "Manners of ② Bob", "[ ] cut what it says for others"))
        dialog.query_one("#reminder").focus()
        await pilot.press(*"Stay", "ctrl+s")
        await until(pilot, lambda: said(pilot, "reminded every 8 turns"))
        assert screen.focused is screen.query_one("#params-2")
        setup = await setup_of(pilot, screen)
        assert setup.agent(2).reminder == Reminder("Stay")
        assert not setup.agent(2).guard
        # As in the template again: nothing to say.
        await mannered(pilot, screen, 2, reminder="")
        await until(pilot, lambda: not said(pilot, "reminded every"))


async def test_what_was_not_changed_still_follows_the_variables(workspace: Workspace, three: str) -> None:
    async with form(workspace, three).run_test(size=(120, 40)) as pilot:
        screen = await ready(pilot)
        await mannered(pilot, screen, 1, guard=False, memory="summary", absent=True)
        await until(pilot, lambda: said(pilot, "guard off, memory summary, comes later"))
        ada = (await setup_of(pilot, screen)).agent(1)
        assert (ada.guard, ada.memory, ada.absent, ada.description) == (False, "summary", True, "knows about rain")
        await give(pilot, screen, lambda rules: replace(rules, stop=("over",), stop_votes=2))
        await until(pilot, lambda: said(pilot, "ends with over"))
        screen.query_one("#variable-0", Input).value = "snow"
        setup = await setup_of(pilot, screen)
        assert setup.agent(1).reminder == Reminder("Remember snow, Ada.", 6)
        assert setup.agent(1).description == "knows about snow"
        assert not setup.agent(1).guard
        assert setup.rules.cues == (Cue(3, "snow begins.", brings=3),)
        assert (setup.rules.stop, setup.rules.stop_votes) == (("over",), 2)
        await until(pilot, lambda: said(pilot, "over on a line of its own from 2 agents ends it"))


async def test_where_everybody_comes_later_it_is_said_and_can_be_put_right(workspace: Workspace, three: str) -> None:
    async with form(workspace, three).run_test(size=(80, 24)) as pilot:
        screen = await ready(pilot)
        await mannered(pilot, screen, 1, absent=True)
        await mannered(pilot, screen, 2, absent=True)
        await until(pilot, lambda: said(pilot, "nobody is there to begin"))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: screen.focused is screen.query_one("#params-1"))
        await mannered(pilot, screen, 2, absent=False)
        await until(pilot, lambda: not said(pilot, "nobody is there to begin"))


async def test_the_forms_own_fields_show_what_the_rules_became(workspace: Workspace, three: str) -> None:
    async with form(workspace, three).run_test(size=(80, 24)) as pilot:
        screen = await ready(pilot)
        before = (await setup_of(pilot, screen)).rules
        wanted = replace(
            before, order="random", manager="", max_turns=0, max_rounds=7, max_seconds=90.5, budget=None, ladder=()
        )
        rules = await give(pilot, screen, lambda _: wanted)
        values = {name: screen.query_one(f"#{name}", Input).value for name in ("max_turns", "max_rounds", "budget")}
        assert values == {"max_turns": "0", "max_rounds": "7", "budget": "0"}
        assert screen.query_one("#max_seconds", Input).value == "90.5"
        assert screen.query_one("#order", Select).value == "random"
        assert not screen.query_one("#ladder", Checkbox).value
        assert replace(rules, budget=None) == wanted
        await until(pilot, lambda: said(pilot, "7 rounds or 90.5 seconds; ^C^C"))
        # Nothing that the form has no field for is different.
        assert not screen.query_one("#rules").region
        # And back: a manager, and the template's own steps.
        rules = await give(pilot, screen, lambda _: before)
        assert rules == before
        assert screen.query_one("#ladder", Checkbox).value


async def test_the_first_agent_picks_although_the_template_has_a_manager(workspace: Workspace, three: str) -> None:
    async with form(workspace, three).run_test(size=(80, 24)) as pilot:
        screen = await ready(pilot)
        rules = await give(pilot, screen, lambda rules: replace(rules, manager=""))
        assert screen.query_one("#manager", Input).value == "local"
        assert rules.manager == (await setup_of(pilot, screen)).agent(1).model


async def test_other_rules_are_kept_beside_and_said_in_a_few_words(workspace: Workspace, three: str) -> None:
    async with form(workspace, three).run_test(size=(80, 24)) as pilot:
        screen = await ready(pilot)
        wanted = {
            "cues": (Cue(2, "A door opens.", to=1), Cue(3, "rain begins.", brings=3)),
            "stop": (),
            "play": True,
            "stall_at": 0.7,
            "ladder": (Remedy("nudge", text="Leave rain."), Remedy("end")),
        }
        rules = await give(pilot, screen, lambda rules: replace(rules, **wanted))  # type: ignore[arg-type]
        assert {name: getattr(rules, name) for name in wanted} == wanted
        await until(pilot, lambda: said(pilot, "another ladder", "stalled from 0.7 on", "2 cues"))
        # Off and on again: the steps are those that were chosen.
        ladder = screen.query_one("#ladder", Checkbox)
        ladder.value = False
        assert (await setup_of(pilot, screen)).rules.ladder == ()
        ladder.value = True
        assert (await setup_of(pilot, screen)).rules.ladder == wanted["ladder"]


async def test_another_template_begins_anew(workspace: Workspace, three: str) -> None:
    async with form(workspace, three).run_test(size=(80, 24)) as pilot:
        screen = await ready(pilot)
        await give(pilot, screen, lambda rules: replace(rules, play=True))
        await mannered(pilot, screen, 1, guard=False)
        await until(pilot, lambda: said(pilot, "guard off", "agents may speak for others"))
        for name in ("duo", "three"):
            screen.query_one("#template", Select).value = name
            await until(pilot, lambda name=name: screen.examined and screen._source and screen._source.name == name)  # type: ignore[misc]
        setup = await setup_of(pilot, screen)
        assert setup.agent(1).guard
        assert not setup.rules.play
        assert not said(pilot, "guard off")


async def test_a_saved_template_has_the_same_rules_and_manners(workspace: Workspace, three: str) -> None:
    async with form(workspace, three).run_test(size=(80, 24)) as pilot:
        screen = await ready(pilot)
        await mannered(pilot, screen, 1, every="3", depth="2", talkativeness="0.25", memory="notebook")
        await mannered(pilot, screen, 2, reminder="Be {{ calm }}.", description="{% if", guard=True)
        await mannered(pilot, screen, 3, absent=False, system="\nYou are {{ nobody }}.\n\nSay {% little %}.\n")
        cue = Cue(9, "{{ nobody }} says {# nothing #}.", to=2, sends_away=3)
        steps = (Remedy("nudge", text="Leave rain."), Remedy("topic", topics=("{{ a }}", "b"), afresh=True))
        await give(
            pilot,
            screen,
            lambda rules: replace(rules, cues=(*rules.cues, cue), ladder=steps, stop=("over",), budget=None),
        )
        before = await setup_of(pilot, screen)
        text = await saved(pilot, screen, "Mine")
        # What was not touched keeps its blanks.
        assert "Remember {{ topic }}, {{ self.name }}." in text
        assert "{{ topic }} begins." in text
        assert "Leave {{ topic }}." in text
        assert "knows about {{ topic }}" in text
    async with form(workspace, "mine").run_test(size=(80, 24)) as pilot:
        after = await setup_of(pilot, await ready(pilot))
    assert after.rules == before.rules
    assert after.agents == before.agents
    assert after.rules.cues[1] == cue


async def test_the_standard_ladder_can_be_changed_and_saved(workspace: Workspace) -> None:
    async with form(workspace, "cli").run_test(size=(80, 24)) as pilot:
        screen = await ready(pilot)
        own = (Remedy("temperature", temperature=1.2, turns=2), *STANDARD_LADDER)
        rules = await give(pilot, screen, lambda rules: replace(rules, ladder=own))
        assert rules.ladder == own
        assert screen.query_one("#ladder", Checkbox).value
        await saved(pilot, screen, "Warm")
        # The standard one again is nothing of one's own.
        await give(pilot, screen, lambda rules: replace(rules, ladder=STANDARD_LADDER))
        await until(pilot, lambda: not said(pilot, "another ladder"))
    async with form(workspace, "warm").run_test(size=(80, 24)) as pilot:
        assert (await setup_of(pilot, await ready(pilot))).rules.ladder == own


async def test_steps_that_nobody_can_take_are_replaced(workspace: Workspace, three: str) -> None:
    path = folders.templates_dir() / "three.toml"
    path.write_text(THREE.replace('remedy = "call"', 'remedy = "model"\nmodel = "opsu"'), "utf-8")
    async with form(workspace, three).run_test(size=(80, 24)) as pilot:
        screen = await ready(pilot)
        await until(pilot, lambda: said(pilot, "unknown model 'opsu'"))
        screen.query_one("#ladder", Checkbox).value = False
        for step in (Remedy("call"), Remedy("end")):
            rules = await give(pilot, screen, lambda rules, step=step: replace(rules, ladder=(step,)))  # type: ignore[misc]
            assert rules.ladder == (step,)
        await saved(pilot, screen, "Mended")


async def test_with_a_mistake_the_dialogs_lead_to_it(workspace: Workspace, three: str) -> None:
    async with form(workspace, three).run_test(size=(80, 24)) as pilot:
        screen = await ready(pilot)
        screen.query_one("#max_turns", Input).value = "many"
        for key in ("ctrl+g", "ctrl+r"):
            screen.query_one("#template").focus()
            await pilot.press(key)
            await until(pilot, lambda: screen.focused is screen.query_one("#max_turns"))
        assert pilot.app.screen is screen


async def test_the_preview_says_what_an_agent_is_reminded_of(workspace: Workspace, three: str) -> None:
    async with form(workspace, three).run_test(size=(120, 40)) as pilot:
        screen = await ready(pilot)
        await mannered(pilot, screen, 2, reminder="Stay awake.")
        await pilot.press("ctrl+o")
        await until(pilot, lambda: said(pilot, "after every 8 of its own turns", "Stay awake.", "comes later"))


async def test_hostile_texts_are_harmless_and_survive_saving(workspace: Workspace, three: str) -> None:
    async with form(workspace, three).run_test(size=(80, 24)) as pilot:
        screen = await ready(pilot)
        texts = tuple(dict.fromkeys(text.strip() for text in HOSTILE if "\ud800" not in text and "\r" not in text))
        cues = tuple(Cue(number, text) for number, text in enumerate(texts, 1))
        stop = (texts[0], texts[5])
        await give(pilot, screen, lambda rules: replace(rules, cues=cues, stop=stop))
        await until(pilot, lambda: said(pilot, f"{len(cues)} cues"))
        assert not control_bytes(screen_text(pilot.app).encode())
        before = await setup_of(pilot, screen)
        await saved(pilot, screen, "Hostile")
    async with form(workspace, "hostile").run_test(size=(80, 24)) as pilot:
        screen = await ready(pilot)
        assert not control_bytes(screen_text(pilot.app).encode())
        assert (await setup_of(pilot, screen)).rules == before.rules
