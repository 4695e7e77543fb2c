"""Sessions with councils as files: folded where they are read, and all there where they are read again."""

import json
import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from backrooms_tui.assembly.continuing import branch
from backrooms_tui.assembly.files.exporting import format_named, write_to
from backrooms_tui.assembly.files.importing import bring_in
from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.session.codec import event_to_json
from backrooms_tui.session.events import CouncilEnded, CouncilOpened, RoundBegan, Serves
from backrooms_tui.session.state import CouncilEntry
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.session.usage import Usage
from tests.hostile import HOSTILE
from tests.store.scripts import BEGAN, Script, keep

TOOK: dict[str, Any] = {"turns": 2, "usage": Usage(30, 12, 4), "cost": 0.5, "detail": "two turns"}


@pytest.fixture
def session(workspace: Workspace) -> str:
    """A session whose agent has a council, one of whose members has a council."""
    store = workspace.store
    outer, council, within = (store.new_id() for _ in range(3))
    script = Script(outer).open("Forecast")
    script.add(RoundBegan, round=1, label="Year 2027", text="Year 2027")
    script.add(CouncilOpened, turn=1, agent=1, council=council)
    script.add(CouncilEnded, turn=1, agent=1, council=council, text="Mara: a heron", **TOOK)
    script.speak("we wait")
    keep(store, script.events)
    script = Script(council, BEGAN + 1).open("Council", serves=Serves(outer, 1, 1))
    script.add(CouncilOpened, turn=1, agent=2, council=within)
    script.add(CouncilEnded, turn=1, agent=2, council=within, text="Kit: an owl", **TOOK)
    script.speak("a heron <b>stands</b> there")
    keep(store, script.events)
    script = Script(within, BEGAN + 2).open("Within", serves=Serves(council, 1, 2))
    script.speak("an owl sleeps")
    keep(store, script.events)
    return outer


def _written(workspace: Workspace, session: str, name: str) -> str:
    out = StringIO()
    write_to(workspace.store, [session], format_named(name), out)
    return out.getvalue()


def test_markdown_folds_them_one_within_the_other(workspace: Workspace, session: str) -> None:
    text = _written(workspace, session, "markdown")
    kinds = re.findall(r"<details>|</details>|an owl sleeps|a heron|we wait|# Year 2027", text)
    assert kinds == [
        "# Year 2027",
        *("<details>", "<details>", "an owl sleeps", "</details>", "a heron", "</details>"),
        "we wait",
    ]
    assert "<summary>Council of ① Explorer · 2 turns · $0.5000</summary>" in text
    assert "### 1 · ① Explorer" in text
    assert len(re.findall(r"^## ", text, re.MULTILINE)) == 1  # the turns of the session alone
    assert r"\<b>" in text


def test_a_page_has_them_folded_too(workspace: Workspace, session: str) -> None:
    page = _written(workspace, session, "html")
    said = re.search(r'<script[^>]*id="said"[^>]*>(.*?)</script>', page, re.DOTALL)
    assert said is not None
    pieces = json.loads(said[1])
    (council,) = (piece for piece in pieces if piece["k"] == "council")
    (inner,) = (piece for piece in council["said"] if piece["k"] == "council")
    assert [piece["text"] for piece in inner["said"]] == ["an owl sleeps"]
    assert [piece["text"] for piece in council["said"] if piece["k"] == "turn"] == ["a heron <b>stands</b> there"]
    assert "<b>" not in page


def test_a_log_leaves_them_out(workspace: Workspace, session: str) -> None:
    text = _written(workspace, session, "text")
    assert "we wait" in text
    assert "heron" not in text
    assert "owl" not in text


def test_one_whose_record_is_gone_is_told_as_its_agent_was(workspace: Workspace, session: str) -> None:
    for council in workspace.store.councils(session):
        workspace.store.delete(council.id)
    assert "Mara: a heron" in _written(workspace, session, "markdown")
    assert "Mara: a heron" in _written(workspace, session, "html")
    assert "we wait" in _written(workspace, session, "jsonl")


def test_hostile_words_in_councils_stay_words(workspace: Workspace) -> None:
    store = workspace.store
    outer, council = store.new_id(), store.new_id()
    script = Script(outer).open("Forecast")
    script.add(CouncilOpened, turn=1, agent=1, council=council)
    hostile = "\n".join(text.replace("\ud800", "\ufffd") for text in HOSTILE)
    took = TOOK | {"detail": hostile}
    script.add(CouncilEnded, turn=1, agent=1, council=council, text=hostile, **took)
    keep(store, script.events)
    inner = Script(council, BEGAN + 1).open(hostile, serves=Serves(outer, 1, 1))
    inner.speak(f"{hostile}</details><script>alert(1)</script>")
    keep(store, inner.events)
    for name in ("markdown", "html"):
        text = _written(workspace, outer, name)
        assert not re.search(r"(?<!\\)<script>alert", text)
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)
    assert len(re.findall(r"(?<!\\)</details>", _written(workspace, outer, "markdown"))) == 1


