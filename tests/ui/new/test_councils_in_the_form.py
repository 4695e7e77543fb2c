"""A template with councils, rounds or a debate in the form: shown, priced, kept by the dialogs, saved, started."""

from pathlib import Path

from textual.pilot import Pilot
from textual.widgets import Input

from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.session.setup import AgentSetup, CouncilSetup, RoundLabels, Rules, Setup
from backrooms_tui.session.usage import Usage
from backrooms_tui.templates.checking import check_text
from backrooms_tui.templates.loading import find_template, load_template
from backrooms_tui.ui.screens.new.councils import council_told
from backrooms_tui.ui.screens.new.estimate import Estimate, estimate, estimate_text
from backrooms_tui.ui.screens.new.new import NewScreen
from backrooms_tui.ui.screens.rules.rules import RulesScreen
from tests.hostile import HOSTILE
from tests.ui.bare import BareApp
from tests.ui.conditions import screen_text, until
from tests.ui.conftest import Script

LAB = """[template]
title = "Lab"
[variables.end]
default = "2029"
[[agents]]
name = "Lab"
system = "Talk."
[agents.council]
opening = "What now, {{ host.name }}?"
[agents.council.rules]
max_turns = 2
[[agents.council.agents]]
name = "Mara"
model = "opus"
system = "You doubt."
[[agents.council.agents.council.agents]]
name = "Bo"
[[agents.council.agents]]
name = "Theo"
[[agents]]
name = "State"
[rules]
mode = "statements"
[rules.rounds]
name = "Year"
first = 2027
last = "{{ end }}"
"""


def said(pilot: Pilot[object], *words: str) -> bool:
    text = screen_text(pilot.app)
    return all(word in text for word in words)


def form(workspace: Workspace, template: str) -> BareApp:
    return BareApp(workspace, lambda app: app.show_new(template))


async def ready(pilot: Pilot[object]) -> NewScreen:
    await until(pilot, lambda: isinstance(pilot.app.screen, NewScreen) and pilot.app.screen.examined is not None)
    screen = pilot.app.screen
    assert isinstance(screen, NewScreen)
    return screen


def own_template(tmp_path: Path, text: str = LAB) -> str:
    path = tmp_path / "lab.toml"
    path.write_text(text, "utf-8")
    return str(path)


async def setup_of(screen: NewScreen) -> Setup:
    found = await screen._looked_over()
    assert found is not None
    assert found.setup is not None, found
    return found.setup


async def test_a_row_says_who_sits_in_which_council_and_when_it_is_held(workspace: Workspace, tmp_path: Path) -> None:
    async with form(workspace, own_template(tmp_path)).run_test(size=(80, 24)) as pilot:
        screen = await ready(pilot)
        await until(pilot, lambda: said(pilot, "council of Mara (opus, with Bo), Theo · before each turn"))
        # What keeps a member from being asked is told beside it; its own model stays whatever its agent's is.
        await until(pilot, lambda: said(pilot, "opus: ANTHROPIC_API_KEY is not set"))
        await until(pilot, lambda: said(pilot, "3 rounds"))
        council = (await setup_of(screen)).agents[0].council
        assert council is not None
        assert council.agents[0].model.startswith("anthropic/")
        screen.query_one("#variable-0", Input).value = "2031"
        await until(pilot, lambda: said(pilot, "5 rounds"))
        screen.query_one("#variable-0", Input).value = "soon"
        await until(pilot, lambda: said(pilot, "✗ is 'soon' once its blanks are filled", "1 field to put right"))
        screen.query_one("#variable-0", Input).value = "2020"
        await until(pilot, lambda: said(pilot, "✗ is 2020, and up from 2027 there is no way to it"))


async def test_the_preview_shows_councils_too(workspace: Workspace, tmp_path: Path) -> None:
    async with form(workspace, own_template(tmp_path)).run_test(size=(100, 50)) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+o")
        await until(pilot, lambda: said(pilot, "council of Lab, before each turn", "heard: What now, Lab?"))
        await until(pilot, lambda: said(pilot, "①·1 Mara", "You doubt.", "①·1·1 Bo"))


async def test_the_dialog_of_the_rules_tells_of_rounds_and_keeps_them(workspace: Workspace, tmp_path: Path) -> None:
    async with form(workspace, own_template(tmp_path)).run_test(size=(80, 40)) as pilot:
        screen = await ready(pilot)
        before = await setup_of(screen)
        await pilot.press("ctrl+r")
        await until(pilot, lambda: isinstance(pilot.app.screen, RulesScreen) and pilot.app.screen.is_mounted)
        await until(pilot, lambda: said(pilot, "statements: what is said in a round", "Year 2027, 2028, 2029"))
        pilot.app.screen.query_one("#max_tokens", Input).value = "9000"
        await until(pilot, lambda: said(pilot, "3 rounds or 9,000 tokens"))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: pilot.app.screen is screen)
        await until(pilot, lambda: screen.query_one("#max_tokens", Input).value == "9000")
        after = await setup_of(screen)
        assert after.agents == before.agents
        assert (after.rules.mode, after.rules.max_rounds, after.rules.max_tokens) == ("statements", 3, 9000)
        assert after.rules.rounds == RoundLabels("Year", ("2027", "2028", "2029"))


async def test_fewer_than_three_rounds_are_no_debate(workspace: Workspace) -> None:
    async with form(workspace, "debate").run_test(size=(80, 40)) as pilot:
        screen = await ready(pilot)
        await until(pilot, lambda: said(pilot, "4 rounds"))
        screen.query_one("#max_rounds", Input).value = "2"
        await until(pilot, lambda: said(pilot, "a debate has at least 3"))
        screen.query_one("#max_rounds", Input).value = "3"
        await until(pilot, lambda: said(pilot, "free"))
        assert (await setup_of(screen)).rules.mode == "debate"


