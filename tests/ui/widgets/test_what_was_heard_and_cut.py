"""Cues, nudges and reminders; turns that were cut or that stall; and panes of agents that were away."""

from pathlib import Path

import pytest

from backrooms_tui.session.events import AgentLeft, AgentReturned, Interjected, Reminded, Whispered
from backrooms_tui.store.database import open_store
from backrooms_tui.store.recorder import Recorder
from backrooms_tui.ui.screens.stage.meter import meter_of
from backrooms_tui.ui.widgets.drawing import Manner, rows_of
from backrooms_tui.ui.widgets.entries import EntrySource, LiveEntries, StoredEntries
from backrooms_tui.ui.widgets.transcript import Transcript
from tests.ui.conditions import screen_text, until
from tests.ui.widgets.talk import Showing, Talk


def text(talk: Talk, **manner: object) -> list[str]:
    """All entries as lines of text."""
    rows = [row for entry in talk.state.entries for row in rows_of(entry, Manner(60, **manner))]  # type: ignore[arg-type]
    return ["".join(piece for piece, _ in row.pieces).rstrip(" ─") for row in rows]


def test_words_are_told_apart_by_who_said_them() -> None:
    talk = Talk()
    talk.happens(Interjected, text="The power fails.", source="cue")
    talk.happens(Whispered, to=1, text="Only you see it.", source="cue")
    talk.happens(Interjected, text="Tides.", source="remedy")
    talk.happens(Whispered, to=2, text="Decide.", source="remedy")
    talk.happens(Reminded, agent=1, text="Stay in character.")
    talk.happens(Interjected, text="Go on.")
    assert text(talk)[::2] == [
        "── cue",
        "── cue to ① alone",
        "── fresh topic",
        "── nudge to ② alone",
        "── reminder to ①",
        "── operator",
    ]
    assert text(talk, compact=True)[3:5] == ["── nudge to ②: Decide.", "── reminder to ①: Stay in character."]


async def test_what_was_cut_is_one_key_away() -> None:
    talk = Talk()
    talk.turn("Hello.", raw="Hello.\nBen: Hi \x1b[2Jthere", cut="it began to speak as \x1b]0;Ben", marks=("refusal",))
    transcript = Transcript(LiveEntries(talk.state))
    async with (app := Showing(transcript)).run_test(size=(70, 20)) as pilot:
        await until(pilot, lambda: "✂ cut: it began to speak as" in screen_text(app))
        assert "o shows all of it" in screen_text(app)
        assert "— refusal" in screen_text(app)
        assert "there" not in screen_text(app)
        transcript.toggle_original(1)
        await until(pilot, lambda: "Ben: Hi" in screen_text(app))
        assert "\x1b" not in screen_text(app)
    assert text(talk, compact=True) == ["   1 ① ✂ Hello."]


def test_a_turn_at_the_limit_has_a_mark_and_not_only_a_colour() -> None:
    talk = Talk()
    for stall in (0.1, 0.49, 0.5, 0.9):
        talk.turn("Yes.", stall=stall)
    marked = ["↺" in line for line in text(talk, compact=True, stall_at=0.5)]
    assert marked == [False, False, True, True]
    assert "turn 3 · stall 0.50 ↺" in text(talk, marks=False, stall_at=0.5)
    assert not any("↺" in line for line in text(talk))


def test_the_meter_shows_the_last_measured_turns() -> None:
    talk = Talk()
    assert meter_of(talk.state) is None
    talk.turn("One.")
    assert meter_of(talk.state) is None
    for tenth in range(10):
        talk.turn("More.", stall=tenth / 10)
    talk.turn("Not measured.")
    meter = meter_of(talk.state)
    assert meter is not None
    assert meter.drawn(bars=True).plain == "stall ▂▃▄▅▅▆▇█ 0.90 ↺"
    assert meter.drawn(bars=False).plain == "stall 0.90 ↺"
    talk.turn("Something new.", stall=0.0)
    meter = meter_of(talk.state)
    assert meter is not None
    assert meter.drawn(bars=True).plain == "stall ▃▄▅▅▆▇█▁ 0.00"


def away_and_back() -> Talk:
    """The second agent is away for a while."""
    talk = Talk(3)
    for number in range(80):
        talk.turn(f"turn {number}")
        if number == 10:
            talk.happens(AgentLeft, agent=2)
        if number == 70:
            talk.happens(AgentReturned, agent=2)
        talk.happens(Interjected, text=f"all {number}")
        talk.happens(Whispered, to=2, text=f"two {number}")
    return talk


def shown(source: EntrySource) -> list[str]:
    return [entry.text for index in range(len(source)) for entry in source.block(index)]


@pytest.mark.parametrize("seat", [1, 2])
async def test_a_stored_pane_shows_what_a_live_one_showed(tmp_path: Path, seat: int) -> None:
    talk = away_and_back()
    live = shown(LiveEntries(talk.state, seat))
    heard = [one for one in live if one.startswith(("all", "two"))]
    if seat == 1:
        assert len(heard) == 80
    else:
        # What came with its leaving and until it was back is not there.
        assert heard[:20] == [f"{to} {number}" for number in range(10) for to in ("all", "two")]
        assert heard[20:] == [f"{to} {number}" for number in range(70, 80) for to in ("all", "two")]
    with open_store(tmp_path / "kept.db") as store:
        recorder = Recorder(store)
        for event in talk.events:
            recorder.hear(event)
        await recorder.aclose()
        assert shown(StoredEntries(store, "0talk000").heard_by(seat)) == live
