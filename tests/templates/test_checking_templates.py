"""What the checker says about a template file, and where."""

import tomllib
from typing import Any

import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from backrooms_tui.templates.checking import check_text
from backrooms_tui.templates.document import Agent, CouncilTable, Heading, ReminderTable, Seed, Template, Variable
from backrooms_tui.templates.findings import Finding, render_findings
from backrooms_tui.templates.rounds import RoundsTable
from backrooms_tui.templates.rules import CueTable, RemedyTable, RulesTable
from backrooms_tui.templates.scaffold import starting_file

GOOD = '''\
[template]
title = "Two"

[variables.place]
default = "a cellar"

[[agents]]
name = "Ada"
system = """
You are in {{ place }}.
With {{ other.name }}.
"""
history = [
  { role = "user", text = "Hello." },
]

[agents.params]
max_tokens = 100

[[agents]]
name = "Ben"

[rules]
stop = ["^C^C"]
'''


def _changed(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new, 1)


def test_a_good_file_has_no_findings() -> None:
    assert check_text(GOOD, "two.toml") == []
    assert check_text("\ufeff" + GOOD.replace("\n", "\r\n"), "two.toml") == []


# What is changed in the good file; then the line, the key, a part of what is wrong, a part of what would be right.
MISTAKES: dict[str, tuple[str, str, int, str, str, str]] = {
    "no quotes": ('"Two"', "Two", 2, "", "not TOML", "quotes"),
    "typographic quotes": ('"Two"', "“Two”", 2, "", "not TOML", "straight quotes"),
    "a text over two lines": ('"Two"', '"Two\n"', 2, "", "not TOML", "three quotes"),
    "a text that never ends": ('.\n"""\nhistory', ".\nhistory", 9, "", "never closed", '"""'),
    "a list that never ends": ('["^C^C"]', '["^C^C"', 24, "", "never closed", "]"),
    "a key twice": ('name = "Ada"', 'name = "Ada"\nname = "Ida"', 9, "", "not TOML", "keep one"),
    "no equals sign": ('name = "Ben"', 'name: "Ben"', 21, "", "not TOML", "key = value"),
    "an unknown key": (
        'name = "Ben"',
        'name = "Ben"\nsistem = ""',
        22,
        "agents[1].sistem",
        "not a key",
        "mean system?",
    ),
    "another tool's word": ("text =", "content =", 14, "agents[0].history[0].content", "not a key", "mean text?"),
    "an unknown table": ("[rules]", "[rule]", 23, "rule", "not a key", "mean rules?"),
    "a key of another table": (
        'title = "Two"',
        'title = "Two"\nbudget = 1',
        3,
        "template.budget",
        "not a key",
        "[rules]",
    ),
    "a parameter out of place": (
        'name = "Ben"',
        'name = "Ben"\ntemperature = 1',
        22,
        "agents[1].temperature",
        "not a key",
        "[agents.params]",
    ),
    "a missing title": ('title = "Two"', "", 1, "template.title", "missing", "title ="),
    "an empty title": ('"Two"', '""', 2, "template.title", "empty", "text"),
    "a missing name": ('name = "Ben"', "", 20, "agents[1].name", "missing", "name ="),
    "a name of two lines": ('"Ben"', '"Ben\\nBo"', 21, "agents[1].name", "one line", "one line"),
    "a number for a text": ('"a cellar"', "3", 5, "variables.place.default", "a text, not a number", '"3"'),
    "a text for a list": ('["^C^C"]', '"^C^C"', 24, "rules.stop", "a list, not a text", '["^C^C"]'),
    "a text for a table": (
        "[variables.place]\ndefault",
        "[variables]\nplace",
        5,
        "variables.place",
        "a table",
        "[variables",
    ),
    "an empty stop": ('"^C^C"', '""', 24, "rules.stop", "no line can be", "one line"),
    "an unknown role": ('"user"', '"system"', 14, "agents[0].history[0].role", "'system'", "'user' or 'assistant'"),
    "an empty message": ('"Hello."', '" "', 14, "agents[0].history[0].text", "empty", "take the message out"),
    "a parameter out of range": ("100", "0", 18, "agents[0].params.max_tokens", "out of range", "at least 1"),
    "an unknown parameter": ("max_tokens", "max_tokns", 18, "agents[0].params.max_tokns", "unknown", "max_tokens"),
    "an unknown order": ("stop =", 'order = "vote"\nstop =', 24, "rules.order", "'vote'", "'bidding'"),
    "an unknown kind": ('name = "Ben"', 'name = "Ben"\nkind = "cat"', 22, "agents[1].kind", "'cat'", "'model'"),
    "turns below zero": ("stop =", "max_turns = -1\nstop =", 24, "rules.max_turns", "-1", "at least 0"),
    "turns in words": ("stop =", 'max_turns = "5"\nstop =', 24, "rules.max_turns", "a whole number", "without quotes"),
    "a budget without end": ("stop =", "budget = inf\nstop =", 24, "rules.budget", "inf", "number"),
    "the same name twice": ('"Ben"', '"ada"', 21, "agents[1].name", "agents[0]", "of its own"),
    "a default that is no choice": (
        'default = "a cellar"',
        'default = "a cellar"\nchoices = ["x"]',
        4,
        "variables.place",
        "not one of its choices",
        "'x'",
    ),
    "a variable with a space": (
        "variables.place",
        'variables."a b"',
        4,
        'variables."a b"',
        "the name of a var",
        "letters",
    ),
    "a variable with a taken name": ("variables.place", "variables.self", 4, "variables.self", "of its own", "letters"),
    "an unknown blank": (
        "{{ place }}",
        "{{ plaec }}",
        10,
        "agents[0].system",
        "nothing is called 'plaec'",
        "mean place?",
    ),
    "an unknown word of an agent": ("other.name", "other.nmae", 11, "agents[0].system", "'nmae'", "mean name?"),
    "a blank that never closes": (
        "other.name }}",
        "other.name",
        11,
        "agents[0].system",
        "cannot be read",
        "{{ name }}",
    ),
    "a choice that never ends": ("With ", "{% if same_model %}With ", 11, "agents[0].system", "closed", "{% endif %}"),
    "an unknown tag": ("With ", "{% fi %}", 11, "agents[0].system", "{% fi %}", "endif"),
    "an unknown filter": ("{{ place }}", "{{ place|uper }}", 10, "agents[0].system", "'uper'", "mean upper"),
    "a seat that nobody has": ("other.name", "agents[2].name", 11, "agents[0].system", "agents[2]", "agents[1]"),
    "a blank in a message": ('"Hello."', '"Hello {{ plaec }}"', 14, "agents[0].history[0].text", "'plaec'", "place?"),
    "a name that needs names": ('"Ben"', '"{{ other.name }}"', 21, "agents[1].name", "not known", "self.model"),
}


