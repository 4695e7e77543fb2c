"""What a template says of order, cues, reminders, limits and the ladder: checked, filled, described, written again."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backrooms_tui.session.setup import Cue, Reminder
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.templates.checking import check_text, checked_template
from backrooms_tui.templates.describing import agent_notes, rules_notes
from backrooms_tui.templates.document import Template
from backrooms_tui.templates.filling import SeatChoice, fill
from backrooms_tui.templates.filling_rules import FilledRules, fill_rules
from backrooms_tui.templates.findings import Finding, render_findings
from backrooms_tui.templates.orders import ORDERS
from backrooms_tui.templates.writing import template_text

FULL = """\
[template]
title = "Three"

[variables.guest]
default = "Ruben"

[[agents]]
name = "Ada"
description = "a pilot who knows {{ guest }}"
talkativeness = 0.9
memory = "notebook"

[agents.reminder]
text = "You are {{ self.name }}."
every = 3
depth = 1

[[agents]]
name = "Ben"
guard = false

[[agents]]
name = "{{ guest }}"
absent = true

[rules]
order = "manager"
manager = "haiku"
play = true
stop = ["^C^C"]
stop_votes = 2
max_rounds = 20
max_tokens = 90000
max_seconds = 600
stall_at = 0.7

[[rules.cues]]
turn = 4
text = "{{ guest }} comes in."
brings = "{{ guest }}"

[[rules.cues]]
turn = 6
text = "A bell, only for {{ agents[1].name }}."
to = "ben"

[[rules.cues]]
turn = 9
text = "It is late."
sends_away = 3

[[rules.ladder]]
remedy = "nudge"
text = "Something new, {{ agents[0].name }}."

[[rules.ladder]]
remedy = "topic"
topics = ["A door.", "{{ guest }} sneezes.", "A door."]

[[rules.ladder]]
remedy = "temperature"
temperature = 0
turns = 2

[[rules.ladder]]
remedy = "model"
model = "opus"

