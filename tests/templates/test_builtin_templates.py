"""The templates that come with the program: eight for two, three for more, four with councils, rounds, sides, and
three with a world."""

import pytest

from backrooms_tui.session.world import WorldSetup
from backrooms_tui.templates.checking import check_text
from backrooms_tui.templates.filling import FilledAgent, SeatChoice, fill
from backrooms_tui.templates.filling_rules import fill_rules
from backrooms_tui.templates.findings import render_findings
from backrooms_tui.templates.loading import find_template, list_templates, load_template
from backrooms_tui.templates.reading import read_text

NAMES = ("cli", "duo", "ethics", "fugue", "gallery", "science", "spirituality", "student")
TABLES = {"roundtable": 4, "salon": 5, "stageplay": 4}
COUNCILS = {"forecast": 4, "forecast-plain": 4, "debate": 2, "conscience": 2}
WORLDS = {"exos": 2, "cli_with_world_interface": 2, "library": 3}
ALL = (*NAMES, *TABLES, *COUNCILS, *WORLDS)


def _texts(agents: tuple[FilledAgent, ...]) -> list[str]:
    return [text for agent in agents for text in (agent.name, agent.system, *(seed.text for seed in agent.history))]


def _seats(name: str) -> list[SeatChoice]:
    return [SeatChoice("anthropic/claude-opus-5", "Anthropic", "Claude Opus 5")] * {**TABLES, **COUNCILS}.get(name, 2)


def test_all_are_there_and_say_what_they_are() -> None:
    summaries = list_templates(None)
    assert {summary.source.name for summary in summaries} == set(ALL)
    for summary in summaries:
        assert summary.problem == ""
        assert summary.title
        assert summary.description.endswith(".")
        assert summary.seats == {**TABLES, **COUNCILS, **WORLDS}.get(summary.source.name, 2)


@pytest.mark.parametrize("name", ALL)
def test_the_checker_finds_nothing(name: str) -> None:
    source = find_template(name, None)
    assert render_findings(check_text(read_text(source.path), source.path.name)) == []


@pytest.mark.parametrize("name", NAMES)
def test_no_blank_is_left(name: str, same_seats: list[SeatChoice], different_seats: list[SeatChoice]) -> None:
    template = load_template(find_template(name, None))
    for seats in (same_seats, different_seats):
        for text in _texts(fill(template, {}, seats)):
            assert text == text.strip()
            assert not any(mark in text for mark in ("{{", "}}", "{%", "%}", "\n\n\n"))


@pytest.mark.parametrize("name", NAMES)
def test_the_wording_depends_on_whether_both_seats_hold_the_same_model(
    name: str, same_seats: list[SeatChoice], different_seats: list[SeatChoice]
) -> None:
    template = load_template(find_template(name, None))
    same, different = fill(template, {}, same_seats), fill(template, {}, different_seats)
    for one, other in zip(same, different, strict=True):
        assert one.system != other.system
        assert "GPT-6" not in one.system
    assert "GPT-6, a model made by OpenAI" in different[0].system
    assert "Claude Opus 5, a model made by Anthropic" in different[1].system


@pytest.mark.parametrize("name", NAMES)
def test_a_model_whose_maker_nobody_knows_reads_well(name: str) -> None:
    template = load_template(find_template(name, None))
    seats = [SeatChoice("scripted/a.txt"), SeatChoice("scripted/b.txt")]
    for agent in fill(template, {}, seats):
        assert "made by" not in agent.system
        assert " ," not in agent.system


@pytest.mark.parametrize("name", NAMES)
def test_the_first_speaker_has_something_to_answer(name: str, same_seats: list[SeatChoice]) -> None:
    first, second = fill(load_template(find_template(name, None)), {}, same_seats)
    assert first.history[-1].role == "user"
    assert second.history[-1].role == "assistant"
    for agent in (first, second):
        roles = [seed.role for seed in agent.history]
        assert roles == [("user", "assistant")[index % 2] for index in range(len(roles))]