async def test_saved_as_a_template_it_has_the_same_councils_and_rounds(workspace: Workspace, tmp_path: Path) -> None:
    path = own_template(tmp_path)
    folder = tmp_path / "config" / "templates"
    async with form(workspace, path).run_test(size=(80, 40)) as pilot:
        screen = await ready(pilot)
        screen.query_one("#variable-0", Input).value = "2028"
        await until(pilot, lambda: said(pilot, "2 rounds"))
        await pilot.press("ctrl+t")
        await until(pilot, lambda: said(pilot, "Save as a template"))
        await pilot.press("enter")
        await until(pilot, lambda: any(folder.glob("*.toml")))
    (saved,) = folder.glob("*.toml")
    assert check_text(saved.read_text("utf-8"), saved.name) == []
    before, after = load_template(find_template(path, folder)), load_template(find_template(saved.stem, folder))
    assert after.agents[0].council == before.agents[0].council
    assert after.rules == before.rules
    assert after.variables["end"].default == "2028"


async def test_a_template_with_councils_starts_from_the_form(
    workspace: Workspace, tmp_path: Path, script: Script
) -> None:
    model = script("all", "A first word.", "A second word.")
    path = own_template(tmp_path, LAB.replace('model = "opus"\n', ""))
    async with form(workspace, path).run_test(size=(120, 40)) as pilot:
        screen = await ready(pilot)
        for seat in (1, 2):
            screen.query_one(f"#model-{seat}", Input).value = model
        screen.query_one("#max_turns", Input).value = "2"
        await until(pilot, lambda: said(pilot, "council of Mara (with Bo), Theo"))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: getattr(pilot.app.screen, "PLACE", "") == "stage")
        await until(pilot, lambda: [one.turns for one in workspace.store.list_sessions()] == [2])


async def test_hostile_names_in_councils_are_harmless(workspace: Workspace, tmp_path: Path) -> None:
    name = " ".join("".join(HOSTILE).split())[:70]
    text = LAB.replace("[variables.end]", "[variables.who]\n[variables.end]").replace('"Theo"', '"{{ who }}"')
    async with form(workspace, own_template(tmp_path, text)).run_test(size=(80, 40)) as pilot:
        screen = await ready(pilot)
        screen.query_one("#variable-0", Input).value = name
        await until(pilot, lambda: said(pilot, "council of Mara"))
        assert "\x1b" not in screen_text(pilot.app)


def _member(seat: int, council: CouncilSetup | None = None, max_tokens: int = 100) -> AgentSetup:
    return AgentSetup(seat, f"M{seat}", "x/y", params={"max_tokens": max_tokens}, council=council)


def _council(*members: AgentSetup, **wishes: object) -> CouncilSetup:
    return CouncilSetup(members, **{"rules": Rules(max_turns=3), **wishes})  # type: ignore[arg-type]


def test_turns_in_councils_are_paid_and_what_was_said_there_is_in_the_prompt() -> None:
    asked: list[Usage] = []
    inner = _council(_member(1), rules=Rules(max_rounds=2))
    council = _council(_member(1, inner), _member(2), opening="x" * 40)
    agents = (AgentSetup(1, "A", "x/y", council=council), AgentSetup(2, "B", "x/y"))
    found = estimate(Setup("t", "t", agents, Rules(max_turns=3)), lambda model, usage: asked.append(usage) or 1.0)
    # M1, M2 and M1 again: each M1 asks two words of its own council first; before the first and the third turn.
    assert (found.turns, found.within, found.cost) == (3, 2 * 7, 17.0)
    first, third = (asked[index].input_tokens for index in (7, 16))
    assert (first, third) == (4 + 300, 4 + 2 * 300 + 600)
    assert estimate_text(found) == "about $17.00 for 3 turns and 14 in councils, an estimate"


def test_a_council_that_is_held_now_and_then_is_counted_as_often() -> None:
    def within(**wishes: object) -> Estimate:
        agents = (AgentSetup(1, "A", "x/y", council=_council(_member(1), **wishes)),)
        return estimate(Setup("t", "t", agents, Rules(council_depth=1)), lambda model, usage: 0.1)

    assert within().within == 30
    assert within(every=3).within == 12
    assert within(rules=Rules(max_rounds=2)).within == 20
    asked = within(when="asked", ask="X")
    assert (asked.within, estimate_text(asked)) == (
        0,
        "about $1.00 for ten turns, an estimate, without councils that are asked for",
    )
    many = within(rules=Rules(max_turns=10**9))
    assert estimate_text(many).startswith("more than $")


def test_councils_that_are_too_deep_are_not_held_and_not_paid() -> None:
    council = _council(_member(1, _council(_member(1))))
    agents = (AgentSetup(1, "A", "x/y", council=council),)
    for depth, turns in ((0, 0), (1, 3), (2, 3 + 9)):
        setup = Setup("t", "t", agents, Rules(council_depth=depth, max_turns=1))
        assert estimate(setup, lambda model, usage: 0.1).within == turns


def test_a_council_in_words() -> None:
    council = _council(_member(1), AgentSetup(2, "Bo", "p/q", asked="q"), every=3)
    assert council_told(AgentSetup(1, "A", "x/y", council=council)) == "council of M1, Bo (q) · before every 3rd turn"
    assert council_told(AgentSetup(1, "A", "x/y")) == ""
