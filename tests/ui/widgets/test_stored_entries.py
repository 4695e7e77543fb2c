"""A stored session, read a page at a time, shows the same as the session that was alive."""

from pathlib import Path

import pytest

from backrooms_tui.session.events import Interjected, Noticed, TurnEdited, TurnRetracted, Whispered
from backrooms_tui.session.state import TurnEntry
from backrooms_tui.store.database import Store, open_store
from backrooms_tui.store.recorder import Recorder
from backrooms_tui.ui.widgets.entries import PAGE, LiveEntries, StoredEntries
from backrooms_tui.ui.widgets.timeline import Timeline
from backrooms_tui.ui.widgets.transcript import Transcript
from tests.ui.conditions import screen_text, until
from tests.ui.widgets.talk import Showing, Talk


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path / "sessions.db")


async def keep(store: Store, talk: Talk) -> str:
    recorder = Recorder(store)
    for event in talk.events:
        recorder.hear(event)
    await recorder.aclose()
    return talk.state.session


def eventful(turns: int) -> Talk:
    talk = Talk()
    talk.happens(Noticed, level="info", text="before everything")
    for turn in range(1, turns + 1):
        talk.turn(f"words of turn {turn}")
        if turn % 10 == 0:
            talk.happens(Interjected, text=f"word after {turn}")
            talk.happens(Whispered, to=2, text=f"secret after {turn}")
        if turn == 20:
            talk.happens(TurnRetracted, turn=20, agent=2)
            talk.turn("words of turn 20 again", agent=2)
    talk.happens(TurnEdited, turn=3, text="changed words")
    return talk


@pytest.mark.parametrize("turns", [0, 1, PAGE - 1, PAGE, PAGE + 1, 3 * PAGE + 5, 100])
async def test_all_blocks_together_are_the_timeline(store: Store, turns: int) -> None:
    talk = eventful(turns)
    with store:
        stored = StoredEntries(store, await keep(store, talk))
        assert [entry for index in range(len(stored)) for entry in stored.block(index)] == talk.state.entries
        for turn in range(1, turns + 1):
            index = stored.index_of_turn(turn)
            assert index is not None
            entry = stored.entry(index)
            assert isinstance(entry, TurnEntry)
            assert (entry.turn, entry.retracted) == (turn, False)
        assert stored.index_of_turn(turns + 1) is None


@pytest.mark.parametrize("seat", [1, 2])
async def test_a_seat_has_its_own_turns_and_what_it_heard(store: Store, seat: int) -> None:
    talk = eventful(50)
    live = LiveEntries(talk.state, seat)
    with store:
        stored = StoredEntries(store, await keep(store, talk)).heard_by(seat)
        heard = [entry for index in range(len(stored)) for entry in stored.block(index)]
        assert heard == [live.entry(index) for index in range(len(live))]
        index = live.index_of_turn(20 if seat == 2 else 21)
        assert index is not None
        assert live.entry(index).text == ("words of turn 20 again" if seat == 2 else "words of turn 21")


async def test_it_ends_with_the_turn_that_was_asked_for(store: Store) -> None:
    with store:
        stored = StoredEntries(store, await keep(store, eventful(100)), last=40)
        assert len(stored) == 40
        revision = stored.revision
        stored.read_again(last=41)
        assert stored.entry(40).text == "words of turn 41"
        assert stored.revision != revision


async def test_a_long_one_is_shown_from_its_end_and_anywhere(store: Store) -> None:
    with store:
        stored = StoredEntries(store, await keep(store, eventful(500)))
        transcript = Transcript(stored)
        async with (app := Showing(transcript)).run_test(size=(60, 20)) as pilot:
            await until(pilot, lambda: "words of turn 500" in screen_text(app))
            assert "secret after 500" in screen_text(app)
            for turn in (250, 3, 480):
                transcript.go_to(stored.index_of_turn(turn) or 0)
                await until(pilot, lambda turn=turn: f"{turn} " in screen_text(app).splitlines()[0])
                assert ("changed words" if turn == 3 else f"words of turn {turn}") in screen_text(app)
            transcript.focus()
            await pilot.press("home")
            await until(pilot, lambda: "before everything" in screen_text(app))
            assert "changed words" in screen_text(app)


async def test_the_list_of_one_agent_leaves_out_the_others(store: Store) -> None:
    with store:
        stored = StoredEntries(store, await keep(store, eventful(300)), seat=1)
        transcript = Transcript(stored, marks=False)
        async with (app := Showing(transcript)).run_test(size=(60, 24)) as pilot:
            transcript.focus()
            await until(pilot, lambda: "words of turn 299" in screen_text(app))
            for _ in range(8):
                assert "secret" not in screen_text(app)
                assert "words of turn 300" not in screen_text(app)
                await pilot.press("pageup")


async def test_dragging_to_the_middle_lands_near_the_middle(store: Store) -> None:
    with store:
        stored = StoredEntries(store, await keep(store, eventful(500)))
        timeline = Timeline(stored)
        async with Showing(timeline).run_test(size=(60, 20)) as pilot:
            transcript = timeline.transcript
            await until(pilot, lambda: transcript.in_sight.stop == 501)
            transcript.scroll_to(y=transcript.max_scroll_y / 2)
            await until(pilot, lambda: 200 < transcript.in_sight.start < 300)
            transcript.scroll_to(y=0)
            await until(pilot, lambda: transcript.top == (0, 0))
