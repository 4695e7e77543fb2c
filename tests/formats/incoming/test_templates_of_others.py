"""Templates of other tools become templates of ours that say the same to the letter."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from backrooms_tui.assembly.files.importing import bring_in
from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.templates.document import Template
from backrooms_tui.templates.filling import FilledAgent, SeatChoice, fill
from backrooms_tui.templates.loading import find_template, load_template
from tests.formats.incoming.conftest import SAMPLES
from tests.hostile import HOSTILE

Write = Callable[..., Path]
SEATS = (
    SeatChoice("anthropic/one", "Anthropic", "Opus"),
    SeatChoice("openai/two", "OpenAI", "GPT"),
    SeatChoice("local/three", "", "Tiny"),
)


def _imported(workspace: Workspace, path: Path, folder: Path) -> list[Template]:
    brought = bring_in(workspace, path, templates=folder)
    assert all(one.kind == "template" and one.new for one in brought)
    return [load_template(find_template(one.id, folder)) for one in brought]


def _filled(template: Template) -> tuple[FilledAgent, ...]:
    return fill(template, {}, SEATS[: template.seats])


def _history(agent: FilledAgent) -> list[tuple[str, str]]:
    return [(message.role, message.text) for message in agent.history]


def test_a_template_of_universal_backrooms(workspace: Workspace, tmp_path: Path) -> None:
    (template,) = _imported(workspace, SAMPLES / "tide_tables.jsonl", tmp_path / "templates")
    first, second, third = _filled(template)
    assert [first.name, second.name, third.name] == ["Opus 1", "GPT 2", "CLI"]
    assert first.system == ("You keep tide tables with GPT 2, made by OpenAI. Braces mean nothing: {x} {{y}} {% z %}")
    assert _history(first) == [("user", "High water, Opus 1?"), ("assistant", "At four.")]
    assert (second.system, second.history) == ("", ())
    assert template.rules.stop == ("^C^C",)


def test_a_template_folder_of_the_fork(workspace: Workspace, tmp_path: Path) -> None:
    (template,) = _imported(workspace, SAMPLES / "fork_template", tmp_path / "templates")
    asker, teller = _filled(template)
    assert _history(asker) == [
        ("user", "Hello Opus. Beyond this door sits GPT by OpenAI. The theme is salt and patience."),
        ("assistant", "I am ready."),
        ("user", "teller@OpenAI:~$ begin {unknown}"),
    ]
    assert teller.system == "You tell what the anchor dreams of.\n\nEnd every answer with a question."
    assert set(template.variables) == {"theme", "object", "closing"}


def test_a_configuration_of_llm_conversation(workspace: Workspace, tmp_path: Path) -> None:
    (brought,) = bring_in(workspace, SAMPLES / "llm_conversation_config.json", templates=tmp_path / "templates")
    template = load_template(find_template(brought.id, tmp_path / "templates"))
    petra, quentin = _filled(template)
    assert (petra.name, petra.model, petra.system) == ("Petra", "ollama/llama3.2:3b", "You repair clocks.")
    assert petra.params == {"temperature": 0.6, "context": 4096}
    assert quentin.params == {"temperature": 0.8}
    assert quentin.system == "You collect {broken} clocks."
    assert _history(petra) == [("assistant", "This one runs backwards.")]
    assert _history(quentin) == [("user", "This one runs backwards.")]
    assert template.rules.order == "mention"
    left = " ".join(brought.unplaced)
    assert "'chain'" in left
    assert "'use_markdown'" in left


def test_scenarios_of_liminal_backrooms(workspace: Workspace, tmp_path: Path) -> None:
    two, old = _imported(workspace, SAMPLES / "liminal_config.py", tmp_path / "templates")
    assert (two.title, old.title) == ("Two rooms", "Old corridor")
    left, right, third = _filled(two)
    assert left.system == "You are in the left room. Knock before you speak."
    assert right.system == "You are in the right room.\nAnswer with {{one}} knock for yes."
    assert (third.name, third.system) == ("AI-3", "")
    assert [agent.system for agent in _filled(old)] == [
        "You walk ahead. You do not turn round.",
        "Speak softly. You follow.",
    ]


def test_a_python_file_is_never_run(workspace: Workspace, tmp_path: Path, written: Write) -> None:
    path = written(
        "config.py",
        f"open({str(tmp_path / 'run')!r}, 'w')\nSYSTEM_PROMPT_PAIRS = {{'A': {{'AI-1': 'x', 'AI-2': exit()}}}}\n",
    )
    (template,) = _imported(workspace, path, tmp_path / "templates")
    assert [agent.system for agent in _filled(template)] == ["x", ""]
    assert not (tmp_path / "run").exists()


def test_an_arena(workspace: Workspace, tmp_path: Path) -> None:
    (brought,) = bring_in(workspace, SAMPLES / "arena.json", templates=tmp_path / "templates")
    template = load_template(find_template(brought.id, tmp_path / "templates"))
    ines, otto = _filled(template)
    assert ines.system == (
        "You guess a word that the others describe.\n\nYour name is Ines.\n\nYou describe, in riddles."
    )
    assert ines.params == {"temperature": 0.7, "max_tokens": 100}
    assert otto.name == "Otto"
    assert "Otto is a person; a model sits there instead" in brought.unplaced


@pytest.mark.parametrize(
    "text", [*HOSTILE, "{", "{{", "{%", "{#", "a{{b}}c{%d%}e{#f#}", "{lm1_actor}{", "{{lm2_actor}}", "{{{lm1_actor}"]
)
def test_any_text_comes_back_to_the_letter(text: str, workspace: Workspace, tmp_path: Path, written: Write) -> None:
    line = json.dumps({"system_prompt": f"a {text} z", "context": [{"role": "user", "content": f"b {text} y"}]})
    (template,) = _imported(workspace, written("any.jsonl", f"{line}\n{line}\n"), tmp_path / "templates")
    meant = text.replace("{lm1_actor}", "Opus 1").replace("{lm2_actor}", "GPT 2")
    meant = meant.replace("\0", "\ufffd").replace("\ud800", "\ufffd").replace("\r", "\n")
    for agent in _filled(template):
        assert agent.system == f"a {meant} z"
        assert _history(agent) == [("user", f"b {meant} y")]


def test_the_same_once_more_is_not_written_again_and_another_gets_a_name_of_its_own(
    workspace: Workspace, tmp_path: Path, written: Write
) -> None:
    folder = tmp_path / "templates"
    path = written("tides.jsonl", '{"system_prompt": "one", "context": []}\n')
    (first,) = bring_in(workspace, path, templates=folder)
    (again,) = bring_in(workspace, path, templates=folder)
    path.write_text('{"system_prompt": "two", "context": []}\n', "utf-8")
    (other,) = bring_in(workspace, path, templates=folder)
    assert [(one.id, one.new) for one in (first, again, other)] == [
        ("tides", True),
        ("tides", False),
        ("tides-2", True),
    ]
    assert sorted(one.name for one in folder.iterdir()) == ["tides-2.toml", "tides.toml"]


@pytest.mark.parametrize("name", ["../outside.md", "/etc/hostname", "link.md", "missing.md", "sub", "a\0b"])
def test_only_files_of_its_own_folder_are_read(name: str, workspace: Workspace, tmp_path: Path, written: Write) -> None:
    written("outside.md", "secret")
    folder = tmp_path / "fork"
    (folder / "sub").mkdir(parents=True)
    (folder / "link.md").symlink_to(tmp_path / "outside.md")
    (folder / "template.json").write_text(json.dumps({"agents": [{"system": name}, {"history": "link.md"}]}), "utf-8")
    with pytest.raises(OperatorError, match=r"template\.json names") as wrong:
        bring_in(workspace, folder, templates=tmp_path / "templates")
    assert wrong.value.cure
    assert not list((tmp_path / "templates").iterdir())


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("t.jsonl", '{"system_prompt": "a", "context": []}\n{"system_prompt": \n', "t.jsonl:2: is not JSON"),
        ("t.jsonl", '{"system_prompt": "a", "context": []}\n[]\n', "t.jsonl:2: is not an agent"),
        ("t.jsonl", '{"system_prompt": 7}\n', "t.jsonl:1: system_prompt is not a text"),
        ("t.jsonl", '{"context": [{"role": "system", "content": "x"}]}\n', "t.jsonl:1: message 1 of context is none"),
        ("t.jsonl", '{"cli": true}\n' * 65, "has 65 agents"),
        ("c.json", '{"agents": [{"name": "A", "model": "m"}\n', "c.json:2: is not JSON"),
        ("c.json", '{"agents": [{"name": "A", "model": "m", "system_prompt": []}]}', "system_prompt is not a text"),
        ("c.json", '{"players": {}}', "players is not a list of objects"),
        ("config.py", "SYSTEM_PROMPT_PAIRS = {\n'a': {", "config.py:.*: is not Python"),
        ("config.py", "SYSTEM_PROMPT_PAIRS = build()\n", "config.py:1: SYSTEM_PROMPT_PAIRS is not a literal"),
        ("config.py", "AI_MODELS = {}\n", "has no SYSTEM_PROMPT_PAIRS"),
        ("config.py", "SYSTEM_PROMPT_PAIRS = " + "(" * 5000, "config.py.* Python"),
    ],
)  # fmt: skip
def test_what_is_wrong_has_its_place_and_a_cure(
    name: str, content: str, what: str, workspace: Workspace, tmp_path: Path, written: Write
) -> None:
    with pytest.raises(OperatorError, match=what) as wrong:
        bring_in(workspace, written(name, content), templates=tmp_path / "templates")
    assert name in wrong.value.what
    assert wrong.value.cure
    assert not list((tmp_path / "templates").iterdir())


def test_of_several_that_belong_together_all_are_kept_or_none(
    workspace: Workspace, tmp_path: Path, written: Write
) -> None:
    pairs = {"One": {"AI-1": "a"}, "Two": {"AI-1": "x" * 1_200_000}}
    path = written("config.py", f"SYSTEM_PROMPT_PAIRS = {pairs!r}\n")
    with pytest.raises(OperatorError, match="too long"):
        bring_in(workspace, path, templates=tmp_path / "templates")
    assert not list((tmp_path / "templates").iterdir())
