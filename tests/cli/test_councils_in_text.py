"""Councils and rounds on standard output: live, and from the record."""

import re

import pytest

from tests.cli.conftest import CommandLine

TEMPLATE = """
[template]
title = "A lab and a state"
[rules]
mode = "{mode}"
max_rounds = 2
[rules.rounds]
name = "Year"
first = 2030
last = 2031
[[agents]]
name = "Lab"
model = "{lab}"
[agents.council]
opening = "What shall we say?"
[agents.council.rules]
max_turns = 2
[[agents.council.agents]]
name = "Mara"
model = "{mara}"
[agents.council.agents.council]
[agents.council.agents.council.rules]
max_turns = 1
[[agents.council.agents.council.agents]]
name = "Owl"
model = "{owl}"
[[agents.council.agents]]
name = "Jon"
model = "{jon}"
[[agents]]
name = "State"
model = "{state}"
"""


@pytest.fixture
def template(backrooms: CommandLine):
    def make(mode: str = "statements") -> str:
        models = {
            name: backrooms.script(name, f"{name} says one", f"{name} says two")
            for name in ("lab", "mara", "owl", "jon", "state")
        }
        (backrooms.folder / "lab.toml").write_text(TEMPLATE.format(mode=mode, **models), "utf-8")
        return "lab.toml"

    return make


def test_what_is_said_in_councils_stands_under_its_host_as_it_is_said(backrooms: CommandLine, template) -> None:
    ran = backrooms("run", template())
    lines = [line for line in ran.out.splitlines() if line.strip()]
    first = lines[2 : lines.index("State · turn 2" if "State · turn 2" in lines else "② State · turn 2")]
    assert first == [
        "── Year 2030 (round 1 of 2)",
        "◇ the council of Lab begins",
        "        ◇ Lab · Mara · Owl",
        "        owl says one",
        "    ◇ Lab · Mara",
        "    mara says one",
        "    ◇ Lab · Jon",
        "    jon says one",
        "◇ the council of Lab is over · 2 turns · $0.0000",
        "① Lab · turn 1",
        "lab says one",
    ]
    assert "── Year 2031 (round 2 of 2)" in lines


def test_a_session_with_councils_is_printed_again_as_it_was(backrooms: CommandLine, template) -> None:
    ran = backrooms("run", template())
    assert backrooms("replay", "last", "--format", "text").out == ran.out
    assert backrooms("sessions", "show", "last").out == ran.out


def test_json_lines_are_the_events_of_the_one_session(backrooms: CommandLine, template) -> None:
    ran = backrooms("run", template(), "--format", "jsonl")
    events = ran.events()
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert [event["text"] for event in events if event["kind"] == "turn_ended"] == [
        "lab says one",
        "state says one",
        "lab says two",
        "state says two",
    ]
    ended = [event for event in events if event["kind"] == "council_ended"]
    assert [(event["turn"], event["agent"], event["turns"]) for event in ended] == [(1, 1, 2), (3, 1, 2)]
    assert [event["label"] for event in events if event["kind"] == "round_began"] == ["Year 2030", "Year 2031"]
    assert backrooms("replay", "last", "--format", "jsonl").out == ran.out


def test_a_council_can_be_shown_by_its_id(backrooms: CommandLine, template) -> None:
    ran = backrooms("run", template(), "--format", "jsonl")
    council = next(event["council"] for event in ran.events() if event["kind"] == "council_opened")
    shown = backrooms("sessions", "show", council).out
    assert "mara says one" in shown
    assert re.search(r"^◇ the council of Mara is over", shown, re.MULTILINE)
    assert "    owl says one" in shown
    assert council not in backrooms("sessions", "list").out
