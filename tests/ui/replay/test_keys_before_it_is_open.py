"""What is pressed while the session is being read is done when it is there."""

import threading

from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.ui.screens.help.help import HelpScreen
from tests.ui.conditions import at_once
from tests.ui.replay.conftest import Kept, OnReplay


async def test_keys_wait_until_the_session_is_there(
    on_replay: OnReplay, kept: Kept, workspace: Workspace, monkeypatch
) -> None:
    session = await kept(4)
    store, may = workspace.store, threading.Event()
    summary = store.summary

    def slow(name: str):
        may.wait(20)
        return summary(name)

    monkeypatch.setattr(store, "summary", slow)
    try:
        async with on_replay(session, 0) as replay:
            at_once(replay.app, "nn")
            await replay.press("t", "n")
            assert replay.screen.playback is None
            may.set()
            await replay.sees("turn 3 of 4", "Ada says two.", "Reasoning is shown")
    finally:
        may.set()


async def test_it_can_be_left_before_it_is_there(
    on_replay: OnReplay, kept: Kept, workspace: Workspace, monkeypatch
) -> None:
    session = await kept(2)
    store, may = workspace.store, threading.Event()
    summary = store.summary

    def slow(name: str):
        may.wait(20)
        return summary(name)

    monkeypatch.setattr(store, "summary", slow)
    try:
        async with on_replay(session) as replay:
            at_once(replay.app, "n?")
            await replay.until(lambda: isinstance(replay.app.screen, HelpScreen))
            at_once(replay.app, "escape", "escape")
            await replay.until(lambda: len(replay.app.screen_stack) == 2)
            may.set()
    finally:
        may.set()


async def test_all_at_once_on_the_first_key(on_replay: OnReplay, kept: Kept) -> None:
    session = await kept(4)
    async with on_replay(session) as replay:
        at_once(replay.app, "a")
        await replay.sees("■ the end", "turn 4 of 4")


async def test_keys_for_a_session_that_is_not_there_do_nothing(on_replay: OnReplay) -> None:
    async with on_replay("nowhere0") as replay:
        at_once(replay.app, "ngz/*")
        await replay.sees("there is no session 'nowhere0'")
        at_once(replay.app, "ngz/*")
        await replay.pilot.pause()
        assert replay.app.screen is replay.screen
        at_once(replay.app, "escape")
        await replay.until(lambda: len(replay.app.screen_stack) == 2)
