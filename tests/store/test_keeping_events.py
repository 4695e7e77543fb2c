"""What was recorded is read back as it was."""

import pytest

from backrooms_tui.session.events import (
    Ended,
    Interjected,
    Noticed,
    Paused,
    Resumed,
    SeatChanged,
    TurnEdited,
    TurnFailed,
    TurnRetracted,
    Whispered,
    WordQueued,
)
from backrooms_tui.session.state import SessionState, TurnEntry, apply
from backrooms_tui.session.trouble import OperatorError, Trouble
from backrooms_tui.session.usage import Usage
from backrooms_tui.store.database import Store
from backrooms_tui.store.recorder import Recorder
from tests.store.scripts import Script, keep, kept


def eventful(session: str) -> Script:
    """A session with some of everything."""
    script = Script(session).open()
    script.add(Resumed, turns=4)
    script.speak("cd /dreams and look around")
    script.start()
    script.say(["think", "ing"], "reasoning")
    script.say(["total "])
    script.add(WordQueued, text="look up")
    script.say(["7\n", "drwx"])
    script.end("total 7\ndrwx", reasoning="thinking")
    script.add(Interjected, text="look up", queued=True)
    script.start()
    script.say(["half a se"])
    trouble = Trouble("connection", "the line broke", "wait", may_pass=True, retry_after=1.5)
    script.add(
        TurnFailed,
        turn=3,
        agent=1,
        name="Explorer",
        attempt=1,
        text="half a se",
        trouble=trouble,
        retry_in=2.0,
        cost=0.5,
    )
    script.start(attempt=2)
    script.say(["whole ", "sentence", " ^C^C and more"])
    script.end("whole sentence", attempt=2, cost=None)  # the conversation cut it at a stop sequence
    script.add(TurnRetracted, turn=3, agent=1)
    script.start(attempt=3)
    script.end("nothing streamed", attempt=3)
    script.add(TurnEdited, turn=3, text="something else")
    script.add(Whispered, to=2, text="psst 🜁 \u202e")
    script.add(SeatChanged, agent=2, model="openai/gpt", asked="gpt", params={"top_p": 0.5}, window=128)
    script.add(Noticed, level="warning", text="no price", agent=2)
    script.add(Paused, reason="trouble", trouble=trouble)
    script.add(Ended, reason="operator", detail="The operator ended it.")
    return script


def folded(script: Script) -> SessionState:
    state = SessionState()
    for event in script.events:
        apply(state, event)
    return state


def test_every_event_comes_back_as_it_was(store: Store) -> None:
    script = eventful(store.new_id())
    keep(store, script.events)
    assert list(store.events(script.session)) == script.events


async def test_every_event_comes_back_however_it_was_cut_into_writes(store: Store) -> None:
    script = eventful(store.new_id())
    recorder = Recorder(store)
    for count, event in enumerate(script.events, start=1):
        recorder.hear(event)
        await recorder.settled()
        assert list(store.events(script.session)) == script.events[:count]
    await recorder.aclose()


def test_reading_can_begin_anywhere(store: Store) -> None:
    script = eventful(store.new_id())
    keep(store, script.events)
    for from_seq in range(len(script.events) + 2):
        expected = [event for event in script.events if event.seq >= from_seq]
        assert list(store.events(script.session, from_seq=from_seq)) == expected


def test_reading_without_deltas_leaves_out_nothing_else(store: Store) -> None:
    script = eventful(store.new_id())
    keep(store, script.events)
    expected = [event for event in script.events if event.kind != "delta"]
    assert list(store.events(script.session, deltas=False)) == expected


def test_long_sessions_are_read_in_pieces_that_fit_together(store: Store) -> None:
    script = Script(store.new_id()).open()
    for turn in range(220):
        script.speak(f"turn {turn} of many")
        if turn % 7 == 0:
            script.add(Interjected, text=f"word {turn}")
    keep(store, script.events)
    assert list(store.events(script.session)) == script.events
    assert store.state(script.session) == folded(script)


def test_the_state_is_the_fold_of_all_events(store: Store) -> None:
    script = eventful(store.new_id())
    keep(store, script.events)
    assert store.state(script.session) == folded(script)


