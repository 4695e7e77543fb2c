"""A stored session, played again."""

from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.session.events import AnyEvent, Delta, TurnEnded, TurnStarted
from backrooms_tui.session.state import TurnEntry, WordEntry
from backrooms_tui.ui.screens.replay.transport import SeekBar, Transport
from backrooms_tui.ui.screens.stage.stage import StageScreen
from tests.store.scripts import Script, keep
from tests.store.scripts import kept as kept_by_hand
from tests.ui.replay.conftest import Kept, OnReplay


def slow_night(workspace: Workspace, turns: int = 3, *, words: int = 20, gap: float = 0.2) -> list[AnyEvent]:
    """A session whose turns take four seconds each."""
    script = Script(workspace.store.new_id()).open("A slow night")
    for turn in range(1, turns + 1):
        script.start()
        for word in range(words):
            script.add(
                Delta, after=gap, turn=turn, agent=2 - turn % 2, channel="text", text=f"{'abcdefgh'[turn - 1]}{word} "
            )
        script.end("".join(f"{'abcdefgh'[turn - 1]}{word} " for word in range(words)))
    keep(workspace.store, script.events)
    return script.events


def session_of(events: list[AnyEvent]) -> str:
    return events[0].session  # type: ignore[union-attr]


async def test_it_plays_from_the_beginning_at_the_pace_at_which_it_was(
    on_replay: OnReplay, workspace: Workspace
) -> None:
    async with on_replay(session_of(slow_night(workspace))) as replay:
        await replay.sees("A slow night", "▷ replay", "▶ playing 1×", "turn 1 of 3", "a0 a1 a2", "speaking")
        assert replay.standing() == (0, True)


async def test_it_stands_where_it_was_asked_to(on_replay: OnReplay, kept: Kept) -> None:
    session = await kept(4)
    async with on_replay(session, 2) as replay:
        await replay.sees("‖ paused", "turn 2 of 4", "Ada says one.", "Bo says one.")
        assert "says two" not in replay.text
        assert replay.standing() == (2, False)


async def test_space_plays_and_stands_still(on_replay: OnReplay, workspace: Workspace) -> None:
    async with on_replay(session_of(slow_night(workspace))) as replay:
        await replay.sees("▶ playing", "a0 a1")
        await replay.press("space")
        await replay.sees("‖ paused")
        seq = replay.state.seq
        await replay.press("space")
        await replay.sees("▶ playing")
        await replay.until(lambda: replay.state.seq > seq + 2)


async def test_it_comes_to_the_end_and_begins_again(on_replay: OnReplay, kept: Kept) -> None:
    session = await kept(3)
    async with on_replay(session, 2) as replay:
        await replay.sees("turn 2 of 3")
        await replay.press("space")
        await replay.sees("■ the end", "turn 3 of 3", "Ada says two.")
        await replay.press("space")
        await replay.until(
            lambda: [one.turn for one in replay.state.entries if isinstance(one, TurnEntry)] == [1, 2, 3]
        )
        await replay.sees("■ the end")


async def test_turn_by_turn_forward_and_back(on_replay: OnReplay, kept: Kept) -> None:
    session = await kept(4)
    async with on_replay(session, 1) as replay:
        await replay.sees("turn 1 of 4")
        await replay.press("n")
        await replay.sees("turn 2 of 4", "Bo says one.")
        await replay.press("right", "right")
        await replay.sees("turn 4 of 4", "Bo says two.", "■ the end")
        await replay.press("right")
        await replay.press("b")
        await replay.sees("turn 3 of 4")
        await replay.until(lambda: "Bo says two." not in replay.text)
        await replay.press("left", "left", "left", "left")
        await replay.sees("turn 0 of 4")
        assert replay.standing() == (0, False)


async def test_back_from_within_a_turn_is_its_beginning(on_replay: OnReplay, workspace: Workspace) -> None:
    async with on_replay(session_of(slow_night(workspace)), 1) as replay:
        await replay.sees("turn 1 of 3")
        await replay.press("space")
        await replay.sees("b0 b1")
        await replay.press("space", "b")
        await replay.until(lambda: replay.standing() == (1, False))
        await replay.until(lambda: "b0" not in replay.text)


async def test_a_second_forward_and_back(on_replay: OnReplay, workspace: Workspace) -> None:
    events = slow_night(workspace)
    async with on_replay(session_of(events), 1) as replay:
        await replay.sees("turn 1 of 3")
        began = replay.playback.seconds
        for _ in range(3):
            await replay.press("full_stop")
        await replay.sees("b12 b13")
        assert replay.playback.seconds == began + 3
        assert "".join(replay.state.in_flight.text).split()[-1] in ("b13", "b14")  # type: ignore[union-attr]
        await replay.press("comma")
        await replay.until(lambda: replay.playback.seconds == began + 2)
        assert "".join(replay.state.in_flight.text).split()[-1] in ("b8", "b9")  # type: ignore[union-attr]
        await replay.until(lambda: "b10" not in replay.text)
        for _ in range(3):
            await replay.press("comma")
        await replay.until(lambda: replay.standing() == (0, True))
        assert replay.playback.seconds == began - 1
        for _ in range(9):
            await replay.press("comma")
        await replay.until(lambda: replay.playback.seconds == 0)
        assert replay.standing() == (0, False)


