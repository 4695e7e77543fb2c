"""From a turn of a session it goes on both ways, side by side: without the ladder, and with it."""

from collections.abc import Callable

import pytest

from backrooms_tui.session.harmless import harmless_line
from backrooms_tui.ui.screens.both.both import BothScreen
from backrooms_tui.ui.screens.replay.replay import ReplayScreen
from backrooms_tui.ui.screens.stage.stage import StageScreen
from backrooms_tui.ui.screens.xray.xray import XRayScreen
from tests.ui.both.conftest import LOOP, Played, Watching
from tests.ui.conditions import at_once, until


async def test_both_ways_are_played_side_by_side_and_what_came_of_them_is_said(
    watching: Watching, in_circles: Played
) -> None:
    session = await in_circles(4)
    async with watching(session) as watched:
        await watched.press("v")
        await watched.sees("Both ways from turn 4", "with: the standard ladder (nudge, topic)", "20")
        await watched.press("2", "enter")
        await watched.sees("✓ done", "without: 2 of 2 turns stalled; with: 2 of 2, after 1 nudge")
        await watched.sees("✓ without the ladder", "✓ with the ladder", "2 of 2 stalled", "nudge to ① alone")
        assert watched.kept() == {
            "A night": (None, 4),
            "A night · from turn 4 without the ladder": (session, 6),
            "A night · from turn 4 with the ladder": (session, 6),
        }
        ids = [way.state.session for way in watched.ways.ways]
        await watched.press("escape")
        await watched.until(lambda: isinstance(watched.screen, StageScreen))
        await watched.sees(f"{ids[0]} without the ladder", f"{ids[1]}")
        assert watched.stages[-1].state.session == session


async def test_the_chosen_turn_is_where_they_begin(watching: Watching, in_circles: Played) -> None:
    async with watching(await in_circles(4)) as watched:
        await watched.press("g", "2", "enter")
        await watched.press("v")
        await watched.sees("Both ways from turn 2")
        await watched.press("1", "enter")
        await watched.sees("✓ done", "Both ways from turn 2")
        assert [way.state.turn for way in watched.ways.ways] == [3, 3]


async def test_a_number_of_turns_is_asked_for(watching: Watching, in_circles: Played) -> None:
    async with watching(await in_circles(2)) as watched:
        await watched.press("v")
        await watched.sees("how many turns each?")
        await watched.press("0", "enter")
        await watched.sees("a number of turns, from 1")
        await watched.press("escape")
        await watched.until(lambda: isinstance(watched.screen, StageScreen))
        assert len(watched.kept()) == 1


async def test_who_speaks_on_the_stage_is_heard_out_first(watching: Watching, in_circles: Played) -> None:
    async with watching(await in_circles(2), rate=4, run=True) as watched:
        stage = watched.stages[0]
        await watched.press("g", "1", "enter", "v")
        await watched.sees("Both ways from turn 1")
        await watched.until(lambda: stage.state.in_flight is not None and stage.state.in_flight.text)
        await watched.press("1", "enter")
        await watched.sees("… opening", "the turn that is being spoken is over")
        speaking = stage.state.turn + 1
        await watched.until(lambda: watched.both.ways is not None)
        assert (stage.state.turn, stage.state.status, stage.state.in_flight) == (speaking, "paused", None)
        assert stage.state.turns[speaking].stop_reason == "end"
        await watched.sees("✓ done")
        # From the turn that was asked for, which the session itself has gone beyond.
        assert [way.begun_at for way in watched.ways.ways] == [1, 1]


async def test_leaving_before_they_begin_keeps_nothing_new(watching: Watching, in_circles: Played) -> None:
    async with watching(await in_circles(2), rate=1, run=True) as watched:
        await watched.until(lambda: watched.stages[0].state.in_flight is not None)
        await watched.press("v")
        await watched.sees("Both ways from turn 2")
        await watched.press("1", "enter")
        await watched.sees("… opening")
        await watched.press("escape")
        await watched.until(lambda: isinstance(watched.screen, StageScreen))
        assert len(watched.kept()) == 1


async def test_the_replay_stands_where_it_stood(watching: Watching, in_circles: Played) -> None:
    session = await in_circles(6)
    before = None
    async with watching(session, replay=3) as watched:
        before = list(watched.workspace.store.events(session))
        playback = watched.replay.playback
        assert playback is not None
        seq = playback.state.seq
        await watched.press("v")
        await watched.sees("Both ways from turn 3")
        await watched.press("2", "enter")
        await watched.sees("✓ done")
        await watched.press("escape")
        await watched.until(lambda: isinstance(watched.screen, ReplayScreen))
        await watched.sees("turn 3 of 6")
        assert playback.state.seq == seq
        assert list(watched.workspace.store.events(session)) == before
        await watched.press("n")
        await watched.sees("turn 4 of 6")


@pytest.mark.parametrize("size", [(80, 24), (60, 20)])
async def test_where_there_is_little_room_tab_shows_the_other_side(
    watching: Watching, in_circles: Played, size: tuple[int, int]
) -> None:
    async with watching(await in_circles(4), size=size) as watched:
        await watched.begins(2)
        await watched.sees("done", "✓ without the ladder", "✓ with the ladder")
        assert "step of the ladder" not in watched.text
        assert "5 ① Mara" in watched.text
        await watched.press("tab")
        await watched.sees("1 step of the ladder", "✓ without the ladder", "✓ with the ladder")
        await watched.press("tab")
        await watched.until(lambda: "step of the ladder" not in watched.text)