[[rules.ladder]]
remedy = "call"
"""
SEATS = [SeatChoice("a/b")] * 3


def _errors(text: str) -> list[Finding]:
    return [finding for finding in check_text(text, "f") if finding.severity == "error"]


def _template(text: str = FULL) -> Template:
    template, findings = checked_template(text, "three.toml")
    assert template is not None, render_findings(findings)
    return template


def _rules(values: dict[str, str] | None = None, text: str = FULL) -> FilledRules:
    return fill_rules(_template(text), values or {}, SEATS)


def test_a_file_with_everything_in_it_has_no_findings() -> None:
    assert render_findings(check_text(FULL, "three.toml")) == []


# What is changed in the file; then the line, the key, a part of what is wrong, a part of what would be right.
MISTAKES: dict[str, tuple[str, str, int, str, str, str]] = {
    "a talkativeness above one": ("0.9", "1.5", 10, "agents[0].talkativeness", "1.5", "at most 1"),
    "a talkativeness below nothing": ("0.9", "-1", 10, "agents[0].talkativeness", "-1", "at least 0"),
    "an unknown memory": ('"notebook"', '"diary"', 11, "agents[0].memory", "'diary'", "'notebook'"),
    "a guard in words": ("guard = false", 'guard = "no"', 20, "agents[1].guard", "true or false", "true or false"),
    "absent as a number": ("absent = true", "absent = 1", 24, "agents[2].absent", "true or false", ""),
    "a reminder without words": (
        'text = "You are {{ self.name }}."\n',
        "",
        13,
        "agents[0].reminder.text",
        "miss",
        "text =",
    ),
    "an empty reminder": ('"You are {{ self.name }}."', '" "', 14, "agents[0].reminder.text", "empty", "text"),
    "a reminder at no time": ("every = 3", "every = 0", 15, "agents[0].reminder.every", "cannot be 0", "at least 1"),
    "a reminder as a text": (
        '[agents.reminder]\ntext = "You are {{ self.name }}."\nevery = 3\ndepth = 1',
        'reminder = "Stay."',
        13,
        "agents[0].reminder",
        "a table",
        "[agents.reminder]",
    ),
    "a wrong key of a reminder": (
        "depth = 1",
        "dept = 1",
        16,
        "agents[0].reminder.dept",
        "[agents.reminder]",
        "mean depth?",
    ),
    "a wrong blank in a reminder": ("self.name", "self.nmae", 14, "agents[0].reminder.text", "'nmae'", "mean name?"),
    "a wrong blank in a description": (
        "knows {{ guest",
        "knows {{ gust",
        9,
        "agents[0].description",
        "'gust'",
        "guest?",
    ),
    "a description of two lines": ("pilot who", "pilot\\nwho", 9, "agents[0].description", "one line", "one line"),
    "an order nearly right": (
        '"manager"\nmanager',
        '"round_robbin"\nmanager',
        27,
        "rules.order",
        "known",
        "mean round-robin?",
    ),
    "more votes than agents": ("stop_votes = 2", "stop_votes = 4", 31, "rules.stop_votes", "3 agents", "at most 3"),
    "no votes": ("stop_votes = 2", "stop_votes = 0", 31, "rules.stop_votes", "cannot be 0", "at least 1"),
    "rounds below nothing": ("max_rounds = 20", "max_rounds = -2", 32, "rules.max_rounds", "-2", "0 is no limit"),
    "half a token": ("90000", "90000.5", 33, "rules.max_tokens", "a whole number", ""),
    "time without end": ("600", "nan", 34, "rules.max_seconds", "nan", "number"),
    "a stall at nothing": ("0.7", "0", 35, "rules.stall_at", "cannot be 0", "more than 0"),
    "a stall above one": ("0.7", "7", 35, "rules.stall_at", "cannot be 7", "at most 1"),
    "a cue at no turn": ("turn = 4\n", "", 37, "rules.cues[0].turn", "missing", "turn = 20"),
    "a cue before the first turn": ("turn = 4", "turn = 0", 38, "rules.cues[0].turn", "cannot be 0", "at least 1"),
    "a cue that says nothing": ('"It is late."', '""', 49, "rules.cues[2].text", "empty", "what happens"),
    "a cue to nobody": ('to = "ben"', 'to = "bem"', 45, "rules.cues[1].to", "'bem'", "Ben"),
    "a cue to a seat that nobody has": (
        "sends_away = 3",
        "sends_away = 4",
        50,
        "rules.cues[2].sends_away",
        "seat 4",
        "1 to 3",
    ),
    "a seat in quotes": ("sends_away = 3", 'sends_away = "3"', 50, "rules.cues[2].sends_away", "'3'", "without quotes"),
    "a seat that is a list": ('to = "ben"', "to = [2]", 45, "rules.cues[1].to", "name or seat", "second"),
    "another word for a key of a cue": (
        'to = "ben"',
        'agent = "ben"',
        45,
        "rules.cues[1].agent",
        "[[rules.cues]]",
        "mean to?",
    ),
    "a cue that brings and sends away": (
        'brings = "{{ guest }}"',
        'brings = "{{ guest }}"\nsends_away = "{{ guest }}"',
        41,
        "rules.cues[0].sends_away",
        "brings",
        "two cues",
    ),
    "itself in a cue": ("It is late.", "{{ self.name }}", 49, "rules.cues[2].text", "nobody in the rules", "agents[0]"),
    "a wrong blank in a cue": (
        "A bell, only for {{ agents[1]",
        "{{ agents[8]",
        44,
        "rules.cues[1].text",
        "agents[8]",
        "agents[2]",
    ),
    "a table of cues that is none": (
        '[[rules.cues]]\nturn = 9\ntext = "It is late."\nsends_away = 3\n',
        "[[rules.cue]]\nturn = 9\n",
        47,
        "rules.cue",
        "[rules]",
        "mean cues?",
    ),
    "an unknown remedy": ('"nudge"', '"nag"', 53, "rules.ladder[0].remedy", "'nag'", "'nudge'"),
    "a step without a remedy": ('remedy = "nudge"\n', "", 52, "rules.ladder[0].remedy", "missing", '"topic"'),
    "a topic without topics": (
        'topics = ["A door.", "{{ guest }} sneezes.", "A door."]',
        "",
        56,
        "rules.ladder[1].topics",
        "missing",
        "topics =",
    ),
    "an empty topic": ('"A door.", "{{ guest', '"", "{{ guest', 58, "rules.ladder[1].topics", "empty", "text"),
    "a wrong blank in a topic": (
        "{{ guest }} sneezes",
        "{{ gest }} sneezes",
        58,
        "rules.ladder[1].topics[1]",
        "'gest'",
        "mean guest",
    ),
    "a key of another remedy": (
        'remedy = "call"',
        'remedy = "call"\nturns = 3',
        71,
        "rules.ladder[4].turns",
        "'call'",
        "has text",
    ),
    "a model for a temperature": (
        "temperature = 0",
        'model = "opus"',
        62,
        "rules.ladder[2].model",
        "'temperature'",
        "turns",
    ),
    "too hot": ("temperature = 0", "temperature = 9", 62, "rules.ladder[2].temperature", "out of range", "from 0 to 2"),
    "a model that is none": ('model = "opus"', 'model = ""', 67, "rules.ladder[3].model", "empty", "text"),
    "a step for no turns": ("turns = 2", "turns = 0", 63, "rules.ladder[2].turns", "cannot be 0", "at least 1"),
}


@pytest.mark.parametrize(("old", "new", "line", "key", "what", "cure"), MISTAKES.values(), ids=MISTAKES.keys())
def test_each_mistake_is_told_with_its_line_its_key_and_its_cure(
    old: str, new: str, line: int, key: str, what: str, cure: str
) -> None:
    assert old in FULL
    findings = _errors(FULL.replace(old, new, 1))
    matching = [finding for finding in findings if finding.key == key and what in finding.what]
    assert matching, render_findings(findings)
    assert matching[0].line == line
    assert cure in matching[0].cure


def test_everything_that_is_wrong_in_the_rules_is_told_at_once() -> None:
    text = (
        FULL.replace('to = "ben"', 'to = "x"')
        .replace("sends_away = 3", "sends_away = 9")
        .replace("votes = 2", "votes = 8")
    )
    # Ruben's name is a variable, and so names are compared once it is filled: only seats are told now.
    assert [finding.line for finding in _errors(text)] == [31, 50]
    text = text.replace('name = "{{ guest }}"', 'name = "Ruben"').replace('brings = "{{ guest }}"', 'brings = "Ruben"')
    assert [finding.line for finding in _errors(text)] == [31, 45, 50]


# Things that are possible and yet hardly meant: they are told, and the template can be played.
HINTS: dict[str, tuple[str, str, str, str]] = {
    "a manager that picks nobody": ('order = "manager"', 'order = "bidding"', "rules.manager", "'bidding'"),
    "a repeat that does nothing": ("play = true", "repeat = true", "rules.repeat", "'manager'"),
    "votes about nothing": ('stop = ["^C^C"]\n', "", "rules.stop_votes", "nobody can say"),
    "a cue after the end": ("max_rounds = 20", "max_turns = 8", "rules.cues[2].turn", "after 8 turns"),
    "a cue after the last round": ("max_rounds = 20", "max_rounds = 2", "rules.cues[2].turn", "after 6 turns"),
    "somebody who is there already": ("absent = true", "absent = false", "rules.cues[0].brings", "there already"),
    "a word to somebody who is away": ('to = "ben"', "to = 3", "rules.cues[1].to", ""),
    "a step that is never reached": ('remedy = "nudge"', 'remedy = "end"', "rules.ladder[1]", "never reached"),
}


@pytest.mark.parametrize(("old", "new", "key", "what"), HINTS.values(), ids=HINTS.keys())
def test_what_is_hardly_meant_is_a_warning(old: str, new: str, key: str, what: str) -> None:
    text = FULL.replace(old, new, 1)
    if key == "rules.cues[1].to":
        text = text.replace("turn = 6", "turn = 2")
    findings = check_text(text, "f")
    assert [finding.severity for finding in findings] == ["warning"], render_findings(findings)
    assert findings[0].key == key
    assert what in findings[0].what


def test_a_ladder_that_is_left_out_has_to_be_there() -> None:
    text = '[template]\ntitle = "T"\n[[agents]]\nname = "A"\n[rules]\nuse_ladder = false\n'
    assert [(one.line, one.severity, one.key) for one in check_text(text, "f")] == [(6, "warning", "rules.use_ladder")]


def test_somebody_has_to_be_there_to_begin() -> None:
    alone = '[template]\ntitle = "T"\n[[agents]]\nname = "A"\nabsent = true\n'
    assert [(one.line, one.key) for one in _errors(alone)] == [(5, "agents[0].absent")]
    brought = alone + '[[rules.cues]]\nturn = 1\ntext = "A comes in."\nbrings = 1\n'
    assert check_text(brought, "f") == []


def test_an_absent_agent_whom_no_cue_brings_is_the_operators_to_bring() -> None:
    text = FULL.replace('brings = "{{ guest }}"\n', "").replace("sends_away = 3\n", "")
    assert check_text(text, "f") == []


def test_inline_tables_are_located_too() -> None:
    text = (
        '[template]\ntitle = "T"\n[[agents]]\nname = "A"\nreminder = { text = "x", evry = 2 }\n'
        '[rules]\ncues = [\n  { turn = 1, text = "a" },\n  { turn = 2, text = "b", to = "B" },\n]\n'
    )
    assert [(one.line, one.key) for one in _errors(text)] == [(5, "agents[0].reminder.evry")]
    assert [(one.line, one.key) for one in _errors(text.replace("evry", "every"))] == [(9, "rules.cues[1].to")]


@pytest.mark.timeout(30)
def test_a_file_of_nothing_but_cues_and_topics_is_checked_soon() -> None:
    cues = '[[rules.cues]]\nturn = 1\ntext = "{{ agents[0].name }}"\n' * 400
    topics = ", ".join(['"{{ agents[0].name }}"'] * 200)
    ladder = f'[[rules.ladder]]\nremedy = "topic"\ntopics = [{topics}]\n' * 16
    assert _errors(f'[template]\ntitle = "T"\n[[agents]]\nname = "A"\n{cues}{ladder}') == []
    more = _errors(f'[template]\ntitle = "T"\n[[agents]]\nname = "A"\n{cues}{cues}')
    assert "more than 400" in more[0].what


def test_blanks_are_filled_wherever_words_stand() -> None:
    ada, ben, ruben = fill(_template(), {"guest": "Mila"}, SEATS)
    assert ada.description == "a pilot who knows Mila"
    assert ada.reminder == Reminder("You are Ada.", every=3, depth=1)
    assert (ada.talkativeness, ada.memory, ada.guard, ada.absent) == (0.9, "notebook", True, False)
    assert (ben.reminder, ben.guard, ruben.absent, ruben.name) == (None, False, True, "Mila")
    rules = _rules({"guest": "Mila"})
    assert rules.cues == (
        Cue(4, "Mila comes in.", brings=3),
        Cue(6, "A bell, only for Ben.", to=2),
        Cue(9, "It is late.", sends_away=3),
    )
    assert [step.kind for step in rules.ladder] == ["nudge", "topic", "temperature", "model", "call"]
    assert rules.ladder[0].text == "Something new, Ada."
    assert rules.ladder[1].topics == ("A door.", "Mila sneezes.")
    assert (rules.ladder[2].temperature, rules.ladder[2].turns, rules.ladder[3].model) == (0, 2, "opus")


def test_a_name_that_a_value_makes_unknown_is_told() -> None:
    text = FULL.replace('to = "ben"', 'to = "{{ guest }}"').replace('name = "{{ guest }}"', 'name = "Ruben"')
    assert _rules(text=text).cues[1].to == 3
    with pytest.raises(OperatorError) as caught:
        _rules({"guest": "Bem"}, text)
    assert caught.value.what == "rules.cues[0].brings: nobody is called 'Bem'"
    assert caught.value.cure == "did you mean Ben?"


def test_a_cue_that_a_value_makes_empty_is_told() -> None:
    text = FULL.replace('"It is late."', '"{{ guest }}"')
    text = text.replace('name = "{{ guest }}"', 'name = "Ruben"').replace('brings = "{{ guest }}"', "brings = 3")
    with pytest.raises(OperatorError, match=r"^rules\.cues\[2\]\.text: is empty once"):
        _rules({"guest": " "}, text)


def test_the_rules_read_as_sentences() -> None:
    template = _template()
    assert rules_notes(template) == [
        "Who speaks next: whoever a model picks that reads along, haiku",
        "Agents may speak for others: it is a play",
        "Ends when 2 agents have written a line ^C^C",
        "Ends after 20 rounds",
        "Ends after 90,000 tokens",
        "Ends after 600 seconds",
        "At turn 4: {{ guest }} comes in · {{ guest }} comes in.",
        "At turn 6: A bell, only for {{ agents[1].name }}. (only ben hears it)",
        "At turn 9: {{ guest }} leaves · It is late.",
        "When the talk stalls (at 0.7): a nudge, one of 3 topics, temperature 0 for 2 turns, opus for 4 turns, "
        "call the operator",
    ]
    assert agent_notes(template.agents[0]) == [
        "a pilot who knows {{ guest }}",
        "talkativeness 0.9",
        "keeps a notebook",
        "reminded every 3 of its turns: You are {{ self.name }}.",
    ]
    assert agent_notes(template.agents[1]) == ["may speak for others"]
    assert agent_notes(template.agents[2]) == ["comes later"]


def test_a_template_with_everything_in_it_comes_back_as_it_was() -> None:
    template = _template()
    again, findings = checked_template(template_text(template), "again.toml")
    assert render_findings(findings) == []
    assert again == template


_TEXT = st.text(max_size=30).filter(lambda text: text.strip() and "{" not in text and "\r" not in text)
_STEPS = st.one_of(
    st.fixed_dictionaries({"remedy": st.sampled_from(["nudge", "call", "end"])}, optional={"text": _TEXT}),
    st.fixed_dictionaries({"remedy": st.just("topic"), "topics": st.lists(_TEXT, min_size=1, max_size=3)}),
    st.fixed_dictionaries(
        {"remedy": st.just("temperature"), "temperature": st.floats(0, 2)}, optional={"turns": st.integers(1, 99)}
    ),
    st.fixed_dictionaries(
        {"remedy": st.just("model"), "model": st.just("opus")}, optional={"turns": st.integers(1, 9)}
    ),
)
_AGENT = st.fixed_dictionaries(
    {},
    optional={
        "description": st.just("a pilot"),
        "talkativeness": st.floats(0, 1),
        "memory": st.sampled_from(["drop", "summary", "notebook"]),
        "guard": st.booleans(),
        "reminder": st.fixed_dictionaries(
            {"text": _TEXT}, optional={"every": st.integers(1, 99), "depth": st.integers(0, 9)}
        ),
    },
)
_RULES = st.fixed_dictionaries(
    {},
    optional={
        "order": st.sampled_from(list(ORDERS)),
        "manager": st.just("haiku"),
        "repeat": st.booleans(),
        "play": st.booleans(),
        "max_rounds": st.integers(0, 10**6),
        "max_tokens": st.integers(0, 10**12),
        "max_seconds": st.floats(0, 1e9),
        "stop_votes": st.integers(1, 2),
        "stall_at": st.floats(0.001, 1),
        "use_ladder": st.booleans(),
        "cues": st.lists(
            st.fixed_dictionaries(
                {"turn": st.integers(1, 99), "text": _TEXT},
                optional={"to": st.sampled_from([1, 2, "A", "b"]), "brings": st.just(2), "sends_away": st.just("A")},
            ),
            max_size=3,
        ),
        "ladder": st.lists(_STEPS, max_size=4),
    },
)


@given(_AGENT, _AGENT, _RULES)
def test_any_rules_come_back_as_they_were(one: dict[str, Any], two: dict[str, Any], rules: dict[str, Any]) -> None:
    agents = [{"name": "A", **one}, {"name": "B", "absent": True, **two}]
    template = Template.model_validate({"template": {"title": "T"}, "agents": agents, "rules": rules})
    again, findings = checked_template(template_text(template), "again.toml")
    assert [finding for finding in findings if finding.severity == "error"] == []
    assert again == template
