"""The command line of UniversalBackrooms and its fork is a world here, in templates and in logs."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from backrooms_tui.assembly.continuing import resume
from backrooms_tui.assembly.files.importing import bring_in
from backrooms_tui.assembly.opening import choose_cast
from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.conversation.casting import Choices
from backrooms_tui.formats.outgoing.universal_backrooms import log_name, write_universal_backrooms
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.templates.document import Template
from backrooms_tui.templates.filling import SeatChoice, fill
from backrooms_tui.templates.loading import find_template, load_template
from tests.formats.incoming.conftest import SAMPLES, said
from tests.formats.outgoing.evenings import record_of

Write = Callable[..., Path]


def _imported(workspace: Workspace, path: Path, folder: Path) -> Template:
    (brought,) = bring_in(workspace, path, templates=folder)
    return load_template(find_template(brought.id, folder))


def test_the_seat_of_a_command_line_is_a_world_and_still_called_so(workspace: Workspace, tmp_path: Path) -> None:
    lines = [{"system_prompt": "You face {lm2_actor} of {lm2_company}."}, {"cli": True}]
    path = tmp_path / "desk.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)), "utf-8")
    template = _imported(workspace, path, tmp_path / "templates")
    assert [agent.world for agent in template.agents] == ["", "exos"]
    first, _ = fill(template, {}, [SeatChoice("a/b", "A", "B"), SeatChoice("world/exos", "CLI", "CLI")])
    assert first.system == "You face CLI of CLI."


def test_such_a_template_is_played_with_a_model_and_the_world(workspace: Workspace, tmp_path: Path) -> None:
    (brought,) = bring_in(workspace, SAMPLES / "tide_tables.jsonl", templates=tmp_path)
    for models in (("local", "local", "cli"), ("local", "local"), ("local",)):
        setup = choose_cast(workspace, str(brought.place), Choices(models=models)).setup
        assert [agent.kind for agent in setup.agents] == ["model", "model", "world"]


def test_what_stands_beside_it_is_said_to_be_left_out(workspace: Workspace, tmp_path: Path) -> None:
    lines = [{"system_prompt": "You."}, {"cli": True, "context": [{"role": "user", "content": "hello"}]}]
    path = tmp_path / "desk.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)), "utf-8")
    (brought,) = bring_in(workspace, path, templates=tmp_path / "templates")
    assert any("the context of the command line" in sentence for sentence in brought.unplaced)


def test_a_file_of_command_lines_alone_is_no_template(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "desks.jsonl"
    path.write_text('{"cli": true}\n{"cli": true}\n', "utf-8")
    with pytest.raises(OperatorError, match="all worlds"):
        bring_in(workspace, path, templates=tmp_path / "templates")


def test_the_forks_command_line_too(workspace: Workspace, tmp_path: Path) -> None:
    folder = tmp_path / "desk"
    folder.mkdir()
    (folder / "template.json").write_text('{"agents": [{"system": "x.md"}, {"cli": true}]}', "utf-8")
    (folder / "x.md").write_text("You.", "utf-8")
    template = _imported(workspace, folder, tmp_path / "templates")
    assert [agent.world for agent in template.agents] == ["", "exos"]


def _log(folder: Path, *turns: tuple[str, str]) -> Path:
    path = folder / "opus_cli_world_20250101_000000.txt"
    path.write_text("".join(f"\n### {name} ###\n{text}\n" for name, text in turns), "utf-8")
    return path


TURNS = (("Claude 1", "help"), ("CLI", "exOS v0.5\n\nCommand: help"), ("Claude 1", "clock now"), ("CLI", "noon"))


async def test_the_command_line_of_a_log_goes_on_as_a_world(workspace: Workspace, tmp_path: Path) -> None:
    (brought,) = bring_in(workspace, _log(tmp_path, *TURNS), templates=tmp_path)
    script = tmp_path / "script.txt"
    script.write_text("clock now", "utf-8")
    opened = await resume(workspace, brought.id)
    state = opened.conversation.state
    assert [agent.is_world for _, agent in sorted(state.agents.items())] == [False, True]
    opened.conversation.change_seat(1, model=f"scripted/{script}")
    await opened.conversation.run(turns=2, past_limits=True)
    await opened.aclose()
    assert said(workspace.store.state(brought.id))[:4] == list(TURNS)
    assert state.turns[6].exchanges[0].outcome == "done"


def test_our_own_log_of_a_world_is_read_as_one(workspace: Workspace, tmp_path: Path) -> None:
    (brought,) = bring_in(workspace, _log(tmp_path, *TURNS), templates=tmp_path)
    record = record_of(list(workspace.store.events(brought.id)))
    setup = workspace.store.state(brought.id).setup
    assert setup is not None
    path = tmp_path / f"{log_name(setup, 1.0)}.txt"
    assert path.name.startswith("opus_cli_world_")
    with path.open("w", encoding="utf-8") as out:
        write_universal_backrooms(record, out)
    assert "### CLI ###" in path.read_text("utf-8")
    (again,) = bring_in(workspace, path, templates=tmp_path, again=True)
    state = workspace.store.state(again.id)
    assert said(state) == list(TURNS)
    assert state.agents[2].is_world
