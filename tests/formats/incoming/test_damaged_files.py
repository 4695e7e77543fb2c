"""Two hundred damaged variants of every sample: each is refused in words, or what comes of it is whole."""

import shutil
from pathlib import Path

import pytest

from backrooms_tui.assembly.files.importing import Brought, bring_in
from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.session.events import Delta
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.templates.loading import find_template, load_template
from tests.formats.incoming.conftest import KINDS, SAMPLES, folded
from tests.formats.incoming.damage import VARIANTS, damaged


def _check(workspace: Workspace, brought: Brought, folder: Path) -> None:
    if brought.kind == "template":
        assert load_template(find_template(brought.id, folder)).seats == len(brought.agents)
        return
    events = list(workspace.store.events(brought.id))
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    state = folded(events)
    assert workspace.store.state(brought.id).entries == state.entries
    without = [event for event in events if not isinstance(event, Delta)]
    assert [e for e in workspace.store.events(brought.id, deltas=False) if not isinstance(e, Delta)] == without
    summary = workspace.store.summary(brought.id)
    assert summary.turns == brought.turns
    assert summary.agents


@pytest.mark.timeout(400)
@pytest.mark.parametrize("name", KINDS)
def test_nothing_but_words_or_a_whole(name: str, workspace: Workspace, tmp_path: Path) -> None:
    folder = tmp_path / "templates"
    content = (SAMPLES / name).read_bytes()
    shutil.copytree((SAMPLES / name).parent, tmp_path / "files")
    path = tmp_path / "files" / Path(name).name
    refused = kept = 0
    for number, variant in enumerate(damaged(content, name)):
        path.write_bytes(variant)
        sessions = len(workspace.store.list_sessions())
        templates = len(list(folder.iterdir()))
        problem: OperatorError | None = None
        brought: list[Brought] = []
        try:
            brought = bring_in(workspace, path, templates=folder)
        except OperatorError as error:
            problem = error
        if problem is None:
            kept += 1
            for one in brought:
                _check(workspace, one, folder)
        else:
            refused += 1
            assert path.parent.name in problem.what, (number, problem.what)
            assert problem.cure, (number, problem.what)
            assert len(workspace.store.list_sessions()) == sessions
            assert len(list(folder.iterdir())) == templates
    assert refused + kept == VARIANTS
    assert workspace.store.problems() == []


def test_some_of_them_are_really_damaged_and_some_are_not_too_much(workspace: Workspace, tmp_path: Path) -> None:
    """The damage is neither so small nor so great that it would show nothing."""
    refused = 0
    for variant in damaged((SAMPLES / "llm_conversation_log.json").read_bytes(), "some"):
        path = tmp_path / "log.json"
        path.write_bytes(variant)
        try:
            bring_in(workspace, path, templates=tmp_path / "templates", dry=True)
        except OperatorError:
            refused += 1
    assert VARIANTS * 0.3 < refused < VARIANTS