async def test_a_second_is_a_second_also_where_nothing_happens(on_replay: OnReplay, workspace: Workspace) -> None:
    script = Script(workspace.store.new_id()).open()
    script.speak("one")
    script.start()
    script.add(Delta, after=5.0, turn=2, agent=2, channel="text", text="late")
    script.end("late")
    keep(workspace.store, script.events)
    async with on_replay(script.session, 1) as replay:
        await replay.sees("turn 1 of 2")
        for seconds in range(1, 5):
            await replay.press("full_stop")
            assert replay.playback.seconds > seconds
            assert "late" not in replay.text
        await replay.press("full_stop", "full_stop")
        await replay.sees("late")


async def test_speeds_from_a_half_to_sixty_four(on_replay: OnReplay, workspace: Workspace) -> None:
    async with on_replay(session_of(slow_night(workspace)), 1) as replay:
        await replay.sees("‖ paused 1×")
        await replay.press("minus", "minus")
        await replay.sees("½×")
        await replay.press(*["plus"] * 9)
        await replay.sees("64×")
        await replay.press("space")
        await replay.sees("■ the end")


async def test_a_speed_changes_while_it_plays(on_replay: OnReplay, workspace: Workspace) -> None:
    async with on_replay(session_of(slow_night(workspace, words=40, gap=0.5))) as replay:
        await replay.sees("▶ playing 1×")
        await replay.press(*["plus"] * 6)
        await replay.sees("■ the end")


async def test_all_at_once(on_replay: OnReplay, workspace: Workspace) -> None:
    async with on_replay(session_of(slow_night(workspace))) as replay:
        await replay.sees("▶ playing")
        await replay.press("a")
        await replay.sees("■ the end", "turn 3 of 3", "c18 c19")
        assert not replay.playback.playing


async def test_from_the_start_again(on_replay: OnReplay, kept: Kept) -> None:
    session = await kept(3)
    async with on_replay(session, 3) as replay:
        await replay.sees("turn 3 of 3")
        await replay.press("home")
        await replay.sees("turn 0 of 3")
        await replay.press("n", "0")
        await replay.sees("turn 0 of 3")


