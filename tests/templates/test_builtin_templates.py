"""The eight templates that come with the program."""

import pytest

from backrooms_tui.templates.checking import check_text
from backrooms_tui.templates.filling import FilledAgent, SeatChoice, fill
from backrooms_tui.templates.findings import render_findings
from backrooms_tui.templates.loading import find_template, list_templates, load_template
from backrooms_tui.templates.reading import read_text

NAMES = ("cli", "duo", "ethics", "fugue", "gallery", "science", "spirituality", "student")


def _texts(agents: tuple[FilledAgent, ...]) -> list[str]:
    return [text for agent in agents for text in (agent.name, agent.system, *(seed.text for seed in agent.history))]


def test_all_eight_are_there_and_say_what_they_are() -> None:
    summaries = list_templates(None)
    assert tuple(summary.source.name for summary in summaries) == NAMES
    for summary in summaries:
        assert summary.problem == ""
        assert summary.title
        assert summary.description.endswith(".")
        assert summary.seats == 2


@pytest.mark.parametrize("name", NAMES)
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
