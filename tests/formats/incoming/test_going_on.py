"""An imported session can be read, searched, branched and gone on with."""

from collections.abc import Callable
from pathlib import Path

import pytest

from backrooms_tui.assembly.continuing import branch, resume
from backrooms_tui.assembly.files.importing import bring_in
from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.session.trouble import OperatorError
from tests.formats.incoming.conftest import KINDS, SAMPLES, said

Write = Callable[..., Path]
LOGS = [name for name in KINDS if name.endswith((".txt", ".html", "log.json"))]


def _script(tmp_path: Path) -> str:
    path = tmp_path / "script.txt"
    path.write_text("And so it went on.", "utf-8")
    return f"scripted/{path}"


@pytest.mark.parametrize("name", LOGS)
async def test_every_log_goes_on_with_other_models(name: str, workspace: Workspace, tmp_path: Path) -> None:
    (brought,) = bring_in(workspace, SAMPLES / name, templates=tmp_path)
    opened = await resume(workspace, brought.id)
    before = said(opened.conversation.state)
    for seat in opened.conversation.state.agents:
        opened.conversation.change_seat(seat, model=_script(tmp_path))
    await opened.conversation.run(turns=2, past_limits=True)
    await opened.aclose()
    after = said(workspace.store.state(brought.id))
    assert after[: len(before)] == before
    assert [text for _, text in after[len(before) :]] == ["And so it went on."] * 2
    assert {who for who, _ in after[len(before) :]} <= {name for name, _ in before}


async def test_a_model_that_nobody_knows_is_said_and_stops_only_its_turn(workspace: Workspace, tmp_path: Path) -> None:
    (brought,) = bring_in(workspace, SAMPLES / "conversation_full.html", templates=tmp_path)
    assert "AI-1: no model is called 'Gannet Large' here; give the seat another" in brought.notes
    opened = await resume(workspace, brought.id)
    assert any("AI-1" in warning and "Gannet Large" in warning for warning in opened.warnings)
    await opened.conversation.run(turns=1)
    assert opened.conversation.state.status == "paused"
    await opened.aclose()


async def test_a_branch_from_the_middle(workspace: Workspace, tmp_path: Path) -> None:
    (brought,) = bring_in(workspace, SAMPLES / "opus_gpt4o_lighthouse_20250314_213005.txt", templates=tmp_path)
    opened = await branch(workspace, brought.id, 2)
    await opened.aclose()
    assert len(said(opened.conversation.state)) == 2
    assert workspace.store.summary(opened.conversation.state.session).parent == brought.id


def test_it_is_found_by_what_was_said(workspace: Workspace, tmp_path: Path) -> None:
    (brought,) = bring_in(workspace, SAMPLES / "opus_gpt4o_lighthouse_20250314_213005.txt", templates=tmp_path)
    (hit,) = workspace.store.search('"fog since morning"')
    assert (hit.session, hit.turn) == (brought.id, 2)


def test_models_are_those_that_their_names_mean_here(workspace: Workspace, tmp_path: Path) -> None:
    (brought,) = bring_in(workspace, SAMPLES / "opus_gpt4o_lighthouse_20250314_213005.txt", templates=tmp_path)
    first, second = workspace.store.summary(brought.id).agents
    assert first.model.startswith("anthropic/claude-opus")
    assert second.model.startswith("openai/gpt")


def test_what_could_not_be_placed_is_kept_with_the_session(workspace: Workspace, tmp_path: Path) -> None:
    (brought,) = bring_in(workspace, SAMPLES / "conversation_full.html", templates=tmp_path)
    notices = [event.text for event in workspace.store.events(brought.id) if event.kind == "noticed"]
    assert "Imported: page of liminal_backrooms, conversation_full.html" in notices
    assert "Not imported: line 28: an image in a message" in notices


def test_a_long_log_is_kept_like_a_short_one(workspace: Workspace, tmp_path: Path, written: Write) -> None:
    """Long ones are recorded beside the database and then taken over."""
    before, _ = (
        bring_in(workspace, SAMPLES / name, templates=tmp_path)[0]
        for name in ("conversation_full.html", "llm_conversation_log.json")
    )
    turns = "".join(f"\n### Claude {number % 2 + 1} ###\nturn {number} {'word ' * 500}\n" for number in range(1000))
    (brought,) = bring_in(workspace, written("opus_opus_long_20250101_000000.txt", turns), templates=tmp_path)
    assert brought.turns == 1000
    state = workspace.store.state(brought.id)
    assert [turn.text.split()[1] for _, turn in sorted(state.turns.items())] == [str(n) for n in range(1000)]
    assert workspace.store.turns_saying(brought.id, '"turn 777"') == [778]
    assert [hit.session for hit in workspace.store.search("painted")] == [before.id] * 2
    assert workspace.store.problems() == []
    assert [one.name for one in (tmp_path / "data").iterdir() if one.name.startswith(".import")] == []


def test_a_long_log_that_is_damaged_leaves_nothing(workspace: Workspace, tmp_path: Path, written: Write) -> None:
    turns = "".join(f"\n### Claude {number % 2 + 1} ###\n{'word ' * 500}\n" for number in range(1000)).encode()
    path = written("opus_opus_long_20250101_000000.txt", turns + b"\xff")
    with pytest.raises(OperatorError, match=r":3001: byte \d+ is not UTF-8"):
        bring_in(workspace, path, templates=tmp_path)
    assert workspace.store.list_sessions() == []
    assert workspace.store.search("word") == []