@pytest.mark.parametrize(("old", "new", "line", "key", "what", "cure"), MISTAKES.values(), ids=MISTAKES.keys())
def test_each_mistake_is_told_with_its_line_its_key_and_its_cure(
    old: str, new: str, line: int, key: str, what: str, cure: str
) -> None:
    findings = [finding for finding in check_text(_changed(old, new), "two.toml") if finding.severity == "error"]
    matching = [finding for finding in findings if finding.key == key and what in finding.what]
    assert matching, render_findings(findings)
    assert matching[0].line == line
    assert cure in matching[0].cure


def test_the_column_of_an_unknown_blank_is_where_it_stands() -> None:
    (finding,) = [
        f for f in check_text(_changed("With {{ other.name }}", "With {{ otter }}"), "f") if "otter" in f.what
    ]
    assert (finding.line, finding.column) == (11, 9)


def test_a_finding_reads_as_one_line() -> None:
    findings = check_text(_changed("{{ place }}", "{{ plaec }}"), "two.toml")
    assert render_findings(findings) == [
        "two.toml:4: warning: variables.place: is never used — write {{ place }} where it belongs, or take it out",
        "two.toml:10: agents[0].system: nothing is called 'plaec' — did you mean place?",
    ]


def test_several_mistakes_are_told_at_once_in_the_order_of_their_lines() -> None:
    text = _changed("{{ place }}", "{{ plaec }}").replace('"user"', '"usr"').replace("stop", "stopp")
    lines = [finding.line for finding in check_text(text, "f") if finding.severity == "error"]
    assert lines == [10, 14, 24]


def test_a_variable_that_nobody_uses_is_only_a_warning() -> None:
    (finding,) = check_text(_changed("{{ place }}", "a house"), "f")
    assert (finding.severity, finding.key, finding.line) == ("warning", "variables.place", 4)


def test_a_blank_within_a_value_is_a_warning_because_it_stays_as_it_is() -> None:
    (finding,) = check_text(_changed("a cellar", "{{ self.name }}"), "f")
    assert (finding.severity, finding.key, finding.line) == ("warning", "variables.place.default", 5)


def test_the_other_agent_is_only_for_two() -> None:
    findings = check_text(GOOD.replace("[rules]", '[[agents]]\nname = "Cy"\n[rules]'), "f")
    assert [(finding.line, finding.cure) for finding in findings] == [(11, "write agents[0], agents[1], …")]


@pytest.mark.parametrize(
    ("system", "line"),
    [
        ('"{{ plaec }}"', 9),
        ('"a\\nb\\n{{ plaec }}"', 9),
        ("'{{ plaec }}'", 9),
        ("'''\n\n{{ plaec }}'''", 11),
        ('"""one\n\\u0041\n{{ plaec }}"""', 11),
        ('"""one \\\n\n   two\n{{ plaec }}"""', 12),
        ('""""quoted""\n{{ plaec }}\n"""""', 10),
        ('"""\n{{ place }}\n\n\n{% if same_model %}\n{{ plaec }}{% endif %}"""', 14),
    ],
)
def test_the_line_is_the_files_however_the_text_is_written(system: str, line: int) -> None:
    text = _changed('"""\nYou are in {{ place }}.\nWith {{ other.name }}.\n"""', system)
    tomllib.loads(text)
    (finding,) = [finding for finding in check_text(text, "f") if finding.severity == "error"]
    assert (finding.line, finding.key) == (line, "agents[0].system")