def test_a_turn_cut_short_shows_what_had_arrived(store: Store) -> None:
    script = Script(store.new_id()).open()
    script.speak("a whole turn")
    script.start()
    script.say(["and ", "then", "hm"], "text")
    script.say(["why"], "reasoning")
    keep(store, script.events)
    assert list(store.events(script.session)) == script.events
    assert store.state(script.session) == folded(script)


def test_a_session_goes_on_after_a_turn_was_cut_short(store: Store) -> None:
    script = Script(store.new_id()).open()
    script.start()
    script.say(["lost ", "thread"])
    keep(store, script.events)
    before = len(script.events)
    script.add(Resumed)
    script.start(attempt=2)
    script.say(["found it"])
    script.end("found it", attempt=2)
    keep(store, script.events[before:], script.session)
    assert list(store.events(script.session)) == script.events
    assert store.state(script.session) == folded(script)
    assert store.summary(script.session).turns == 1


def test_an_edit_while_the_turn_is_being_spoken_changes_nothing(store: Store) -> None:
    script = Script(store.new_id()).open()
    script.start()
    script.say(["alpha"])
    script.add(TurnEdited, turn=1, text="beta")
    script.end("alpha")
    keep(store, script.events)
    assert store.state(script.session) == folded(script)
    assert [turn.text for turn in store.turns(script.session, 1, 1)] == ["alpha"]
    assert [hit.turn for hit in store.search("alpha")] == [1]


def test_totals_agree_with_the_fold(store: Store) -> None:
    script = eventful(store.new_id())
    keep(store, script.events)
    state, summary = folded(script), store.summary(script.session)
    assert summary.turns == len(state.turns) == 3
    assert summary.cost == pytest.approx(state.cost) == pytest.approx(0.25 * 3 + 0.5)
    assert summary.unpriced == 1
    assert Usage(summary.input_tokens, summary.output_tokens, summary.cached_tokens) == Usage(
        state.usage.input_tokens, state.usage.output_tokens, state.usage.cache_read_tokens
    )
    assert (summary.status, summary.end_reason, summary.last) == ("ended", "operator", script.at)
    assert store.totals(script.session).turns == 3


def test_any_stretch_of_the_timeline_is_what_the_whole_fold_has_there(store: Store) -> None:
    script = eventful(store.new_id())
    script.speak("four")
    script.add(TurnEdited, turn=1, text="an edit that comes much later")
    script.add(Interjected, text="last word")
    keep(store, script.events)
    whole = folded(script).entries
    assert store.entries(script.session, 1, 4) == whole
    pieces = [store.entries(script.session, turn, turn) for turn in range(1, 5)]
    assert [entry for piece in pieces for entry in piece] == whole
    assert store.entries(script.session, 5, 9) == []
    assert [turn.turn for turn in store.turns(script.session, 2, 3)] == [2, 3]
    assert [turn.text for turn in store.turns(script.session, 1, 1)] == ["an edit that comes much later"]


def test_a_long_session_shows_its_last_screenful(store: Store) -> None:
    script = kept(store, *(f"turn number {turn}" for turn in range(1, 301)))
    shown = store.entries(script.session, 281, 300)
    assert [entry.turn for entry in shown if isinstance(entry, TurnEntry)] == list(range(281, 301))
    assert shown == folded(script).entries[280:]


def test_text_that_no_database_takes_does_not_stop_the_recording(store: Store) -> None:
    script = Script(store.new_id()).open("a\0b\ud800")
    script.start()
    script.say(["nul \0", "half \udc00"])
    script.end("nul \0half \udc00")
    script.add(Noticed, level="info", text="\ud800")
    keep(store, script.events)
    assert [turn.text for turn in store.turns(script.session, 1, 1)] == ["nul \ufffdhalf \ufffd"]
    assert store.summary(script.session).title == "a\ufffdb\ufffd"
    assert len(list(store.events(script.session))) == len(script.events)


def test_a_session_that_is_not_there(store: Store) -> None:
    with pytest.raises(OperatorError, match="no session 'zzz'"):
        list(store.events("zzz"))
    for ask in (store.state, store.delete, store.summary, lambda session: store.rename(session, "x")):
        with pytest.raises(OperatorError, match="no session"):
            ask("zzz")