async def test_they_pause_after_their_turns_and_go_on(watching: Watching, in_circles: Played) -> None:
    session = await in_circles(2)
    async with watching(session, replay=2) as watched:
        await watched.begins(900)
        await watched.press("space")
        await watched.sees("‖ paused", "paused after")
        assert all(way.state.in_flight is None for way in watched.ways.ways)
        spoken = [way.spoken for way in watched.ways.ways]
        assert max(spoken) < 900
        await watched.press("space")
        await watched.until(
            lambda: all(way.spoken > before for way, before in zip(watched.ways.ways, spoken, strict=True))
        )


async def test_leaving_in_the_middle_keeps_what_was_said(
    watching: Watching, played: Played, script: Callable[..., str]
) -> None:
    session = await played(script("slow", f"#! reasoning: hm\n{' '.join([LOOP] * 3)}"), turns=2, title="A night")
    async with watching(session, replay=2) as watched:
        await watched.begins(900)
        for way in watched.ways.ways:
            for seat in (1, 2):
                way.conversation.change_seat(seat, params={"rate": 2})
        # Who speaks at that moment is done at once: the turns after that one last.
        flights = lambda: [way.state.in_flight for way in watched.ways.ways]  # noqa: E731
        slowly = lambda: all(one and one.text and one.params.get("rate") == 2 for one in flights())  # noqa: E731
        await until(watched.pilot, slowly, seconds=90)
        ids = [way.state.session for way in watched.ways.ways]
        await watched.press("escape")
        await watched.until(lambda: isinstance(watched.screen, ReplayScreen))
        for id in ids:
            state = watched.workspace.store.state(id)
            assert state.status == "paused"
            assert state.turns[state.turn].stop_reason == "stopped"


async def test_impatient_hands_leave_once(watching: Watching, in_circles: Played) -> None:
    async with watching(await in_circles(2), replay=2) as watched:
        await watched.begins(900)
        # The last one may come so late that it is for the screen before.
        at_once(watched.app, "escape", "escape", "escape")
        await watched.until(lambda: not isinstance(watched.screen, BothScreen))
        await watched.sees("Both ways are kept")
        said = [one.message for one in watched.app._notifications]
        assert sum("Both ways are kept" in text for text in said) == 1


async def test_impatient_hands_open_a_side_once(watching: Watching, in_circles: Played) -> None:
    async with watching(await in_circles(2), replay=2) as watched:
        await watched.begins(900)
        at_once(watched.app, "enter", "enter", "enter")
        await watched.until(lambda: isinstance(watched.screen, StageScreen))
        await watched.press("escape")
        await watched.until(lambda: isinstance(watched.screen, ReplayScreen))


async def test_leaving_the_application_keeps_both(watching: Watching, in_circles: Played) -> None:
    async with watching(await in_circles(2), replay=2) as watched:
        await watched.begins(900)
        await watched.until(lambda: watched.ways.without.spoken > 0)
        ways = watched.ways
        await watched.press("ctrl+q")
    for way in ways.ways:
        kept = watched.workspace.store.state(way.state.session)
        assert (kept.turn, kept.status) == (way.state.turn, "paused")


async def test_one_side_is_opened_as_a_stage_and_goes_on(watching: Watching, in_circles: Played) -> None:
    async with watching(await in_circles(4)) as watched:
        await watched.begins(2)
        await watched.sees("✓ done")
        chosen = watched.ways.with_ladder.state.session
        await watched.press("tab", "enter")
        await watched.until(lambda: isinstance(watched.screen, StageScreen) and len(watched.stages) == 2)
        stage = watched.stages[-1]
        assert stage.state.session == chosen
        await watched.sees("from turn 4 with")
        await watched.press("n")
        await watched.until(lambda: stage.state.turn == 7 and not stage.performance.running)
        await watched.press("escape")
        await watched.until(lambda: len(watched.stages) == 1)
        assert not any(isinstance(screen, BothScreen) for screen in watched.app.screen_stack)


async def test_a_turn_of_one_side_can_be_looked_through(watching: Watching, in_circles: Played) -> None:
    async with watching(await in_circles(4)) as watched:
        await watched.begins(2)
        await watched.sees("✓ done")
        await watched.press("tab", "shift+up", "shift+up", "x")
        await watched.until(lambda: isinstance(watched.screen, XRayScreen))
        await watched.sees("① Mara", "turn 5 of 6")
        await watched.press("escape")
        await watched.until(lambda: isinstance(watched.screen, BothScreen))


async def test_trouble_on_one_side_is_told_and_space_tries_again(
    watching: Watching, played: Played, script: Callable[..., str]
) -> None:
    failing = f"#! fail: bad_request\n{LOOP}"
    session = await played(script("loop", LOOP, LOOP, failing), turns=4, title="A night")
    async with watching(session, replay=4) as watched:
        await watched.begins(3)
        # Each agent's next words fail once.
        for spoken in (0, 1):
            await watched.until(lambda spoken=spoken: [way.spoken for way in watched.ways.ways] == [spoken, spoken])
            await watched.sees("! paused", "the script says: fail with bad request", "space tries again")
            await watched.press("space")
        await watched.sees("✓ done")
        assert [way.spoken for way in watched.ways.ways] == [3, 3]


async def test_hostile_words_stay_words(watching: Watching, in_circles: Played) -> None:
    hostile = "[bold]\x1b[31m[@click=app.quit]out[/] of it"
    async with watching(await in_circles(2, hostile)) as watched:
        await watched.begins(1)
        await watched.sees("✓ done", harmless_line(hostile)[:12])
        assert "\x1b" not in watched.text


async def test_before_anything_is_said_there_is_nothing_to_try(watching: Watching, in_circles: Played) -> None:
    async with watching(await in_circles(2), replay=0) as watched:
        await watched.press("v")
        await watched.sees("There is no turn to go on from yet")
