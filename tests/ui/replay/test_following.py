"""A session that another program records, watched as it grows."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.session.state import TurnEntry
from backrooms_tui.store.recorder import Recorder
from backrooms_tui.ui.screens.stage.stage import StageScreen
from tests.store.elsewhere import Elsewhere
from tests.store.scripts import kept
from tests.ui.bare import BareApp
from tests.ui.conditions import screen_text, until
from tests.ui.replay.conftest import OnReplay, Replay


class Other:
    """The other program, as a test has it."""

    def __init__(self, elsewhere: Elsewhere) -> None:
        self.elsewhere = elsewhere
        self.session = elsewhere.session

    async def __call__(self, *lines: str) -> None:
        for line in lines:
            await asyncio.to_thread(self.elsewhere, line)

    async def close(self) -> None:
        await asyncio.to_thread(self.elsewhere.close)


@pytest.fixture
async def other(tmp_path: Path) -> AsyncIterator[Other]:
    with await asyncio.to_thread(Elsewhere, tmp_path / "data" / "sessions.db") as elsewhere:
        yield Other(elsewhere)


def turns(replay: Replay) -> list[int]:
    """The turns that can be read, from the first to the last."""
    source = replay.screen.scene.source_for(0)
    entries = [source.entry(index) for index in range(len(source))]
    return [one.turn for one in entries if isinstance(one, TurnEntry) and not one.retracted]


async def test_it_is_followed_by_itself_and_words_come_as_they_are_said(on_replay: OnReplay, other: Other) -> None:
    await other("speak first words", "speak second words", "speak third words")
    async with on_replay(other.session) as replay:
        await replay.sees("◉ live", "third words", "turn 3 of 3")
        await other("start", "say and now")
        await replay.sees("and now", "speaking", "turn 4 of 4")
        await other("say this as well")
        await replay.sees("this as well")
        await other("end and now this as well")
        await replay.until(lambda: replay.standing() == (4, False))
        await other("speak fifth words", "speak sixth words")
        await replay.sees("sixth words", "◉ live", "turn 6 of 6")
        assert turns(replay) == [1, 2, 3, 4, 5, 6]


async def test_when_it_ends_it_is_said_and_nothing_is_looked_for_any_more(on_replay: OnReplay, other: Other) -> None:
    await other("speak first words")
    async with on_replay(other.session) as replay:
        await replay.sees("◉ live")
        await other("speak the last words", "over")
        await other.close()
        await replay.sees("the last words", "■ ended", "▷ replay")
        await replay.until(lambda: replay.playback._watching.done())  # type: ignore[union-attr]


async def test_a_program_that_was_killed_has_stopped(on_replay: OnReplay, other: Other) -> None:
    await other("speak first words", "start", "say half a")
    async with on_replay(other.session) as replay:
        await replay.sees("◉ live", "half a")
        other.elsewhere.kill()
        await replay.sees("■ stopped")


async def test_pausing_leaves_it_and_end_takes_it_up_again(on_replay: OnReplay, other: Other) -> None:
    await other("speak first words")
    async with on_replay(other.session) as replay:
        await replay.sees("◉ live")
        await replay.press("space")
        await replay.sees("‖ paused", "end goes live")
        await other("speak second words")
        await replay.sees("turn 1 of 2")
        assert "second words" not in replay.text
        await replay.press("end")
        await replay.sees("◉ live", "second words", "turn 2 of 2")
        await other("speak third words")
        await replay.sees("third words")


async def test_going_back_leaves_it_and_coming_to_the_end_takes_it_up_again(on_replay: OnReplay, other: Other) -> None:
    await other(*(f"speak words {number}" for number in ("one", "two", "three", "four")), "start", "say in flight")
    async with on_replay(other.session) as replay:
        await replay.sees("◉ live", "in flight")
        await replay.press("space", "b")
        await replay.until(lambda: replay.standing() == (4, False))
        await replay.sees("‖ paused", "end goes live")
        await replay.until(lambda: "in flight" not in replay.text)
        await replay.press("b")
        await replay.sees("turn 3 of")
        # The last whole turn, and with it what came after it.
        await replay.press("n")
        await replay.sees("◉ live", "in flight")
        await other("end in flight", "start", "say another one")
        await replay.sees("another one")


async def test_playing_comes_to_the_end_and_goes_on_from_there(on_replay: OnReplay, other: Other) -> None:
    await other("speak words one", "speak words two")
    async with on_replay(other.session, 1) as replay:
        await replay.sees("‖ paused", "turn 1 of 2")
        await replay.press("space")
        await replay.sees("◉ live", "words two")
        await other("speak words three")
        await replay.sees("words three")


async def test_what_is_changed_far_back_is_changed_here(on_replay: OnReplay, other: Other) -> None:
    await other(*(f"speak words {number}" for number in ("one", "two", "three")))
    async with on_replay(other.session) as replay:
        await replay.sees("◉ live", "words one", "words three")
        await other("edit 1 entirely other")
        await replay.sees("entirely other")
        await other("retract", "speak third again")
        await replay.sees("third again")
        await other("speak fourth")
        await replay.sees("fourth")
        assert turns(replay) == [1, 2, 3, 4]


async def test_from_it_a_branch_goes_on(on_replay: OnReplay, other: Other) -> None:
    await other("speak words one", "speak words two", "start", "say in flight")
    async with on_replay(other.session) as replay:
        await replay.sees("◉ live", "in flight")
        await replay.press("f")
        await replay.until(lambda: isinstance(replay.app.screen, StageScreen))
        stage: StageScreen = replay.app.screen  # type: ignore[assignment]
        assert (stage.state.parent, stage.state.turn) == (other.session, 2)
    await other("end in flight")


async def test_who_asked_for_it_also_follows_what_begins_later(workspace: Workspace) -> None:
    script = await asyncio.to_thread(kept, workspace.store, "words one", "words two")
    app = BareApp(workspace, lambda app: app.show_replay(script.session, follow=True))
    async with app.run_test(size=(120, 30), notifications=True) as pilot:
        await until(pilot, lambda: "words two" in screen_text(app) and "■ stopped" in screen_text(app))
        recorder = Recorder(workspace.store, script.session)
        before = len(script.events)
        script.speak("words three")
        for event in script.events[before:]:
            recorder.hear(event)
        await until(pilot, lambda: "words three" in screen_text(app) and "◉ live" in screen_text(app))
        await recorder.aclose()
        await until(pilot, lambda: "■ stopped" in screen_text(app))


async def test_nothing_is_read_when_the_screen_is_gone(on_replay: OnReplay, other: Other) -> None:
    await other("speak first words")
    async with on_replay(other.session) as replay:
        await replay.sees("◉ live")
        playback = replay.playback
        await replay.press("escape")
        await replay.until(lambda: playback._watching is not None and playback._watching.done())