def test_inline_agents_are_located_too() -> None:
    text = 'template = { title = "T" }\nagents = [\n  { name = "A" },\n  # a word\n  { name = "B", sistem = "" },\n]\n'
    (finding,) = check_text(text, "f")
    assert (finding.line, finding.column, finding.key) == (5, 17, "agents[1].sistem")


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "text",
    [
        "x = " + "[" * 50_000,
        "a." * 50_000 + "a = 1",
        "[" + "a." * 50_000 + "a]",
        "x = " + "{a=" * 5_000,
        "x = " + "9" * 100_000,
        "x" * 1_000_001,
        "\x00",
        '"' * 100_000,
        "[[agents]]\nname='a'\n" * 2_000,
        "a = 2026-02-31",
        "\ud800",
    ],
    ids=lambda text: text[:12],
)
def test_a_file_made_to_hurt_gets_a_finding_soon(text: str) -> None:
    assert any(finding.severity == "error" for finding in check_text(text, "f"))


def _never_raises(text: str) -> list[Finding]:
    findings = check_text(text, "f")
    lines = len(text.splitlines()) + 1
    for finding, shown in zip(findings, render_findings(findings), strict=True):
        assert 1 <= finding.line <= lines
        assert finding.what
        assert len(shown.splitlines()) == 1
    return findings


@given(st.text(max_size=300))
def test_any_text_can_be_checked(text: str) -> None:
    _never_raises(text)


@given(st.text(alphabet="[]{}=\"'.,#\\\n agents=template#nm3-", max_size=120))
def test_any_text_that_looks_like_toml_can_be_checked(text: str) -> None:
    _never_raises(text)


_WORDS = (
    "template title variables agents name system history role text params rules stop order kind model choices "
    "reminder every depth talkativeness absent cues turn to brings sends_away ladder remedy topics temperature "
    "stop_votes manager max_rounds description council opening hears when ask position mode rounds first last step "
    "labels"
)
_KEYS = st.sampled_from([*_WORDS.split(), "default", "max_tokens", "budget", "place", "", "a b", "é", "\n"])
_LEAVES = st.one_of(
    st.text(alphabet="ab{}% \n\\\"'selfplc._", max_size=20),
    st.integers(-5, 10**6),
    st.floats(),
    st.booleans(),
    st.datetimes(),
)
_VALUES = st.recursive(
    _LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=4), max_leaves=12
)
_SHAPED = st.fixed_dictionaries(
    {
        "template": st.fixed_dictionaries({"title": _LEAVES}),
        "agents": st.lists(st.dictionaries(_KEYS, _VALUES, max_size=6), max_size=3),
    },
    optional={"variables": st.dictionaries(_KEYS, _VALUES, max_size=3), "rules": _VALUES},
)


@given(st.dictionaries(_KEYS, _VALUES, max_size=5) | _SHAPED)
def test_any_data_can_be_checked(data: dict[str, Any]) -> None:
    _never_raises(tomli_w.dumps(data))


@given(_SHAPED)
def test_a_file_without_errors_is_a_template(data: dict[str, Any]) -> None:
    text = tomli_w.dumps(data)
    if not any(finding.severity == "error" for finding in check_text(text, "f")):
        Template.model_validate(tomllib.loads(text))


@pytest.mark.parametrize(
    "title", ["My talk", 'A "quoted" \\ title', "two\nlines", "", "\x7f\x1b[31m", "\ud800", "{{ x }}"]
)
def test_the_starting_file_passes_the_checker(title: str) -> None:
    text = starting_file(title)
    assert check_text(text, "new.toml") == []
    shown = tomllib.loads(text)["template"]["title"]
    assert shown == (" ".join(title.split()).replace("\ud800", "\ufffd") or "Untitled")


def test_the_starting_file_explains_every_key() -> None:
    text = starting_file("Mine")
    of_agents = (Agent, Seed, ReminderTable, CouncilTable)
    for model in (Template, Heading, Variable, *of_agents, RulesTable, RoundsTable, CueTable, RemedyTable):
        for key in model.model_fields:
            assert key in text or key == "kind"  # there is only one kind so far


def test_the_starting_file_is_still_right_when_all_that_is_optional_is_taken() -> None:
    """A person takes the `# ` away from the keys and tables that they want."""
    lines = []
    for line in starting_file("Mine").splitlines():
        bare = line.removeprefix("# ")
        key = bare.partition(" = ")[0]
        taken = bare != line and (bare.startswith("[") or (key.isidentifier() and " = " in bare))
        lines.append(bare if taken else line)
    text = "\n".join(lines)
    assert tomllib.loads(text)["rules"]["ladder"][1]["remedy"] == "topic"
    errors = [finding for finding in check_text(text, "new.toml") if finding.severity == "error"]
    assert render_findings(errors) == []