async def test_a_click_on_the_bar_goes_to_a_turn(on_replay: OnReplay, kept: Kept) -> None:
    session = await kept(4)
    async with on_replay(session, 0) as replay:
        await replay.sees("turn 0 of 4")
        bar = replay.screen.query_one(SeekBar)
        assert str(bar.render()).count("┼") == 4  # the turns are marked
        await replay.pilot.click(SeekBar, offset=(bar.size.width // 2, 0))
        await replay.sees("turn 2 of 4", "Bo says one.")
        await replay.pilot.click(SeekBar, offset=(bar.size.width - 1, 0))
        await replay.sees("turn 4 of 4")


async def test_a_turn_is_gone_to_by_number(on_replay: OnReplay, kept: Kept) -> None:
    session = await kept(4)
    async with on_replay(session, 4) as replay:
        await replay.sees("turn 4 of 4")
        await replay.press("g", "3", "enter")
        await replay.sees("turn 3 of 4")
        await replay.until(lambda: "Bo says two." not in replay.text)


async def test_what_the_operator_said_is_there_at_its_time(on_replay: OnReplay, kept: Kept) -> None:
    session = await kept(2, say="Be brief.")
    async with on_replay(session, 1) as replay:
        await replay.sees("── operator", "Be brief.", "turn 1 of 2")
        await replay.press("b")
        await replay.sees("turn 0 of 2")
        assert not any(isinstance(entry, WordEntry) for entry in replay.state.entries)
        await replay.press("n")
        await replay.sees("Be brief.", "turn 1 of 2")


async def test_it_goes_on_live_from_here(on_replay: OnReplay, kept: Kept, workspace: Workspace) -> None:
    session = await kept(4)
    async with on_replay(session, 2) as replay:
        await replay.sees("turn 2 of 4")
        await replay.press("f")
        await replay.until(lambda: isinstance(replay.app.screen, StageScreen))
        await replay.sees("Operator ▸", "Bo says one.", "turn 2")
        stage = replay.app.screen
        assert isinstance(stage, StageScreen)
        assert (stage.state.parent, stage.state.parent_turn, stage.state.turn) == (session, 2, 2)
        await replay.press("n")
        await replay.until(lambda: stage.state.turn == 3)
        await replay.press("escape")
        await replay.until(lambda: isinstance(replay.app.screen, type(replay.screen)))
    assert workspace.store.summary(stage.state.session).turns == 3
    assert workspace.store.summary(session).turns == 4


async def test_there_is_no_branch_from_before_the_first_turn(on_replay: OnReplay, kept: Kept) -> None:
    session = await kept(2)
    async with on_replay(session, 0) as replay:
        await replay.sees("turn 0 of 2")
        await replay.press("f")
        await replay.sees("A branch goes on from a turn")


async def test_a_session_that_is_not_there_is_named(on_replay: OnReplay) -> None:
    async with on_replay("nowhere0") as replay:
        await replay.sees("there is no session 'nowhere0'")
        await replay.press("space", "n", "escape")
        await replay.until(lambda: len(replay.app.screen_stack) == 2)


async def test_a_session_without_turns_can_be_looked_at(on_replay: OnReplay, workspace: Workspace) -> None:
    script = Script(workspace.store.new_id()).open()
    keep(workspace.store, script.events)
    async with on_replay(script.session) as replay:
        await replay.sees("■ the end", "turn 0 of 0")
        await replay.press("n", "b", "a", "full_stop", "comma", "0")
        await replay.sees("turn 0 of 0")


async def test_the_application_may_end_while_a_key_is_being_dealt_with(on_replay: OnReplay, kept: Kept) -> None:
    session = await kept(3)
    for key in ("n", "b", "a", "0"):
        async with on_replay(session, 2) as replay:
            await replay.sees("turn 2 of 3")
            replay.app.simulate_key(key)
            replay.app.exit()


async def test_looking_around_works_as_on_the_stage(on_replay: OnReplay, kept: Kept) -> None:
    session = await kept(3)
    async with on_replay(session, 3) as replay:
        await replay.sees("timeline", "1 ① Ada says one.")
        await replay.press("l")
        await replay.until(lambda: not replay.screen.scene.timeline.display)
        await replay.press("z")
        await replay.until(lambda: not replay.screen.scene.pane(2).display or not replay.screen.scene.pane(1).display)
        await replay.press("z", "tab", "c")
        await replay.sees("is copied")
        await replay.press("t")
        await replay.sees("Reasoning is shown")
        await replay.press("end")
        assert all(transcript.follow for transcript in replay.screen.scene.transcripts)


async def test_a_narrow_replay_has_tabs_and_its_transport(on_replay: OnReplay, kept: Kept) -> None:
    session = await kept(3)
    for size in ((80, 24), (60, 20)):
        async with on_replay(session, 3, size=size) as replay:
            await replay.sees("[① Ma", "Ada says two.", "turn 3 of 3", "■ the end")
            assert replay.screen.query_one(Transport).region.right == size[0]


async def test_another_width_has_room_for_other_words(on_replay: OnReplay, kept: Kept) -> None:
    session = await kept(3)
    async with on_replay(session, 2, size=(120, 30)) as replay:
        await replay.sees("turn 2 of 3 · 00:00 of 00:0")
        await replay.pilot.resize_terminal(60, 20)
        await replay.until(lambda: "turn 2 of 3 · 00:00" in replay.text and "00:00 of" not in replay.text)
        await replay.pilot.resize_terminal(120, 30)
        await replay.sees("turn 2 of 3 · 00:00 of 00:0")


async def test_only_what_is_played_is_read(on_replay: OnReplay, workspace: Workspace, monkeypatch) -> None:
    session = kept_by_hand(workspace.store, *(f"turn {turn}" for turn in range(1, 601))).session
    read: list[AnyEvent] = []
    store = workspace.store
    whole = store._events

    def counted(*values):
        for event in whole(*values):
            read.append(event)
            yield event

    monkeypatch.setattr(store, "_events", counted)
    async with on_replay(session, 300) as replay:
        await replay.sees("turn 300 of 600", "turn 299")
        await replay.press("n")
        await replay.sees("turn 301 of 600")
        assert len(read) < 600
        assert not any(isinstance(event, TurnEnded | TurnStarted) and event.turn < 300 for event in read)
        # What was spent before is told nevertheless.
        await replay.until(lambda: abs(replay.state.cost - 301 * 0.25) < 1e-6)
        assert len(replay.state.entries) == 1
        # And what was said before can be read.
        timeline = replay.screen.scene.timeline.transcript
        timeline.go_to(0)
        await replay.sees("1 ① turn 1")


async def test_a_session_whose_only_turn_was_cut_short_ends_with_its_words(
    on_replay: OnReplay, workspace: Workspace
) -> None:
    script = Script("cutshort").open()
    script.start()
    script.say(["It was ", "a dark "])
    keep(workspace.store, script.events)
    async with on_replay("cutshort", 0, size=(120, 30)) as replay:
        await replay.sees("turn 0 of 0")
        await replay.press("a")
        await replay.sees("■ the end", "It was a dark", "turn 1 of 1")


async def test_the_end_is_where_it_stays_also_while_it_plays(on_replay: OnReplay, workspace: Workspace) -> None:
    session = session_of(slow_night(workspace))
    async with on_replay(session) as replay:
        await replay.sees("▶ playing")
        await replay.press("a")
        await replay.sees("■ the end")
        await replay.until(lambda: not replay.playback.playing)
        await replay.press("o", "z")  # whatever else is done
        assert replay.playback.at_end
