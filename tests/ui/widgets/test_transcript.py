"""A transcript: what it shows, that it follows the end, and that nobody moves what is being read."""

from backrooms_tui.session.events import Interjected, Noticed, TurnEdited, TurnFailed, TurnRetracted, TurnStarted
from backrooms_tui.session.trouble import Trouble
from backrooms_tui.ui.widgets.entries import LiveEntries
from backrooms_tui.ui.widgets.marks import mark
from backrooms_tui.ui.widgets.transcript import Transcript
from tests.ui.conditions import screen_text, until
from tests.ui.widgets.talk import Showing, Talk

BROKEN = Trouble("connection", "the connection broke", "try again", may_pass=True)


def long_talk(turns: int = 40) -> Talk:
    talk = Talk()
    for turn in range(1, turns + 1):
        talk.turn(f"turn {turn} begins\n" + f"and goes on for some time in turn {turn} " * 4)
    return talk


def stream(transcript: Transcript, talk: Talk) -> None:
    flight = talk.state.in_flight
    if flight is None:
        transcript.end_stream()
    else:
        text, reasoning = "".join(flight.text), "".join(flight.reasoning)
        transcript.stream(mark(flight.agent), flight.name, text, reasoning, turn=flight.turn)
    transcript.refresh_entries()


async def test_turns_stand_under_number_mark_and_name() -> None:
    talk = Talk()
    talk.turn("hello there")
    talk.turn("and to you")
    async with (app := Showing(Transcript(LiveEntries(talk.state)))).run_test(size=(60, 20)) as pilot:
        await until(pilot, lambda: "and to you" in screen_text(app))
        shown = screen_text(app)
        assert "1 ① Explorer" in shown
        assert "2 ② Simulator" in shown


async def test_what_happened_beside_the_turns_is_told_apart() -> None:
    talk = Talk()
    talk.turn("cut", stop_reason="max_tokens")
    talk.turn("no", stop_reason="refusal")
    talk.happens(Interjected, text="look up")
    talk.happens(Noticed, level="info", text="a quiet thing")
    talk.happens(Noticed, level="warning", text="a loud thing")
    talk.happens(TurnEdited, turn=1, text="changed")
    transcript = Transcript(LiveEntries(talk.state))
    async with (app := Showing(transcript)).run_test(size=(60, 30)) as pilot:
        await until(pilot, lambda: "a loud thing" in screen_text(app))
        shown = screen_text(app)
        for words in ("cut at max_tokens", "declined", "── operator", "· a quiet thing", "! a loud thing", "edited"):
            assert words in shown, words
        assert "before it was edited" not in shown
        transcript.toggle_original(1)
        await until(pilot, lambda: "before it was edited" in screen_text(app))


async def test_failed_attempts_stay_with_the_turn_and_say_why() -> None:
    talk = Talk()
    talk.starts()
    talk.says("half a wo")
    named = {"turn": 1, "agent": 1, "name": "Explorer"}
    talk.happens(TurnFailed, **named, attempt=1, text="half a wo", trouble=BROKEN, retry_in=2.0)
    talk.happens(TurnStarted, **named, attempt=2, model="scripted/1")
    talk.says("a whole word")
    talk.ends()
    async with (app := Showing(Transcript(LiveEntries(talk.state)))).run_test(size=(60, 20)) as pilot:
        await until(pilot, lambda: "a whole word" in screen_text(app))
        assert "half a wo" in screen_text(app)
        assert "attempt 1 failed: the connection broke" in screen_text(app)


async def test_a_turn_that_was_taken_back_is_shown_once() -> None:
    talk = Talk()
    talk.turn("the first try")
    talk.happens(TurnRetracted, turn=1, agent=1)
    talk.turn("the second try", agent=1)
    async with (app := Showing(Transcript(LiveEntries(talk.state)))).run_test(size=(60, 20)) as pilot:
        await until(pilot, lambda: "the second try" in screen_text(app))
        assert screen_text(app).count("the first try") == 1
        assert "taken back" in screen_text(app)


async def test_it_follows_what_is_said() -> None:
    talk = long_talk()
    transcript = Transcript(LiveEntries(talk.state))
    async with (app := Showing(transcript)).run_test(size=(60, 20)) as pilot:
        await until(pilot, lambda: "turn 40 begins" in screen_text(app))
        talk.starts()
        for number in range(30):
            talk.says(f"line {number} of it\n")
            stream(transcript, talk)
            await until(pilot, lambda number=number: f"line {number} of it" in screen_text(app))
        assert transcript.follow
        talk.ends()
        stream(transcript, talk)
        await until(pilot, lambda: len(transcript.source) == 41 and "line 29" in screen_text(app))
        assert app.followed == []


