"""What agents asked for is kept with its session, and goes along into branches."""

import asyncio
from pathlib import Path

import pytest

from backrooms_tui.assembly.continuing import branch, resume
from backrooms_tui.assembly.opening import choose_cast, open_conversation
from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.assembly.worlds.inviting import Inviting
from backrooms_tui.conversation.casting import Choices
from backrooms_tui.conversation.sending.xray import xray
from backrooms_tui.session.request_events import RequestMade
from backrooms_tui.session.state import WordEntry
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.session.world import Permission
from backrooms_tui.store.verifying import verify
from tests.assembly.conftest import Script

TEMPLATE = """
[template]
title = "Three"
[[agents]]
name = "Ada"
[[agents]]
name = "Bo"
[[agents]]
name = "Cy"
[rules.requests]
whisper = "allow"
vote = "allow"
note = "allow"
"""


@pytest.fixture
def three(tmp_path: Path) -> str:
    path = tmp_path / "three.toml"
    path.write_text(TEMPLATE, encoding="utf-8")
    return str(path)


async def talk(workspace: Workspace, template: str, models: tuple[str, ...], turns: int, **asked: Permission) -> str:
    chosen = choose_cast(workspace, template, Choices(models=models, title="Three", requests=asked))
    opened = await open_conversation(workspace, chosen)
    await opened.conversation.run(turns)
    await opened.aclose()
    return opened.conversation.state.session


def whispers(entries: object) -> list[str]:
    return [
        entry.text
        for entry in entries  # type: ignore[attr-defined]
        if isinstance(entry, WordEntry) and entry.source == "agent" and not entry.taken_back
    ]


async def test_what_a_template_allows_works_and_is_told_to_all_agents(
    workspace: Workspace, three: str, script: Script
) -> None:
    models = (script("ada", 'Hi.\n!whisper Bo "psst"'), script("bo", "!note well"), script("cy", "So."))
    session = await talk(workspace, three, models, 3)
    events = list(workspace.store.events(session))
    assert [event.name for event in events if isinstance(event, RequestMade)] == ["whisper", "note"]
    seen = xray(events, 2)
    assert "!whisper NAME" in seen.system
    assert "!invite" not in seen.system
    assert [part.origin for part in seen.messages[-1].parts] == ["turn", "agent"]
    assert "psst" not in "".join(message.text for message in xray(events, 3).messages)
    assert verify(workspace.store, session).problems == []
    assert whispers(workspace.store.entries(session, 1, 3)) == ["psst"]
    assert whispers(workspace.store.entries(session, 2, 2)) == ["psst"] or whispers(
        workspace.store.entries(session, 1, 1)
    ) == ["psst"]


async def test_a_branch_has_the_requests_of_its_last_turn_and_makes_none_twice(
    workspace: Workspace, three: str, script: Script
) -> None:
    replies = ('Hi.\n!whisper Bo "psst"\n!vote "Go?" "yes" "no"\n!vote yes', "Well.")
    models = (script("ada", *replies), script("bo", "!vote no"), script("cy", "!vote no"))
    session = await talk(workspace, three, models, 5)
    for turn in (1, 2, 3, 5):
        opened = await branch(workspace, session, turn)
        state = opened.conversation.state
        assert whispers(state.entries) == ["psst"]
        assert (state.requests.vote is None) == (turn >= 3)
        before = len(state.requests.made)
        await opened.conversation.run(1)
        await opened.aclose()
        assert whispers(state.entries) == ["psst"]
        again = [event for event in workspace.store.events(state.session) if isinstance(event, RequestMade)]
        assert len({event.id for event in again}) == len(again)
        assert len(again) - before in (0, 1)
        assert verify(workspace.store, state.session).problems == []


async def test_what_was_undone_is_undone_in_a_branch_from_before_and_after_opening_again(
    workspace: Workspace, three: str, script: Script
) -> None:
    models = (script("ada", 'Hi.\n!whisper Bo "psst"', "Well."), script("bo", "Hm."), script("cy", "So."))
    session = await talk(workspace, three, models, 3)
    opened = await resume(workspace, session)
    opened.conversation.undo_request()
    await opened.conversation.run(1)
    await opened.aclose()
    assert whispers(workspace.store.state(session).entries) == []
    for turn in (1, 2, 4):
        other = await branch(workspace, session, turn)
        assert whispers(other.conversation.state.entries) == []
        await other.aclose()
        assert verify(workspace.store, other.conversation.state.session).problems == []


async def test_an_invited_model_joins_and_is_kept(workspace: Workspace, three: str, script: Script) -> None:
    workspace.catalogue.reload({"sailor": script("dee", "Dee is here.")}, workspace.catalogue.endpoints)
    models = (
        script("ada", '!invite sailor "You are a sailor." Dee', "Well."),
        script("bo", "Hm."),
        script("cy", "So."),
    )
    session = await talk(workspace, three, models, 4, invite="allow")
    assert [turn.name for turn in workspace.store.turns(session, 1, 4)] == ["Ada", "Bo", "Cy", "Dee"]
    opened = await resume(workspace, session)
    await opened.conversation.run(1)
    await opened.aclose()
    assert workspace.store.turns(session, 5, 5)[0].name == "Ada"
    assert verify(workspace.store, session).problems == []


async def test_who_is_no_model_or_has_no_key_or_is_not_known_cannot_be_invited(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    inviting = Inviting(workspace)
    for model, why in (("cli", "is a world"), ("opus", "ANTHROPIC_API_KEY is not set"), ("nonsuch", "nonsuch")):
        with pytest.raises(OperatorError, match=why):
            await inviting.somebody(model, "a poet", "")
    await asyncio.sleep(0)


@pytest.mark.parametrize("model", ["scripted/{}", "local/{}", "scripted/../{}"])
async def test_no_file_of_the_persons_can_be_invited(workspace: Workspace, tmp_path: Path, model: str) -> None:
    secret = tmp_path / "diary.txt"
    secret.write_text("what nobody may read", "utf-8")
    with pytest.raises(OperatorError, match="cannot be named by its file"):
        await Inviting(workspace).somebody(model.format(secret), "a reader", "")


async def test_requests_chosen_for_a_session_win_over_the_template(
    workspace: Workspace, three: str, script: Script
) -> None:
    models = (script("ada", "Hi.\n!note x\n!leave"), script("bo", "Hm."), script("cy", "So."))
    session = await talk(workspace, three, models, 2, note="deny", leave="ask")
    state = workspace.store.state(session)
    assert state.asking.asked is not None
    assert state.asking.asked.name == "leave"
    assert state.turns[1].heard == "Hi.\n!note x"
