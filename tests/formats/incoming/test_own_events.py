"""What was exported as JSON Lines imports to the very same session."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from backrooms_tui.assembly.files.importing import bring_in
from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.session.codec import event_from_json, event_to_json
from backrooms_tui.session.trouble import OperatorError
from tests.formats.incoming.conftest import SAMPLES

Write = Callable[..., Path]
OWN = SAMPLES / "own_events.jsonl"
# A file from before there were councils; written again, it says that there are none.
LINES = [event_to_json(event_from_json(line)) for line in OWN.read_text("utf-8").splitlines()]


def _lines(workspace: Workspace, session: str) -> list[str]:
    return [event_to_json(event) for event in workspace.store.events(session)]


def _changed(number: int, **values: Any) -> str:
    lines = list(LINES)
    lines[number - 1] = json.dumps(json.loads(lines[number - 1]) | values)
    return "\n".join(lines)


def test_event_for_event(workspace: Workspace, tmp_path: Path) -> None:
    (brought,) = bring_in(workspace, OWN, templates=tmp_path)
    assert (brought.id, brought.turns, brought.new) == ("2jnrz27r", 4, True)
    assert (brought.unplaced, brought.notes) == ((), ())
    assert _lines(workspace, "2jnrz27r") == LINES


def test_the_same_again_is_said_to_be_here(workspace: Workspace, tmp_path: Path) -> None:
    bring_in(workspace, OWN, templates=tmp_path)
    (again,) = bring_in(workspace, OWN, templates=tmp_path)
    assert (again.id, again.turns, again.new) == ("2jnrz27r", 4, False)
    assert len(workspace.store.list_sessions()) == 1


def test_another_of_that_id_gets_one_of_its_own(workspace: Workspace, tmp_path: Path, written: Write) -> None:
    bring_in(workspace, OWN, templates=tmp_path)
    shorter = written("shorter.jsonl", "\n".join(LINES[:26]))
    (other,) = bring_in(workspace, shorter, templates=tmp_path)
    assert other.new
    assert other.id != "2jnrz27r"
    assert other.turns == 3
    assert _lines(workspace, other.id)[1:] == LINES[1:26]
    assert _lines(workspace, "2jnrz27r") == LINES


def test_a_file_that_breaks_off_between_two_events_is_a_session_that_goes_no_further(
    workspace: Workspace, tmp_path: Path, written: Write
) -> None:
    (brought,) = bring_in(workspace, written("cut.jsonl", "\n".join(LINES[:20]) + "\n"), templates=tmp_path)
    assert _lines(workspace, brought.id) == LINES[:20]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("\n".join(LINES)[:-20], r":32: is no event"),
        ("\n".join(LINES[3:]), r":1: is speaker_chosen, but a session begins with session_opened"),
        ("\n".join([*LINES[:7], *LINES[8:]]), r":8: is event 9, but 8 follows here"),
        ("\n".join([*LINES[:7], LINES[6], *LINES[7:]]), r":8: is event 7, but 8 follows here"),
        ("\n".join([LINES[0], LINES[0]]), r":2: a second session begins here"),
        (_changed(5, agent=9), r":5: turn_started cannot follow"),
        (_changed(5, at="NaN"), r":5: "),
        (_changed(5, at=1e300), r":5: happens at a time that cannot be"),
        (_changed(5, at=5.0), r":5: happens at a time that cannot be"),
        (_changed(10, turn=2**40), r":10: turn_ended cannot follow .*turn is out of range"),
        (_changed(10, kind="exploded"), r":10: is no event"),
        (_changed(1, session=""), r":1: session_opened cannot follow .*has no id"),
        (_changed(1, setup={"title": "", "template": "", "agents": []}), r":1: .*seat of its own"),
        ("\n".join([LINES[0], "[" * 100_000]), r":2: is no event"),
    ],
)
def test_what_is_wrong_has_its_line_and_leaves_nothing(
    content: str, what: str, workspace: Workspace, tmp_path: Path, written: Write
) -> None:
    path = written("own.jsonl", content)
    with pytest.raises(OperatorError, match=what) as wrong:
        bring_in(workspace, path, templates=tmp_path)
    assert str(path) in wrong.value.what
    assert wrong.value.cure
    assert workspace.store.list_sessions() == []
