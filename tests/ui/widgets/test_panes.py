"""A pane says who speaks, what is said and what happens; the timeline has a line for everything."""

from backrooms_tui.session.events import Interjected, Paused, SeatChanged, TurnEdited, TurnFailed, TurnStarted
from backrooms_tui.session.trouble import Trouble
from backrooms_tui.ui.widgets.entries import LiveEntries
from backrooms_tui.ui.widgets.marks import MARKS, mark, seat_class
from backrooms_tui.ui.widgets.pane import Pane
from backrooms_tui.ui.widgets.timeline import Timeline
from tests.ui.conditions import screen_text, until
from tests.ui.widgets.talk import Showing, Talk

RATE_LIMIT = Trouble("rate_limit", "the provider asks to wait", "wait", may_pass=True)


def pane_of(talk: Talk, seat: int = 1) -> Pane:
    return Pane(seat, LiveEntries(talk.state, seat))


async def test_a_pane_says_who_it_is_and_what_the_agent_has_used() -> None:
    talk = Talk()
    talk.turn("hello")
    pane = pane_of(talk)
    async with (app := Showing(pane)).run_test(size=(70, 20)) as pilot:
        pane.update(talk.state)
        await until(pilot, lambda: "hello" in screen_text(app))
        shown = screen_text(app)
        assert "① Explorer · scripted/1" in shown
        assert "waiting · 1.2k tokens · $0.0100 · cache 90%" in shown
        talk.happens(SeatChanged, agent=1, model="scripted/other")
        pane.update(talk.state)
        await until(pilot, lambda: "① Explorer · scripted/other" in screen_text(app))


async def test_a_pane_that_gets_more_room_says_more_without_being_told_anything_new() -> None:
    talk = Talk()
    talk.turn("hello")
    pane = pane_of(talk)
    async with (app := Showing(pane)).run_test(size=(16, 20)) as pilot:
        pane.update(talk.state)
        await until(pilot, lambda: "waiting" in screen_text(app))
        assert "tokens" not in screen_text(app)
        await pilot.resize_terminal(70, 20)
        await until(pilot, lambda: "waiting · 1.2k tokens · $0.0100 · cache 90%" in screen_text(app))


async def test_a_pane_follows_a_turn_from_thought_to_end() -> None:
    talk = Talk()
    pane = pane_of(talk)
    async with (app := Showing(pane)).run_test(size=(70, 20)) as pilot:
        talk.starts()
        pane.update(talk.state)
        await until(pilot, lambda: "… thinking" in screen_text(app))
        talk.says("let me see", "reasoning")
        pane.update(talk.state)
        await until(pilot, lambda: "▸ thinking, 3 words" in screen_text(app))
        assert "let me see" not in screen_text(app)
        talk.says("the **whole** ")
        pane.update(talk.state)
        await until(pilot, lambda: "▶ speaking" in screen_text(app))
        talk.says("thing")
        pane.update(talk.state)
        await until(pilot, lambda: "the **whole** thing▍" in screen_text(app))
        talk.ends()
        pane.update(talk.state)
        await until(pilot, lambda: "waiting" in screen_text(app))
        assert screen_text(app).count("the **whole** thing") == 1
        assert "▍" not in screen_text(app)


async def test_only_what_concerns_the_agent_is_in_its_pane() -> None:
    talk = Talk()
    talk.turn("mine")
    talk.turn("not mine")
    talk.happens(Interjected, text="heard by all")
    talk.starts(2)
    talk.says("still not mine")
    pane = pane_of(talk)
    async with (app := Showing(pane)).run_test(size=(70, 20)) as pilot:
        pane.update(talk.state)
        await until(pilot, lambda: "heard by all" in screen_text(app))
        assert "not mine" not in screen_text(app)


async def test_what_a_failed_attempt_had_said_stays_on_the_screen() -> None:
    talk = Talk()
    pane = pane_of(talk)
    named = {"turn": 1, "agent": 1, "name": "Explorer"}
    async with (app := Showing(pane)).run_test(size=(70, 24)) as pilot:
        talk.starts()
        talk.says("half a wo")
        pane.update(talk.state)
        await until(pilot, lambda: "half a wo" in screen_text(app))
        talk.happens(TurnFailed, **named, attempt=1, text="half a wo", trouble=RATE_LIMIT, retry_in=3.0)
        pane.update(talk.state)
        await until(pilot, lambda: "↻ trying again: the provider asks to wait" in screen_text(app))
        assert "half a wo" in screen_text(app)
        assert "attempt 1 failed" in screen_text(app)
        talk.happens(TurnStarted, **named, attempt=2, model="scripted/1")
        talk.says("a whole")
        pane.update(talk.state)
        await until(pilot, lambda: "a whole▍" in screen_text(app))
        assert "half a wo" in screen_text(app)
        talk.happens(TurnFailed, **named, attempt=2, text="a whole", trouble=RATE_LIMIT)
        talk.happens(Paused, reason="trouble", trouble=RATE_LIMIT)
        pane.update(talk.state)
        await until(pilot, lambda: "✗ failed: the provider asks to wait" in screen_text(app))
        assert "a whole" in screen_text(app)


async def test_a_pane_says_how_much_is_new_below() -> None:
    talk = Talk()
    for turn in range(30):
        talk.turn(f"turn {turn} " * 20)
    pane = pane_of(talk)
    async with (app := Showing(pane)).run_test(size=(70, 20)) as pilot:
        pane.update(talk.state)
        pane.transcript.focus()
        await until(pilot, lambda: "turn 28" in screen_text(app))
        await pilot.press("pageup")
        await until(pilot, lambda: "↓" in screen_text(app))
        talk.turn("newer", agent=1)
        pane.update(talk.state)
        await until(pilot, lambda: "↓ 1 new" in screen_text(app))
        await pilot.press("end")
        await until(pilot, lambda: "newer" in screen_text(app))
        await until(pilot, lambda: "↓" not in screen_text(app))


async def test_a_pane_is_usable_when_it_is_narrow() -> None:
    talk = Talk()
    talk.turn("a few words to begin with")
    pane = pane_of(talk)
    async with (app := Showing(pane)).run_test(size=(16, 8)) as pilot:
        pane.update(talk.state)
        await until(pilot, lambda: "to begin" in screen_text(app))
        assert "waiting" in screen_text(app)


async def test_the_timeline_has_a_line_for_everything() -> None:
    talk = Talk()
    talk.turn("\n\nls -la\nand more")
    talk.turn("total 7 " + "x" * 100)
    talk.happens(TurnEdited, turn=2, text="total 8")
    talk.happens(Interjected, text="look up")
    talk.starts()
    talk.says("cd /dre")
    timeline = Timeline(LiveEntries(talk.state))
    async with (app := Showing(timeline)).run_test(size=(40, 20)) as pilot:
        timeline.update(talk.state)
        await until(pilot, lambda: "3 ① cd /dre" in screen_text(app))
        shown = screen_text(app)
        assert "1 ① ls -la" in shown
        assert "2 ② ✎ total 8" in shown
        assert "── operator: look up" in shown
        timeline.transcript.focus()
        await pilot.press("up", "up")
        await until(pilot, lambda: app.selected == [2, 1])
        await pilot.press("down")
        await until(pilot, lambda: app.selected == [2, 1, 2])


def test_marks_are_one_a_seat() -> None:
    assert [mark(seat) for seat in (1, 2, 20, 21)] == ["①", "②", "⑳", "(21)"]
    assert len(set(MARKS)) == len(MARKS)
    assert [seat_class(seat) for seat in (1, 8, 9)] == ["seat-1", "seat-8", "seat-1"]