@pytest.mark.parametrize("name", NAMES)
def test_both_remember_the_same_beginning(name: str, same_seats: list[SeatChoice]) -> None:
    first, second = fill(load_template(find_template(name, None)), {}, same_seats)
    heard = [seed.text for seed in first.history]
    assert [seed.text for seed in second.history][-len(heard) :] == heard
    swapped = {"user": "assistant", "assistant": "user"}
    roles = [swapped[seed.role] for seed in first.history]
    assert [seed.role for seed in second.history][-len(heard) :] == roles


@pytest.mark.parametrize("name", NAMES)
def test_an_agent_is_told_how_to_end_it_and_the_rules_agree(name: str, same_seats: list[SeatChoice]) -> None:
    template = load_template(find_template(name, None))
    assert template.rules.stop == ("^C^C",)
    for agent in fill(template, {}, same_seats):
        assert "^C^C alone on a line" in agent.system
        assert agent.model is None
        assert 200 <= int(agent.params["max_tokens"]) <= 700


@pytest.mark.parametrize("name", NAMES)
def test_each_variable_is_explained_and_changes_what_is_said(name: str, same_seats: list[SeatChoice]) -> None:
    template = load_template(find_template(name, None))
    assert 2 <= len(template.variables) <= 5
    for variable, about in template.variables.items():
        assert about.help
        assert about.default
        assert any(
            "something else" in text for text in _texts(fill(template, {variable: "something else"}, same_seats))
        )


@pytest.mark.parametrize("name", TABLES)
def test_at_a_larger_table_no_blank_is_left_and_the_wording_knows_who_plays(name: str) -> None:
    template = load_template(find_template(name, None))
    seats = [SeatChoice(f"some/model-{seat}", f"Company {seat}", f"Model {seat}") for seat in range(template.seats)]
    same, different = fill(template, {}, _seats(name)), fill(template, {}, seats)
    for agent in (*same, *different):
        for text in (agent.name, agent.description, agent.system, *(seed.text for seed in agent.history)):
            assert text.strip()
            assert not any(mark in text for mark in ("{{", "}}", "{%", "%}", "\n\n\n"))
        assert "^C^C alone on a line" in agent.system
        assert 200 <= int(agent.params["max_tokens"]) <= 700
    for number, (one, other) in enumerate(zip(same, different, strict=True)):
        assert one.system != other.system
        assert f"Model {number}, a model made by Company {number}" in other.system
    rules = fill_rules(template, {}, seats)
    assert not any("{{" in cue.text for cue in rules.cues)


@pytest.mark.parametrize("name", TABLES)
def test_whoever_speaks_first_at_a_larger_table_has_something_to_answer(name: str) -> None:
    for agent in fill(load_template(find_template(name, None)), {}, _seats(name)):
        roles = [seed.role for seed in agent.history]
        assert roles[-1] == "user"
        assert roles == [("user", "assistant")[index % 2] for index in range(len(roles))]


@pytest.mark.parametrize("name", ["roundtable", "salon"])
def test_at_a_larger_table_all_remember_the_same_beginning(name: str) -> None:
    heard = []
    for agent in fill(load_template(find_template(name, None)), {}, _seats(name)):
        told = [seed.text if seed.role == "user" else f"{agent.name}: {seed.text}" for seed in agent.history]
        heard.append("\n\n".join(told).removeprefix("(You begin.)\n\n"))
    assert len(set(heard)) == 1


@pytest.mark.parametrize("name", TABLES)
def test_each_variable_of_a_larger_table_is_explained_and_changes_what_is_said(name: str) -> None:
    template = load_template(find_template(name, None))
    for variable, about in template.variables.items():
        assert about.help
        assert any(
            "something else" in text for text in _texts(fill(template, {variable: "something else"}, _seats(name)))
        )


