"""A template that was written loads again, and says the same."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.templates.checking import check_text, checked_template
from backrooms_tui.templates.document import Template
from backrooms_tui.templates.findings import render_findings
from backrooms_tui.templates.loading import find_template, load_template
from backrooms_tui.templates.writing import name_from, save_template, template_text

NAMES = ("cli", "duo", "ethics", "fugue", "gallery", "science", "spirituality", "student")
TABLES = ("roundtable", "salon", "stageplay", "forecast", "forecast-plain", "debate", "conscience")
WORLDS = ("exos", "cli_with_world_interface", "library")
TEXT = st.text(max_size=60).filter(lambda text: "{" not in text and "\r" not in text)
LINE = TEXT.map(lambda text: " ".join(text.split())).filter(lambda text: text.strip() and len(text.splitlines()) == 1)


def _built_in(name: str) -> Template:
    return load_template(find_template(name, None))


@pytest.mark.parametrize("name", [*NAMES, *TABLES, *WORLDS])
def test_the_built_in_ones_come_back_as_they_were(name: str, tmp_path: Path) -> None:
    template = _built_in(name)
    path = save_template(template, tmp_path, f"my-{name}")
    assert render_findings(check_text(path.read_text("utf-8"), path.name)) == []
    assert load_template(find_template(f"my-{name}", tmp_path)) == template


@given(
    title=LINE,
    description=TEXT,
    default=st.none() | TEXT,
    system=TEXT,
    same=st.none() | TEXT,
    seeds=st.lists(st.tuples(st.sampled_from(["user", "assistant"]), TEXT.filter(str.strip)), max_size=3),
    temperature=st.none() | st.floats(0, 2),
    budget=st.none() | st.floats(0.01, 1e6),
    max_turns=st.integers(0, 10**9),
    stop=st.lists(LINE, max_size=2),
)
def test_any_template_comes_back_as_it_was(
    title: str,
    description: str,
    default: str | None,
    system: str,
    same: str | None,
    seeds: list[tuple[str, str]],
    temperature: float | None,
    budget: float | None,
    max_turns: int,
    stop: list[str],
) -> None:
    agent: dict[str, Any] = {
        "name": "Ada {{ place }}",
        "model": "local",
        "system": system,
        "system_same": same,
        "history": [{"role": role, "text": text} for role, text in seeds],
        "params": {} if temperature is None else {"temperature": temperature, "thinking": False, "effort": "low"},
    }
    template = Template.model_validate(
        {
            "template": {"title": title, "description": description},
            "variables": {"place": {"default": default, "help": description, "choices": []}},
            "agents": [agent, {"name": "Ben", "system": "{{ place }}"}],
            "rules": {"stop": stop, "max_turns": max_turns, "budget": budget},
        }
    )
    again, findings = checked_template(template_text(template), "again.toml")
    assert [one for one in findings if one.severity == "error" and "name" not in one.key] == []
    if again is not None:
        assert again == template


def test_half_a_character_does_not_keep_a_template_from_being_written(tmp_path: Path) -> None:
    duo = _built_in("duo")
    odd = duo.model_copy(update={"template": duo.template.model_copy(update={"title": "half \ud800"})})
    save_template(odd, tmp_path, "odd")
    assert load_template(find_template("odd", tmp_path)).title == "half \ufffd"


def test_a_template_that_is_there_is_kept(tmp_path: Path) -> None:
    save_template(_built_in("cli"), tmp_path, "mine")
    before = (tmp_path / "mine.toml").read_bytes()
    with pytest.raises(OperatorError) as caught:
        save_template(_built_in("duo"), tmp_path, "mine")
    assert caught.value.cure == "choose another name"
    assert (tmp_path / "mine.toml").read_bytes() == before
    save_template(_built_in("duo"), tmp_path, "mine", replace=True)
    assert load_template(find_template("mine", tmp_path)).title == "Duo"
    assert [path.name for path in tmp_path.iterdir()] == ["mine.toml"]


@pytest.mark.parametrize("name", ["", "../away", "a/b", ".hidden", "with space", "x" * 65, "name.toml"])
def test_a_name_that_no_file_should_have_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(OperatorError):
        save_template(_built_in("duo"), tmp_path / "folder", name)


@pytest.mark.parametrize(
    ("title", "name"),
    [("A Night at Sea!", "a-night-at-sea"), ("漢字", "template"), ("x" * 90, "x" * 64), ("", "template")],
)
def test_a_title_suggests_a_name(title: str, name: str) -> None:
    assert name_from(title) == name
