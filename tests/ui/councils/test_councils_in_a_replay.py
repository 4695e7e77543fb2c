"""Councils of a kept session: folded where they ended, heard while they are held, and a screen of their own."""

from collections.abc import Awaitable, Callable
from typing import Any

from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.session.events import CouncilEnded, CouncilOpened, Serves
from backrooms_tui.session.usage import Usage
from backrooms_tui.ui.screens.stage.stage import StageScreen
from tests.store.scripts import BEGAN, Script, keep
from tests.ui.councils.conftest import OnReplay, council_screen

Kept = Callable[[], Awaitable[str]]


def held_for_ten_seconds(workspace: Workspace) -> str:
    """A session whose first agent has a council of two turns before it speaks, kept; its id."""
    store = workspace.store
    outer, council = store.new_id(), store.new_id()
    inner = Script(council, BEGAN + 2).open("Council", serves=Serves(outer, 1, 1))
    inner.speak("a heron stands there")
    inner.at += 4
    inner.speak("and it flies away")
    keep(store, inner.events)
    script = Script(outer).open("Forecast")
    script.add(CouncilOpened, turn=1, agent=1, council=council, after=1.5)
    script.at = inner.at + 3
    took: dict[str, Any] = {"turns": 2, "usage": Usage(30, 12, 4), "cost": 0.5}
    script.add(CouncilEnded, turn=1, agent=1, council=council, text="A: a heron", detail="two turns", **took)
    script.speak("we wait")
    keep(store, script.events)
    return outer


async def test_it_is_folded_where_it_ended_and_unfolds(on_replay: OnReplay, kept: Kept) -> None:
    session = await kept()
    async with on_replay(session, 2, size=(160, 40)) as replay:
        await replay.sees("▸ ◇ council · 2 turns", "▸ ◇ ① council · 2 turns", "── Year 2027")
        assert "Mara" not in replay.text
        await replay.press("D")
        await replay.sees("│ 1 ① Mara", "│ 1 ① Ines", "│ ▸ ◇ ① council")
        await replay.press("D")
        await replay.sees("│ │ 1 ① Kit")
        await replay.press("D")
        await replay.until(lambda: "Mara" not in replay.text)


async def test_between_its_beginning_and_its_end_it_is_held_as_far_as_it_had_come(
    on_replay: OnReplay, workspace: Workspace
) -> None:
    session = held_for_ten_seconds(workspace)
    async with on_replay(session, 1, size=(120, 30)) as replay:
        await replay.sees("◇ council · 2 turns")
        await replay.press("0")
        await replay.until(lambda: replay.state.turn == 0 and not replay.state.entries)
        for _ in range(6):
            await replay.press("full_stop")
        await replay.sees("◇ council of ①", "in council", "a heron stands there")
        assert "flies away" not in replay.text
        while "flies away" not in replay.text:
            await replay.press("full_stop")
        await replay.sees("in council", "flies away")
        while "flies away" in replay.text:
            await replay.press("comma")
        await replay.sees("in council", "a heron stands there")
        await replay.press("n")
        await replay.sees("▸ ◇ council · 2 turns", "we wait")
        assert not replay.playback.held.states


async def test_while_it_is_played_its_words_come_as_they_came(on_replay: OnReplay, workspace: Workspace) -> None:
    session = held_for_ten_seconds(workspace)
    async with on_replay(session, size=(120, 30)) as replay:
        await replay.until(lambda: replay.playback.playing)
        await replay.press("plus", "plus")
        await replay.sees("◇ council of ①", "a heron stands there")
        await replay.sees("flies away")
        await replay.sees("we wait", "■ the end")
        await replay.sees("▸ ◇ council · 2 turns")


async def test_enter_opens_it_and_says_whose_it_is(on_replay: OnReplay, kept: Kept) -> None:
    session = await kept()
    async with on_replay(session, 1, size=(120, 30)) as replay:
        await replay.sees("▸ ◇ council · 2 turns")
        await replay.press("enter")
        await replay.sees("◇ council of ① Halden · Forecast · before turn 1", "Mara", "Jonas", "What should we say?")
        assert council_screen(replay).session != session
        await replay.press("x")
        await replay.sees("X-ray", "Sent")
        await replay.press("escape", "escape")
        await replay.until(lambda: council_screen(replay).session == session)


async def test_a_branch_from_a_turn_of_a_council_is_a_session_of_its_own(
    on_replay: OnReplay, kept: Kept, workspace: Workspace
) -> None:
    session = await kept()
    council = workspace.store.councils(session)[0].id
    async with on_replay(council, 1, size=(120, 30)) as replay:
        await replay.sees("◇ council of")
        await replay.press("f")
        await replay.until(lambda: isinstance(replay.app.screen, StageScreen))
        stage = replay.app.screen
        assert isinstance(stage, StageScreen)
        assert stage.state.serves is None
        assert stage.state.turn == 1
        await replay.press("n")
        await replay.until(lambda: stage.state.turn == 2)
        await replay.until(lambda: not stage.performance.running)
    branch = stage.state.session
    assert branch in [one.id for one in workspace.store.list_sessions()]
    assert len(workspace.store.councils(session)) == 2


async def test_what_its_agent_was_told_of_it_stands_in_the_x_ray(on_replay: OnReplay, kept: Kept) -> None:
    session = await kept()
    async with on_replay(session, 1, size=(120, 40)) as replay:
        await replay.sees("▸ ◇ council · 2 turns")
        await replay.press("x")
        await replay.sees("X-ray", "round, before the first turn", "council of its own, before the first turn", "Mara:")
