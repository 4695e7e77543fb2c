"""Seats that are worlds: what a template may say of them, and what is told where it cannot be."""

from dataclasses import dataclass
from random import Random

import pytest

from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.assembly.worlds.worlds import Worlds
from backrooms_tui.conversation.casting import CastingDefaults, Choices, cast
from backrooms_tui.session.events import SessionOpened
from backrooms_tui.session.setup import AgentSetup, Setup
from backrooms_tui.session.state import SessionState, apply
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.session.world import Exchange, WorldSetup
from backrooms_tui.templates.checking import check_text, checked_template
from backrooms_tui.templates.describing import agent_notes
from backrooms_tui.templates.document import Template
from backrooms_tui.templates.filling import FillError, SeatChoice, fill
from backrooms_tui.templates.loading import find_template, load_template
from backrooms_tui.templates.worlds import ENVIRONMENTS
from backrooms_tui.worlds.base import Heard, View

GOOD = """
[template]
title = "A desk"

[variables.shelf]
default = "blue"

[[agents]]
name = "Ada"
system = "You are at {{ other.name }}, made by {{ other.company }}. {% if same_model %}Alone.{% endif %} {{ shelf }}"

[[agents]]
name = "Desk"
world = "exos"
environments = ["notes", "web"]
notebook = "{{ shelf }} notes"
permissions = { web = "ask", "notes.delete" = "deny" }
"""


def _told(text: str) -> list[tuple[str, str, str, str]]:
    return [(found.severity, found.key, found.what, found.cure) for found in check_text(text, "desk.toml")]


def _template(text: str = GOOD) -> Template:
    template = checked_template(text, "desk.toml")[0]
    assert template is not None
    return template


def test_a_good_file_has_no_findings() -> None:
    assert _told(GOOD) == []


def test_what_it_says_of_the_world_is_what_the_seat_is_set_up_with() -> None:
    desk = fill(_template(), {"shelf": "red"}, [SeatChoice("some/model"), SeatChoice("world/exos", "CLI", "CLI")])[1]
    permissions = {"web": "ask", "notes.delete": "deny"}
    assert desk.world == WorldSetup("exos", permissions, ("notes", "web"), "red notes")  # type: ignore[arg-type]


def test_a_world_counts_as_no_other_model() -> None:
    ada = fill(_template(), {}, [SeatChoice("some/model"), SeatChoice("world/exos", "CLI", "CLI")])[0]
    assert ada.system.split() == ["You", "are", "at", "Desk,", "made", "by", "CLI.", "Alone.", "blue"]


def test_a_notebook_whose_name_cannot_be_is_told_with_its_key() -> None:
    with pytest.raises(FillError, match=r"agents\[1\].notebook"):
        fill(_template(), {"shelf": "two\nlines"}, [SeatChoice("a/b"), SeatChoice("world/exos")])


