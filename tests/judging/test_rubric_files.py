"""Rubrics: the built-in ones, a person's own, and mistakes told with their line and what would be right."""

from pathlib import Path

import pytest

from backrooms_tui.judging.rubric_checking import checked_rubric
from backrooms_tui.judging.rubric_files import find_rubric, list_rubrics, rubric_names
from backrooms_tui.session.judgement import Measure
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.templates.findings import render_findings

OWN = """
[rubric]
title = "Warmth"
about = "How kind\\n  they are."

[[measures]]
name = "kindness"
about = "…"
low = 0
high = 1.5
low_means = "cold"
high_means = "warm"
of = "agent"

[[measures]]
name = "length"
low = 1
high = 5
"""


def told(text: str) -> list[str]:
    """What is wrong with the file, one line each."""
    rubric, findings = checked_rubric(text, "own", "own.toml")
    assert (rubric is None) == bool(findings)
    return render_findings(findings)


@pytest.mark.parametrize("name", ["forecast", "debate", "character", "persuasion"])
def test_what_comes_with_the_program(name: str) -> None:
    rubric = find_rubric(name, None)
    assert rubric.name == name
    assert rubric.title
    for measure in rubric.measures:
        assert measure.about
        assert measure.low_means
        assert measure.high_means
        assert measure.whole


def test_the_forecast_has_progress_risk_and_regulation() -> None:
    names = {measure.name: measure.of for measure in find_rubric("forecast", None).measures}
    assert [names[one] for one in ("progress", "risk", "regulation")] == ["session"] * 3
    assert {measure.of for measure in find_rubric("character", None).measures} == {"agent"}


def test_a_person_s_own_goes_before_a_built_in_one(tmp_path: Path) -> None:
    (tmp_path / "debate.toml").write_text(OWN, "utf-8")
    (tmp_path / "warmth.toml").write_text(OWN, "utf-8")
    assert find_rubric("debate", tmp_path).title == "Warmth"
    assert rubric_names(tmp_path) == ["debate", "warmth", "character", "forecast", "persuasion"]
    own = find_rubric("warmth", tmp_path)
    assert own.about == "How kind they are."
    assert own.measures == (
        Measure("kindness", "…", 0, 1.5, "cold", "warm", "agent", whole=False),
        Measure("length", "", 1, 5, "", "", "session", whole=True),
    )


def test_a_path_is_a_rubric_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "warmth.toml").write_text("\ufeff" + OWN, "utf-8")
    assert find_rubric(str(tmp_path / "warmth.toml"), None).name == "warmth"
    monkeypatch.chdir(tmp_path)
    assert find_rubric("warmth.toml", None).name == "warmth"


def test_one_that_is_not_there_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="there is no rubric 'debat'") as caught:
        find_rubric("debat", tmp_path / "missing")
    assert caught.value.cure == "did you mean debate?"
    with pytest.raises(OperatorError, match="there is no file"):
        find_rubric(str(tmp_path / "x.toml"), None)
    (tmp_path / "y.toml").mkdir()
    with pytest.raises(OperatorError, match="is a folder") as caught:
        find_rubric(str(tmp_path / "y.toml"), None)
    assert caught.value.cure == "give a rubric file, NAME.toml"


def test_a_broken_one_is_listed_as_such(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(OWN.replace("low = 1\n", ""), "utf-8")
    mine, *_ = list_rubrics(tmp_path)
    assert (mine.name, mine.origin, mine.rubric) == ("mine", "personal", None)
    assert "measures[1].low: is missing" in mine.problem
    with pytest.raises(OperatorError, match=r"mine\.toml:15: measures\[1\]\.low: is missing") as caught:
        find_rubric("mine", tmp_path)
    assert caught.value.cure == "add low = 1: the low end of the scale"


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ('title = "Warmth"', "", "own.toml:2: rubric.title: is missing — add title = "),
        ('title = "Warmth"', 'title = ""', "own.toml:3: rubric.title: is empty — give it a text"),
        ("high = 1.5", "max = 1.5", "own.toml:10: measures[0].max: is not a key of [[measures]] — did you mean high?"),
        ("high = 1.5", 'high = "1.5"', "own.toml:10: measures[0].high: must be a number, not '1.5' — write high = 1.5"),
        ("high = 1.5", "high = 0", "has a scale from 0 to 0 — low has to be less than high"),
        ("high = 1.5", "high = inf", "has a scale without an end"),
        ("high = 1.5", "high = 1.5\nwhole = true", "has whole scores between 0 and 1.5"),
        (
            'of = "agent"',
            'of = "agents"',
            "own.toml:13: measures[0].of: cannot be 'agents' — choose 'session' or 'agent'",
        ),
        (
            'name = "length"',
            'name = "Kindness"',
            "own.toml:16: measures[1].name: is 'Kindness', as measures[0] is called",
        ),
        ("[rubric]", "[rubic]", "own.toml:2: rubic: is not a key of a rubric — did you mean rubric?"),
        ("[rubric]", "[rubric", "own.toml:2: this is not TOML"),
        ('name = "length"', "", "own.toml:15: measures[1].name: is missing"),
    ],
)
def test_a_mistake_is_told_with_its_line(before: str, after: str, line: str) -> None:
    assert any(line in one for one in told(OWN.replace(before, after, 1))), told(OWN.replace(before, after, 1))


def test_a_file_without_measures() -> None:
    assert told('[rubric]\ntitle = "x"\nmeasures = []\n')
    assert told('measures = []\n[rubric]\ntitle = "x"\n') == [
        "own.toml:1: measures: is empty — add a table [[measures]] for each measure"
    ]
    many = '[rubric]\ntitle = "x"\n' + "".join(f'[[measures]]\nname = "m{n}"\nlow = 1\nhigh = 2\n' for n in range(21))
    assert "has more than 20 entries" in told(many)[0]


@pytest.mark.parametrize("text", ["", "\0", "[[[", "a = " + "[" * 3000, "[rubric]\ntitle = 3\n[measures]\nx = 1\n"])
def test_whatever_the_file_says_is_answered(text: str) -> None:
    assert told(text)