def test_the_round_table_has_a_manager_who_knows_the_agents_by_a_line_each() -> None:
    template = load_template(find_template("roundtable", None))
    assert template.rules.order == "manager"
    assert all(agent.description for agent in template.agents)
    assert template.rules.stop_votes == 3


def test_in_the_salon_each_bids_and_is_reminded_of_who_it_is() -> None:
    template = load_template(find_template("salon", None))
    assert template.rules.order == "bidding"
    for agent in fill(template, {}, _seats("salon")):
        assert agent.reminder is not None
        assert agent.name in agent.reminder.text


def test_on_the_stage_the_guest_is_absent_until_a_cue_brings_him_in_and_takes_him_out() -> None:
    template = load_template(find_template("stageplay", None))
    agents = fill(template, {}, _seats("stageplay"))
    (guest,) = [agent for agent in agents if agent.absent]
    cues = fill_rules(template, {}, _seats("stageplay")).cues
    assert [(cue.turn, cue.brings, cue.sends_away) for cue in cues if cue.brings or cue.sends_away] == [
        (9, guest.seat, 0),
        (27, 0, guest.seat),
    ]
    assert {cue.to for cue in cues if cue.to} == {3, guest.seat}
    # What the others remember from before, he has not heard.
    assert "Forty-one" not in str(guest.history)


def test_only_vera_knows_the_secret_of_the_inn() -> None:
    agents = fill(load_template(find_template("stageplay", None)), {"secret": "a sleeping bear"}, _seats("stageplay"))
    assert [agent.name for agent in agents if "sleeping bear" in str(_texts((agent,)))] == ["Vera"]


def test_duo_has_a_ladder_that_is_used_only_when_it_is_asked_for() -> None:
    template = load_template(find_template("duo", None))
    assert not template.rules.use_ladder
    assert [step.remedy for step in template.rules.ladder] == ["nudge", "topic"]
    assert len(set(template.rules.ladder[1].topics)) >= 20


def test_the_simulator_alone_knows_the_secret_of_the_command_line(same_seats: list[SeatChoice]) -> None:
    explorer, simulator = fill(load_template(find_template("cli", None)), {"secret": "a sleeping bear"}, same_seats)
    assert "sleeping bear" in simulator.system
    assert not any("sleeping bear" in text for text in _texts((explorer,)))


def test_duo_takes_both_names_both_characters_and_the_topic(different_seats: list[SeatChoice]) -> None:
    values = {
        "first_name": "Ruth",
        "first_character": "a beekeeper",
        "second_name": "Ilya",
        "second_character": "a tax inspector",
        "topic": "honey",
    }
    first, second = fill(load_template(find_template("duo", None)), values, different_seats)
    assert (first.name, second.name) == ("Ruth", "Ilya")
    for word in ("Ruth", "a beekeeper", "Ilya", "a tax inspector", "honey"):
        assert word in first.system
        assert word in second.system
    assert first.history[-1].text.startswith("Ilya.")


def _everybody(agents: tuple[FilledAgent, ...]) -> list[FilledAgent]:
    """`agents` and the members of their councils, at any depth."""
    within = [member for agent in agents if agent.council is not None for member in _everybody(agent.council.agents)]
    return [*agents, *within]


def _depth(agents: tuple[FilledAgent, ...]) -> int:
    return max((1 + _depth(agent.council.agents) for agent in agents if agent.council is not None), default=0)


@pytest.mark.parametrize("name", COUNCILS)
def test_with_councils_and_rounds_no_blank_is_left_and_all_is_short(name: str) -> None:
    agents = fill(load_template(find_template(name, None)), {}, _seats(name))
    names = [agent.name for agent in _everybody(agents)]
    assert len(set(names)) == len(names)
    for agent in _everybody(agents):
        opening = agent.council.opening if agent.council is not None else "none"
        for text in (agent.system, opening, agent.position, *(seed.text for seed in agent.history)):
            assert not any(mark in text for mark in ("{{", "}}", "{%", "%}", "\n\n\n"))
        assert opening
        # Small models follow what is short, and lose themselves in what is long.
        assert len(agent.system) < 700
        assert 40 <= int(agent.params["max_tokens"]) <= 260
        assert agent.model is None
        assert f"Speak as {agent.name} only." in agent.system


