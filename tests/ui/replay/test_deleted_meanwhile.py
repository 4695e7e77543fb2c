"""A session that goes while somebody watches it, and somebody who goes while it is being opened."""

import asyncio
import threading

import pytest

from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.store.database import Store
from backrooms_tui.store.recorder import Recorder
from backrooms_tui.ui.screens.replay.playback import Playback
from backrooms_tui.ui.screens.replay.replay import ReplayScreen
from tests.store.scripts import Script, kept
from tests.ui.bare import BareApp
from tests.ui.conditions import until
from tests.ui.replay.conftest import OnReplay


@pytest.mark.parametrize("gone", ["put_away", "delete"])
async def test_what_cannot_be_read_any_more_says_so_in_its_place(
    on_replay: OnReplay, workspace: Workspace, gone: str
) -> None:
    session = kept(workspace.store, *(f"Word {turn}." for turn in range(1, 101))).session
    async with on_replay(session, 100) as replay:
        await replay.sees("turn 100 of 100", "Word 100.")
        getattr(workspace.store, gone)(session)
        replay.screen.go_to_turn(3)
        await replay.sees("session", "trash" if gone == "put_away" else "there is no session")
        replay.screen.scene.follows_speaker = False
        for transcript in replay.screen.scene.transcripts:
            transcript.go_to(2)
        await replay.sees("turn 3 cannot be read: ")
        await replay.press("k", "space", "c", "slash", "escape", "x", "escape")
        await replay.until(lambda: replay.app.screen is replay.screen)
        await replay.press("escape")
        await replay.until(lambda: not any(isinstance(one, ReplayScreen) for one in replay.app.screen_stack))


async def test_playing_what_is_gone_tells_why_it_does_not_play(on_replay: OnReplay, workspace: Workspace) -> None:
    session = kept(workspace.store, "One.", "Two.").session
    async with on_replay(session, 2) as replay:
        await replay.sees("■ the end")
        workspace.store.put_away(session)
        await replay.press("space")
        await replay.sees("is in the trash")
        await replay.until(lambda: not replay.playback.playing)


def looking() -> list[str]:
    """The replays that look at a session every now and then."""
    names = (getattr(task.get_coro(), "__qualname__", "") for task in asyncio.all_tasks())
    return [name for name in names if name.startswith(Playback.__name__)]


async def test_who_leaves_while_it_is_being_opened_leaves_nothing_behind(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = Script(workspace.store.new_id()).open()
    script.speak("one")
    recorder = Recorder(workspace.store)
    for event in script.events:
        recorder.hear(event)
    await recorder.settled()
    begun, go_on = threading.Event(), threading.Event()
    state_at = Store.state_at

    def slowly(*args: object, **named: object) -> object:
        begun.set()
        go_on.wait(20)
        return state_at(*args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(Store, "state_at", slowly)
    app = BareApp(workspace, lambda app: app.show_replay(script.session))
    async with app.run_test() as pilot:
        await until(pilot, begun.is_set)
        await pilot.press("escape")
        await until(pilot, lambda: not any(isinstance(one, ReplayScreen) for one in app.screen_stack))
        go_on.set()
        await until(pilot, lambda: not looking())
    recorder.close()