async def test_nothing_moves_while_a_reader_reads() -> None:
    talk = long_talk()
    transcript = Transcript(LiveEntries(talk.state))
    async with (app := Showing(transcript)).run_test(size=(60, 20)) as pilot:
        transcript.focus()
        await until(pilot, lambda: "turn 40 begins" in screen_text(app))
        await pilot.press("pageup", "pageup", "up")
        await until(pilot, lambda: not transcript.follow)
        before = _body(app)
        talk.starts()
        for number in range(30):
            talk.says(f"line {number} of it\n" * 3)
            stream(transcript, talk)
            await pilot.pause()
        talk.ends()
        talk.turn("and one more")
        talk.happens(TurnEdited, turn=39, text="changed below the reader\n" * 20)
        stream(transcript, talk)
        await until(pilot, lambda: app.followed[-1:] == [(False, 2)])
        assert _body(app) == before
        assert transcript.new_below == 2
        await pilot.press("end")
        await until(pilot, lambda: "and one more" in screen_text(app))
        assert transcript.follow
        assert app.followed[-1] == (True, 0)


async def test_a_reader_within_the_turn_being_spoken_stays_there_when_it_ends() -> None:
    talk = Talk()
    talk.turn("before")
    talk.starts()
    talk.says("\n".join(f"spoken line {number}" for number in range(60)))
    transcript = Transcript(LiveEntries(talk.state))
    async with (app := Showing(transcript)).run_test(size=(60, 20)) as pilot:
        transcript.focus()
        stream(transcript, talk)
        await until(pilot, lambda: "spoken line 59" in screen_text(app))
        await pilot.press("pageup")
        await until(pilot, lambda: not transcript.follow)
        before = _body(app)
        talk.happens(Noticed, level="info", text="something came in between")
        stream(transcript, talk)
        await pilot.pause()
        assert _body(app) == before
        talk.ends()
        stream(transcript, talk)
        await until(pilot, lambda: len(transcript.source) == 3)
        await pilot.pause()
        assert _body(app) == before


async def test_scrolling_to_the_bottom_follows_again() -> None:
    talk = long_talk()
    transcript = Transcript(LiveEntries(talk.state))
    async with (app := Showing(transcript)).run_test(size=(60, 20)) as pilot:
        transcript.focus()
        await until(pilot, lambda: "turn 40 begins" in screen_text(app))
        await pilot.press("up", "up")
        await until(pilot, lambda: not transcript.follow)
        await pilot.press("down", "down")
        await until(pilot, lambda: transcript.follow)


async def test_every_row_can_be_reached_from_the_end_to_the_beginning() -> None:
    talk = long_talk(30)
    transcript = Transcript(LiveEntries(talk.state))
    seen: set[int] = set()
    async with (app := Showing(transcript)).run_test(size=(50, 10)) as pilot:
        transcript.focus()
        await until(pilot, lambda: "turn 30" in screen_text(app))
        presses = 0
        while transcript.top != (0, 0):
            seen.update(transcript.in_sight)
            await pilot.press("pageup")
            presses += 1
            assert presses < 60
        seen.update(transcript.in_sight)
        assert seen == set(range(30))
        assert transcript.scroll_y == 0
        assert "turn 1 begins" in screen_text(app)


async def test_resizing_keeps_what_is_at_the_top() -> None:
    talk = Talk()
    for turn in range(1, 31):
        talk.turn(" ".join(f"w{turn}x{word}" for word in range(60)))
    transcript = Transcript(LiveEntries(talk.state))
    async with (app := Showing(transcript)).run_test(size=(80, 20)) as pilot:
        await until(pilot, lambda: "w30x59" in screen_text(app))
        transcript.go_to(15)
        transcript.focus()
        await pilot.press("down", "down", "down")
        await until(pilot, lambda: transcript.top == (15, 4))
        word = screen_text(app).split()[0]
        for size in ((40, 12), (120, 40), (61, 9)):
            await pilot.resize_terminal(*size)
            await until(pilot, lambda size=size: transcript.size.width == size[0])
            await pilot.pause()
            assert word in screen_text(app).splitlines()[0], size
            assert not transcript.follow