@pytest.mark.parametrize("name", COUNCILS)
def test_each_variable_of_a_template_with_rounds_is_explained_and_changes_something(name: str) -> None:
    template = load_template(find_template(name, None))
    for variable, about in template.variables.items():
        assert about.help
        assert about.default
        values = {variable: "2028"}
        changed = fill(template, values, _seats(name)), fill_rules(template, values, _seats(name))
        assert changed != (fill(template, {}, _seats(name)), fill_rules(template, {}, _seats(name)))


def test_the_forecast_goes_from_year_to_year_with_councils_two_levels_deep() -> None:
    template = load_template(find_template("forecast", None))
    agents = fill(template, {}, _seats("forecast"))
    assert template.rules.mode == "statements"
    rounds = fill_rules(template, {}, _seats("forecast")).rounds
    assert rounds is not None
    assert (rounds.name, rounds.labels) == ("Year", ("2027", "2028", "2029"))
    assert _depth(agents) == 2
    for agent in agents:
        assert agent.council is not None
        assert len(agent.council.agents) == 3


def test_the_plain_forecast_is_the_same_without_the_councils() -> None:
    councils, plain = (load_template(find_template(name, None)) for name in ("forecast", "forecast-plain"))
    assert _depth(fill(plain, {}, _seats("forecast"))) == 0
    assert plain.agents == tuple(agent.model_copy(update={"council": None}) for agent in councils.agents)
    assert (plain.variables, plain.rules) == (councils.variables, councils.rules)


def test_the_two_in_the_debate_stand_for_opposite_sides() -> None:
    template = load_template(find_template("debate", None))
    assert (template.rules.mode, template.rules.max_rounds) == ("debate", 4)
    one, other = fill(template, {"motion": "Bees first."}, _seats("debate"))
    assert (one.position, other.position) == ("You are for it: Bees first.", "You are against it: Bees first.")


def test_only_edda_and_the_voices_in_her_know_what_she_has_done() -> None:
    template = load_template(find_template("conscience", None))
    edda, friend = fill(template, {"secret": "she ate a sleeping bear"}, _seats("conscience"))
    knows = [agent.name for agent in _everybody((edda, friend)) if "sleeping bear" in str(_texts((agent,)))]
    assert knows == ["Edda", "Honesty", "Fear"]
    assert edda.council is not None
    assert edda.council.table.memory == "keep"


@pytest.mark.parametrize("name", WORLDS)
def test_a_world_is_at_the_table_and_its_seeds_say_so_word_for_word(name: str) -> None:
    template = load_template(find_template(name, None))
    seats = [SeatChoice("some/model", "Somebody", "Some model")] * (len(template.agents) - 1)
    *models, world = fill(template, {}, [*seats, SeatChoice("world/exos", "CLI", "CLI")])
    assert world.world is not None
    assert world.world.name == "exos"
    assert not world.system
    for agent in models:
        assert agent.world is None
        for text in (agent.system, *(seed.text for seed in agent.history)):
            assert text == text.strip()
            assert not any(mark in text for mark in ("{{", "}}", "{%", "%}", "\n\n\n"))


def test_the_library_keeps_its_notes_for_other_evenings_or_for_itself() -> None:
    template = load_template(find_template("library", None))
    seats = [SeatChoice("some/model")] * 2 + [SeatChoice("world/exos")]
    assert fill(template, {}, seats)[2].world == WorldSetup("exos", {}, ("notes", "dice"), "library")
    alone = fill(template, {"notebook": ""}, seats)[2].world
    assert alone is not None
    assert alone.notebook == ""