def test_events_hold_all_of_them_and_are_taken_in_together(workspace: Workspace, session: str, tmp_path: Path) -> None:
    store = workspace.store
    text = _written(workspace, session, "jsonl")
    opened = [json.loads(line) for line in text.splitlines() if '"session_opened"' in line]
    assert [one["setup"]["title"] for one in opened] == ["Forecast", "Council", "Within"]
    path = tmp_path / "forecast.jsonl"
    path.write_text(text, "utf-8")
    (same,) = bring_in(workspace, path, templates=tmp_path)
    assert (same.new, same.id, same.turns) == (False, session, 1)

    before = [event_to_json(event) for event in store.events(session)]
    store.delete(session)
    for _ in range(2):  # those of a session that is gone for good go along with it
        store.empty_old_trash(now=BEGAN + 10**9)
    (back,) = bring_in(workspace, path, templates=tmp_path)
    assert (back.new, back.turns) == (True, 1)
    after = [event_to_json(event) for event in store.events(back.id)]
    if back.id == session:
        assert after == before
    (council,) = store.councils(back.id)
    (within,) = store.councils(council.id)
    assert (council.turns, within.turns) == (1, 1)
    assert "an owl sleeps" in _written(workspace, back.id, "markdown")
    assert [one.id for one in store.list_sessions()] == [back.id]


def test_taken_in_again_they_have_ids_of_their_own(workspace: Workspace, session: str, tmp_path: Path) -> None:
    store = workspace.store
    path = tmp_path / "forecast.jsonl"
    path.write_text(_written(workspace, session, "jsonl"), "utf-8")
    (other,) = bring_in(workspace, path, templates=tmp_path, again=True)
    assert other.id != session
    (mine,), (theirs,) = store.councils(session), store.councils(other.id)
    assert mine.id != theirs.id
    told = [entry.council for entry in store.state(other.id).entries if isinstance(entry, CouncilEntry)]
    assert told == [theirs.id]
    assert store.state(theirs.id).serves == Serves(other.id, 1, 1)
    assert [one.turns for one in store.councils(theirs.id)] == [1]


def test_a_council_alone_stands_by_itself_elsewhere(workspace: Workspace, session: str, tmp_path: Path) -> None:
    (council,) = workspace.store.councils(session)
    path = tmp_path / "council.jsonl"
    path.write_text(_written(workspace, council.id, "jsonl"), "utf-8")
    (other,) = bring_in(workspace, path, templates=tmp_path, again=True)
    assert workspace.store.state(other.id).serves is None
    assert other.id in [one.id for one in workspace.store.list_sessions()]
    assert len(workspace.store.councils(session)) == 1


async def test_a_branch_with_councils_of_its_past_is_known_again(
    workspace: Workspace, session: str, tmp_path: Path
) -> None:
    # They were held for the session that it branched off from, in whose record they stay.
    opened = await branch(workspace, session, 1)
    await opened.aclose()
    path = tmp_path / "branch.jsonl"
    path.write_text(_written(workspace, opened.conversation.state.session, "jsonl"), "utf-8")
    (same,) = bring_in(workspace, path, templates=tmp_path)
    assert (same.new, same.id) == (False, opened.conversation.state.session)

    # Where the other session is here, too, the council of the file has another name.
    workspace.store.delete(same.id)
    (back,) = bring_in(workspace, path, templates=tmp_path)
    (council,) = workspace.store.councils(back.id)
    assert (back.new, council.id != workspace.store.councils(session)[0].id) == (True, True)
    (again,) = bring_in(workspace, path, templates=tmp_path)
    assert (again.new, again.id, again.turns) == (False, back.id, 1)


def test_a_council_alone_is_known_again(workspace: Workspace, session: str, tmp_path: Path) -> None:
    (council,) = workspace.store.councils(session)
    path = tmp_path / "council.jsonl"
    path.write_text(_written(workspace, council.id, "jsonl"), "utf-8")
    workspace.store.delete(session)
    (first,) = bring_in(workspace, path, templates=tmp_path)
    (second,) = bring_in(workspace, path, templates=tmp_path)
    assert (first.new, second.new) == (True, False)
    assert second.id == first.id


@pytest.mark.parametrize("wrong", ["itself", "again", "never"])
def test_a_file_in_which_a_council_would_be_within_itself_is_refused(
    wrong: str, workspace: Workspace, session: str, tmp_path: Path
) -> None:
    lines = [json.loads(line) for line in _written(workspace, session, "jsonl").splitlines()]
    (outer, council, _) = (line["session"] for line in lines if line["kind"] == "session_opened")
    openings = [line for line in lines if line["kind"] == "council_opened"]
    endings = [line for line in lines if line["kind"] == "council_ended"]
    match wrong:
        case "itself":
            openings[1]["council"] = outer
        case "again":
            openings[1]["council"] = council
        case "never":
            endings[1]["council"] = outer
    path = tmp_path / "wrong.jsonl"
    path.write_text("\n".join(json.dumps(line) for line in lines), "utf-8")
    with pytest.raises(OperatorError, match="that council was"):
        bring_in(workspace, path, templates=tmp_path, again=True)
    assert len(workspace.store.list_sessions()) == 1
