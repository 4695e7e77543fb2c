"""A session that has a past goes on where it stood, and a branch from one of its turns leaves it as it was."""

from dataclasses import replace
from pathlib import Path

import pytest

from backrooms_tui.assembly.continuing import branch, resume
from backrooms_tui.assembly.opening import choose_cast, open_conversation
from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.conversation.casting import Choices
from backrooms_tui.session.events import SessionOpened, TurnStarted
from backrooms_tui.session.state import SessionState, apply
from backrooms_tui.session.trouble import OperatorError
from tests.conversation.playing import PlayedProvider, Talk, setup


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.setenv("BACKROOMS_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("BACKROOMS_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "script.txt").write_text("one\n---\ntwo\n---\nthree\n---\nfour\n")
    return Workspace()


async def spoken(workspace: Workspace, turns: int) -> str:
    chosen = choose_cast(workspace, "duo", Choices(models=("scripted/script.txt",), seed=5))
    opened = await open_conversation(workspace, chosen)
    opened.conversation.whisper(2, "Only for you.")
    await opened.conversation.run(turns=turns)
    await opened.aclose()
    return opened.conversation.state.session


async def test_a_session_goes_on_in_the_same_record(workspace: Workspace) -> None:
    session = await spoken(workspace, 3)
    before = workspace.store.state(session)
    opened = await resume(workspace, session)
    await opened.conversation.run(turns=2)
    await opened.aclose()
    state = workspace.store.state(session)
    assert [state.turns[turn].text.strip() for turn in range(1, 6)] == ["one", "one", "two", "two", "three"]
    assert state.entries[: len(before.entries)] == before.entries
    assert workspace.store.summary(session).turns == 5
    await workspace.aclose()


async def test_a_branch_has_the_past_and_leaves_its_parent_alone(workspace: Workspace) -> None:
    session = await spoken(workspace, 4)
    parent = list(workspace.store.events(session))
    opened = await branch(workspace, session, 2)
    await opened.conversation.run(turns=1)
    await opened.aclose()
    child = opened.conversation.state.session
    summary = workspace.store.summary(child)
    assert (summary.parent, summary.parent_turn, summary.turns) == (session, 2, 3)
    assert list(workspace.store.events(session)) == parent
    past = list(workspace.store.events(child))
    assert isinstance(past[0], SessionOpened)
    assert past[1:8] == parent[1:8]
    state = workspace.store.state(child)
    assert [turn.text.strip() for turn in state.turns.values()] == ["one", "one", "two"]
    perspective = "".join(message.text for message in opened.conversation.perspective(2).messages)
    assert "Only for you." in perspective
    await workspace.aclose()


async def test_a_branch_from_the_last_turn_has_what_was_said_and_changed_since(workspace: Workspace) -> None:
    session = await spoken(workspace, 3)
    opened = await resume(workspace, session)
    opened.conversation.interject("The lamp goes out.")
    opened.conversation.mute(1)
    assert opened.conversation.state.setup is not None
    opened.conversation.change_rules(replace(opened.conversation.state.setup.rules, max_turns=9))
    await opened.aclose()
    last, earlier = await branch(workspace, session, 3), await branch(workspace, session, 2)
    for one, there in ((last, True), (earlier, False)):
        state = one.conversation.state
        assert state.setup is not None
        assert (state.setup.rules.max_turns == 9, state.agents[1].muted) == (there, there)
        heard = "".join(message.text for message in one.conversation.perspective(2).messages)
        assert ("The lamp goes out." in heard) is there
        await one.aclose()
        assert [event.seq for event in workspace.store.events(state.session)] == list(range(1, state.seq + 1))
    await workspace.aclose()


async def test_a_branch_has_the_title_that_the_session_has_now(workspace: Workspace) -> None:
    session = await spoken(workspace, 1)
    workspace.store.rename(session, "A better night")
    opened = await branch(workspace, session, 1)
    await opened.aclose()
    assert workspace.store.summary(opened.conversation.state.session).title == "A better night"
    await workspace.aclose()


async def test_nobody_runs_a_session_that_was_only_opened_again(workspace: Workspace) -> None:
    session = await spoken(workspace, 3)
    opened = await branch(workspace, session, 2)
    assert opened.conversation.state.status == "paused"
    await opened.aclose()
    await workspace.aclose()


async def test_a_branch_goes_on_from_what_stands_not_from_what_was_taken_back(workspace: Workspace) -> None:
    session = await spoken(workspace, 3)
    opened = await resume(workspace, session)
    opened.conversation.retry()
    opened.conversation.retry()  # turn 2 as well
    await opened.conversation.run(turns=2)
    opened.conversation.edit(1, "one, but better")
    opened.conversation.edit(3, "not in the branch")
    await opened.aclose()
    parent = opened.conversation.state
    again = await branch(workspace, session, 2)
    await again.aclose()
    child = workspace.store.state(again.conversation.state.session)
    assert {number: turn.text for number, turn in child.turns.items()} == {
        1: "one, but better",
        2: parent.turns[2].text,
    }
    assert [attempt.trouble for attempt in child.turns[2].attempts] == [None]
    events = list(workspace.store.events(child.session))
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    await workspace.aclose()


async def test_there_is_no_branch_from_a_turn_that_never_was(workspace: Workspace) -> None:
    session = await spoken(workspace, 1)
    with pytest.raises(OperatorError, match="no turn 9"):
        await branch(workspace, session, 9)
    assert len(workspace.store.list_sessions()) == 1
    await workspace.aclose()


async def test_a_turn_that_was_cut_off_by_the_end_of_the_program_becomes_a_failed_attempt() -> None:
    talk = Talk(PlayedProvider("a"), setup("Ada", "Bo"))
    await talk.conversation.step()
    state = SessionState()
    for event in talk.heard.events:
        apply(state, event)
    apply(
        state,
        TurnStarted(seq=state.seq + 1, at=state.last, turn=2, agent=2, name="Bo", attempt=1, model="played/one"),
    )
    again = Talk(PlayedProvider("b"), setup("Ada", "Bo"), state=state)
    await again.conversation.step()
    assert again.said() == [("Ada", "a"), ("Bo", "b")]
    assert [old.trouble.message for old in again.state.turns[2].attempts if old.trouble] == [
        "the program was stopped while it spoke"
    ]


def test_a_seat_of_a_model_on_this_machine_has_the_context_it_asked_for() -> None:
    from backrooms_tui.conversation.casting import with_windows
    from backrooms_tui.session.setup import AgentSetup, Setup

    seats = (AgentSetup(1, "Ada", "ollama/x", params={"context": 4096}), AgentSetup(2, "Bo", "ollama/x", window=7))
    windows = [agent.window for agent in with_windows(Setup("t", "t", seats), {"ollama/x": 8192}).agents]
    assert windows == [4096, 8192]