async def test_it_goes_to_any_entry_and_shows_all_of_it() -> None:
    talk = long_talk(200)
    transcript = Transcript(LiveEntries(talk.state))
    async with (app := Showing(transcript)).run_test(size=(60, 20)) as pilot:
        for index in (0, 150, 3, 77):
            transcript.go_to(index)
            await until(pilot, lambda index=index: f"turn {index + 1} begins" in screen_text(app))
            assert f"{index + 1} " in screen_text(app).splitlines()[0]
            assert not transcript.follow
        transcript.go_to(78, top=False)
        assert transcript.top[0] == 77, "it was in sight already"


async def test_choosing_by_mouse_and_by_keyboard() -> None:
    talk = long_talk(20)
    transcript = Transcript(LiveEntries(talk.state))
    async with (app := Showing(transcript)).run_test(size=(60, 20)) as pilot:
        transcript.focus()
        await until(pilot, lambda: "turn 20 begins" in screen_text(app))
        await pilot.press("shift+up", "shift+up", "shift+up")
        await until(pilot, lambda: app.selected == [19, 18, 17])
        assert transcript.selected == 17
        assert "▌" in screen_text(app)
        await pilot.click(Transcript, offset=(5, 1))
        await until(pilot, lambda: app.selected[-1] == transcript.in_sight[0])
        transcript.select(None)
        await until(pilot, lambda: "▌" not in screen_text(app))


async def test_reasoning_is_folded_until_asked_for() -> None:
    talk = Talk()
    talk.starts()
    talk.says("secretly I wonder", "reasoning")
    talk.says("I say")
    talk.ends()
    transcript = Transcript(LiveEntries(talk.state))
    async with (app := Showing(transcript)).run_test(size=(60, 20)) as pilot:
        await until(pilot, lambda: "▸ reasoning, 3 words" in screen_text(app))
        assert "secretly" not in screen_text(app)
        transcript.show_reasoning = True
        await until(pilot, lambda: "secretly I wonder" in screen_text(app))


async def test_words_are_found_and_shown() -> None:
    talk = long_talk(20)
    transcript = Transcript(LiveEntries(talk.state))
    async with (app := Showing(transcript)).run_test(size=(60, 20)) as pilot:
        await until(pilot, lambda: "turn 20 begins" in screen_text(app))
        assert transcript.search("TURN 7 BEGINS") == [6]
        assert transcript.search("nowhere") == []
        assert not _styled(app, transcript, "turn 20")
        transcript.highlight = "TURN 20"
        await until(pilot, lambda: _styled(app, transcript, "turn 20"))
        transcript.highlight = ""
        await until(pilot, lambda: not _styled(app, transcript, "turn 20"))


async def test_another_source_begins_at_its_end() -> None:
    transcript = Transcript(LiveEntries(long_talk(20).state))
    async with (app := Showing(transcript)).run_test(size=(60, 20)) as pilot:
        transcript.go_to(2)
        await until(pilot, lambda: "turn 3 begins" in screen_text(app))
        transcript.show(LiveEntries(long_talk(9).state))
        await until(pilot, lambda: "turn 9 begins" in screen_text(app))
        assert transcript.follow


async def test_an_empty_transcript_takes_any_key() -> None:
    transcript = Transcript(LiveEntries(Talk().state))
    async with (app := Showing(transcript)).run_test(size=(60, 20)) as pilot:
        transcript.focus()
        await pilot.press("up", "down", "pageup", "pagedown", "home", "end", "shift+up", "shift+down")
        await pilot.click(Transcript, offset=(3, 3))
        transcript.go_to(5)
        await pilot.pause()
        assert app.selected == []
        assert transcript.follow is False


async def test_another_theme_colours_what_is_there_anew() -> None:
    transcript = Transcript(LiveEntries(long_talk(20).state))
    async with (app := Showing(transcript)).run_test(size=(60, 20)) as pilot:
        await until(pilot, lambda: "turn 20 begins" in screen_text(app))
        dark = _backgrounds(transcript)
        app.theme = "textual-light"
        await until(pilot, lambda: not dark & _backgrounds(transcript))


def _body(app: Showing) -> str:
    """What is read: without the scrollbar, which may well move."""
    return "\n".join(line[: app.size.width - 1].rstrip() for line in screen_text(app).splitlines())


def _backgrounds(transcript: Transcript) -> set[object]:
    strips = transcript.render_lines(transcript.size.region)
    return {segment.style.bgcolor for strip in strips for segment in strip if segment.style is not None}


def _styled(app: Showing, transcript: Transcript, words: str) -> bool:
    """Whether the words stand alone in a look of their own."""
    return any(segment.text == words for strip in transcript.render_lines(transcript.size.region) for segment in strip)