# What is changed in the good file; then the severity, the key, a part of what is wrong, a part of what would be right.
MISTAKES: dict[str, tuple[str, str, str, str, str, str]] = {
    "an environment": ('"web"]', '"wbe"]', "error", "agents[1].environments[1]", "'wbe' is not there", "mean web"),
    "exo": ('"web"]', '"exo"]', "error", "agents[1].environments[1]", "'exo' is not there", "called notes here"),
    "a permission": ("{ web", "{ wbe", "error", "agents[1].permissions.wbe", "is not there", "did you mean web?"),
    "allowing": ('web = "ask"', 'web = "allow"', "error", "agents[1].permissions.web", "'allow'", "--allow web"),
    "yes": ('web = "ask"', "web = true", "error", "agents[1].permissions.web", "cannot be True", '"ask" or "deny"'),
    "allow": ("world =", 'allow = ["web"]\nworld =', "error", "agents[1].allow", "not a key", "--allow NAME"),
    "deny": ("world =", 'deny = ["web"]\nworld =', "error", "agents[1].deny", "not a key", '"deny"'),
    "a server": ("world =", 'url = "x"\nworld =', "error", "agents[1].url", "not a key", "[worlds.NAME]"),
    "cli = true": ('world = "exos"', "cli = true", "error", "agents[1].cli", "not a key", "did you mean world?"),
    "a model": ("world =", 'model = "opus"\nworld =', "error", "agents[1].model", "cannot be", "take out world"),
    "a system text": ("world =", 'system = "x"\nworld =', "warning", "agents[1].system", "nothing to a world", "out"),
    "parameters": ("world =", "params = { seed = 1 }\nworld =", "warning", "agents[1].params", "nothing", "out"),
    "what people type": ('"exos"', '"cli"', "warning", "agents[1].world", "called exos", 'world = "exos"'),
    "a model as a world": ("system", 'model = "cli"\nsystem', "warning", "agents[0].model", "no model", "world ="),
    "only worlds": ("system", 'world = "exos"\n#', "error", "agents", "are all worlds", "without world"),
    "a place without": ("system", 'notebook = "x"\nsystem', "warning", "agents[0].notebook", "without a world", "add"),
    "votes": ("[[agents]]\nname = \"Desk\"", "[rules]\nstop = ['x']\nstop_votes = 2\n[[agents]]\nname = \"Desk\"",
              "error", "rules.stop_votes", "one agent beside worlds", "at most 1"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_what_is_wrong_is_told_with_what_would_be_right(mistake: str) -> None:
    old, new, severity, key, what, cure = MISTAKES[mistake]
    assert old in GOOD
    found = _told(GOOD.replace(old, new, 1))
    assert any(one[0] == severity and one[1] == key and what in one[2] and cure in one[3] for one in found), found


def test_tools_without_a_world_are_a_hint_and_with_one_they_are_not() -> None:
    alone = GOOD.partition('[[agents]]\nname = "Desk"')[0].replace("{{ other.name }}", "x")
    alone = alone.replace("{{ other.company }}", "y").replace("system", "tools = true\nsystem")
    assert [(severity, key) for severity, key, _, _ in _told(alone)] == [("warning", "agents[0].tools")]
    assert _told(GOOD.replace("system", "tools = true\nsystem", 1)) == []


def test_what_other_worlds_have_is_not_guessed() -> None:
    elsewhere = GOOD.replace('"exos"', '"workshop"').replace('"web"]', '"hammer"]').replace("{ web", "{ saw")
    assert _told(elsewhere) == []


def test_a_world_in_a_debate_stands_for_nothing() -> None:
    debate = GOOD.replace("system", 'position = "Yes."\nsystem', 1) + '[rules]\nmode = "debate"\nmax_rounds = 3\n'
    assert _told(debate) == []


def test_it_is_described_in_words() -> None:
    assert agent_notes(_template().agents[1]) == [
        "a world, exos: notes, web",
        "its notebook is {{ shelf }} notes, which sessions share",
        "asks you before: web",
        "may not do: notes.delete",
    ]


@dataclass(frozen=True)
class _Place:
    workspace: Workspace

    def cast(self, template: Template, *models: str, **choices: object) -> Setup:
        chosen = Choices(models=models, **choices)  # type: ignore[arg-type]
        return cast(template, "desk", chosen, self.workspace.catalogue, CastingDefaults()).setup


@pytest.fixture
def place(tmp_path, monkeypatch):  # type: ignore[no-untyped-def]
    monkeypatch.setenv("BACKROOMS_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("BACKROOMS_CONFIG_DIR", str(tmp_path / "config"))
    workspace = Workspace()
    yield _Place(workspace)
    workspace.close()


def test_one_model_is_for_everybody_who_is_no_world(place: _Place) -> None:
    setup = place.cast(_template(), "local", permissions={"web": "allow"})
    assert [(agent.model.partition("/")[0], agent.kind) for agent in setup.agents] == [
        ("local", "model"),
        ("world", "world"),
    ]
    assert setup.agents[1].world is not None
    assert setup.agents[1].world.permissions == {"web": "allow", "notes.delete": "deny"}


def test_a_model_on_a_worlds_seat_is_refused(place: _Place) -> None:
    with pytest.raises(OperatorError, match="seat 2 is a world"):
        place.cast(_template(), "local", "local")


def test_a_council_may_have_a_world_of_its_own(place: _Place) -> None:
    text = """
[template]
title = "A desk within"
[[agents]]
name = "Ada"
[agents.council]
[[agents.council.agents]]
name = "Doubt"
[[agents.council.agents]]
name = "Desk"
world = "exos"
"""
    for models in ((), ("local",)):
        council = place.cast(_template(text), *models).agents[0].council
        assert council is not None
        assert [member.kind for member in council.agents] == ["model", "world"]


def _world(place: _Place, agent: AgentSetup):  # type: ignore[no-untyped-def]
    return Worlds(place.workspace, "s").of(agent)


@pytest.mark.parametrize("name", ["exos", "cli_with_world_interface"])
async def test_what_an_explorer_remembers_is_what_the_world_really_answers(place: _Place, name: str) -> None:
    """Chance, measured likeness and times apart: the first line of each screen is the real one."""
    setup = place.cast(load_template(find_template(name, None)), "local")
    state, done = SessionState(), list[Exchange]()
    apply(state, SessionOpened(seq=1, at=1.0, session="s", setup=setup))
    world = _world(place, setup.agents[1])
    await world.open()
    history = setup.agents[0].history
    for typed, shown in zip(history[1:-1:2], history[2::2], strict=True):
        if "Command:" not in shown.text:
            continue  # another day begins
        (taken,) = world.take(Heard(1, "Explorer", 1, typed.text), state)
        answer = await world.answer(taken, View(state, 2, tuple(done), 1.0, Random(1)))
        done.append(Exchange(1, 1, taken.command, taken.name, answer.outcome, "", answer.environment, answer.changes))
        head, command, _, _, first = answer.screen.splitlines()[:5]
        assert shown.text.splitlines()[:2] == [head, command]
        assert shown.text.splitlines()[4].partition(":")[0] == first.partition(":")[0]
        assert answer.outcome == ("unknown" if "(none)" in shown.text else "done")


def test_the_environments_that_the_checker_knows_are_those_of_the_built_in_world(place: _Place) -> None:
    agent = AgentSetup(1, "Desk", "world/exos", kind="world", world=WorldSetup("exos", {"*": "allow"}))
    told = {line.partition(":")[0] for line in _world(place, agent).reach({"*": "allow"})}
    assert told <= set(ENVIRONMENTS)
