"""Anywhere in a session, without reading all of it."""

from pathlib import Path

import pytest

from backrooms_tui.session.events import (
    AgentChanged,
    AgentJoined,
    AgentLeft,
    AgentMuted,
    AgentReturned,
    AnyEvent,
    Delta,
    InnerCalled,
    Interjected,
    RulesChanged,
    SeatChanged,
    TurnEdited,
    TurnEnded,
    TurnFailed,
    TurnRetracted,
)
from backrooms_tui.session.setup import AgentSetup, Rules
from backrooms_tui.session.state import SessionState, apply
from backrooms_tui.session.trouble import OperatorError, Trouble
from backrooms_tui.session.usage import Usage
from backrooms_tui.store.database import Store, open_store
from backrooms_tui.store.reading import stretch
from tests.store.scripts import Script, keep, kept


def folded(events: list[AnyEvent], place: int) -> SessionState:
    """What reading everything up to `place` gives."""
    state = SessionState()
    for event in events[:place]:
        apply(state, event)
    return state


def eventful(store: Store) -> Script:
    """Six turns: a word between them, a failed attempt, a retracted turn and a changed seat."""
    script = Script(store.new_id()).open()
    script.speak("one and one", cost=None)
    script.add(Interjected, text="Be brief.")
    script.start()
    script.say(["tw"])
    script.add(
        TurnFailed, turn=2, agent=2, name="Simulator", attempt=1, trouble=Trouble("timeout", "silent"), cost=0.125
    )
    script.start(attempt=2)
    script.say(["two ", "and two"])
    script.end("two and two", attempt=2)
    script.add(SeatChanged, agent=2, model="scripted/other", params={"rate": 3.0})
    script.speak("three and three", reasoning="hm")
    script.add(TurnRetracted, turn=3, agent=1)
    script.start(attempt=2)
    script.say(["drei ", "und drei"])
    script.end("drei und drei", attempt=2)
    for text in ("four and four", "five and five", "six and six"):
        script.speak(text)
    keep(store, script.events)
    return script


def test_every_place_of_a_session_is_as_it_was(store: Store) -> None:
    script = eventful(store)
    for place in range(1, len(script.events) + 1):
        assert store.state_at(script.session, place) == folded(script.events, place), script.events[place - 1]


def test_who_came_and_went_is_known_everywhere(store: Store) -> None:
    script = Script(store.new_id()).open()
    script.speak("one")
    script.add(AgentJoined, agent=3, setup=AgentSetup(3, "Guest", "scripted/guest"))
    script.add(AgentMuted, agent=1, muted=True)
    script.add(AgentLeft, agent=2, reason="tea")
    for number in range(4):
        script.speak(f"word {number}")
    before = len(script.events)
    script.add(AgentReturned, agent=2)
    script.speak("and so on")
    keep(store, script.events)
    seen = store.state_at(script.session, before, held=1)
    assert {seat: (agent.muted, agent.absent) for seat, agent in seen.agents.items()} == {
        1: (True, False),
        2: (False, True),
        3: (False, False),
    }
    assert store.state_at(script.session, len(script.events), held=1).agents[2].absent is False
    texts = [entry.text for entry in store.entries(script.session, 3, 3)]
    assert texts == ["word 1"]
    assert [agent.name for agent in store.summary(script.session).agents] == ["Explorer", "Simulator", "Guest"]


def test_changed_rules_and_manners_hold_from_there_on(store: Store) -> None:
    script = Script(store.new_id()).open()
    script.speak("one")
    place = len(script.events)
    script.add(RulesChanged, rules=Rules(order="mention", max_turns=40))
    manners = {"description": "", "talkativeness": 0.5, "reminder": None, "memory": "drop"}
    script.add(AgentChanged, agent=2, guard=False, **manners)
    for number in range(4):
        script.speak(f"word {number}")
    keep(store, script.events)
    before = store.state_at(script.session, place, held=1).setup
    after = store.state_at(script.session, len(script.events), held=1).setup
    assert before is not None
    assert after is not None
    assert (before.rules.order, before.agent(2).guard) == ("round-robin", True)
    assert (after.rules, after.agent(2).guard) == (Rules(order="mention", max_turns=40), False)


def test_what_was_asked_beside_the_turns_is_in_the_totals(store: Store) -> None:
    script = Script(store.new_id()).open()
    script.speak("one", cost=0.5)
    call = {"purpose": "manager", "agent": 0, "model": "scripted/echo.txt", "asked": "who?", "answer": "2"}
    script.add(InnerCalled, **call, usage=Usage(40, 2), cost=0.25)
    keep(store, script.events)
    summary = store.summary(script.session)
    assert summary.cost == pytest.approx(0.75)
    assert store.state(script.session).cost == pytest.approx(0.75)


def test_only_the_last_turns_are_held(store: Store) -> None:
    script = eventful(store)
    place = len(script.events)
    state = store.state_at(script.session, place, held=2)
    whole = folded(script.events, place)
    assert [entry.text for entry in state.entries] == ["five and five", "six and six"]
    assert (state.turn, state.seq, state.last) == (whole.turn, whole.seq, whole.last)
    assert {seat: agent.model for seat, agent in state.agents.items()} == {1: "m", 2: "m"}


def test_a_seat_that_was_changed_before_what_is_held_has_its_model(store: Store) -> None:
    script = Script(store.new_id()).open()
    script.speak("one")
    script.speak("two")
    script.add(SeatChanged, agent=2, model="scripted/other", params={"rate": 3.0})
    script.speak("three")
    keep(store, script.events)
    state = store.state_at(script.session, len(script.events), held=1)
    assert (state.agents[2].model, state.agents[2].params) == ("scripted/other", {"rate": 3.0})


def test_what_was_spent_before_is_added_up_by_the_database(store: Store) -> None:
    script = eventful(store)
    for place in range(1, len(script.events) + 1):
        whole = folded(script.events, place)
        part = store.state_at(script.session, place, held=2)
        before = store.spent_before(script.session, place, held=2)
        for seat, agent in whole.agents.items():
            held, earlier = part.agents[seat], before.get(seat)
            turns, cost, usage = held.turns, held.cost, held.usage
            if earlier is not None:
                turns, cost, usage = turns + earlier.turns, cost + earlier.cost, usage + earlier.usage
            assert (turns, usage) == (agent.turns, agent.usage)
            assert cost == pytest.approx(agent.cost)


def test_the_place_of_a_turn_is_where_it_ended(store: Store) -> None:
    script = eventful(store)
    ends = {event.turn: event.seq for event in script.events if isinstance(event, TurnEnded)}
    assert {turn: store.place_of_turn(script.session, turn) for turn in ends} == ends
    assert store.place_of_turn(script.session, 0) == 1
    assert store.place_of_turn(script.session, 99) == 1


def test_the_place_before_a_moment_is_the_end_of_a_turn(store: Store) -> None:
    script = kept(store, "one and one", "two and two", "three and three")
    ends = [event for event in script.events if isinstance(event, TurnEnded)]
    last = len(script.events)
    assert store.place_before(script.session, last, ends[1].at) == ends[1].seq
    assert store.place_before(script.session, last, ends[1].at - 0.001) == ends[0].seq
    assert store.place_before(script.session, ends[1].seq, ends[2].at) == ends[0].seq
    assert store.place_before(script.session, last, script.events[0].at) == 1


def test_a_turn_in_flight_has_the_words_up_to_there(store: Store) -> None:
    script = kept(store, "one and one", "two and two")
    words = [event for event in script.events if isinstance(event, Delta) and event.turn == 2]
    flight = store.state_at(script.session, words[1].seq).in_flight
    assert flight is not None
    assert "".join(flight.text) == "two and "


def test_a_session_that_is_not_there_is_named(store: Store) -> None:
    with pytest.raises(OperatorError, match="no session"):
        store.state_at("nowhere0", 1)


def test_what_stands_of_the_turns_is_read_as_it_reads_now(store: Store) -> None:
    script = Script(store.new_id()).open()
    script.speak("one", cost=0.5)
    script.speak("two")
    script.add(TurnRetracted, turn=2, agent=2)
    script.turn = 1
    script.speak("two again", cost=None)
    script.speak("three")
    script.add(TurnEdited, turn=1, text="one, edited")
    keep(store, script.events)
    said = list(store.said(script.session, 1, 99))
    assert [(one.turn, one.text) for one in said] == [(1, "one, edited"), (2, "two again"), (3, "three")]
    assert (said[0].cost, said[1].cost) == (0.5, None)
    assert [one.turn for one in store.said(script.session, 2, 2)] == [2]
    assert store.edited_turns(script.session, 3) == {1}
    assert store.edited_turns(script.session, 0) == set()
    assert [(one.turn, one.agent, one.text) for one in said] == [
        (one.turn, one.agent, one.text) for one in store.turns(script.session, 1, 3)
    ]


def test_who_takes_part_late_in_a_session_is_found_without_reading_all_before(tmp_path: Path) -> None:
    def work(turns: int) -> int:
        """The steps, in hundreds, that SQLite takes for the last ten turns of a session of so many."""
        with open_store(str(tmp_path / f"{turns}.db")) as store:
            script = kept(store, *["Yes."] * turns)
            steps: list[int] = []
            with store.database.reading() as connection:
                raw = connection.connection.driver_connection
                assert raw is not None
                raw.set_progress_handler(lambda: steps.append(1), 100)
                stretch(connection, script.session, turns - 9, turns)
                raw.set_progress_handler(None, 0)
            return len(steps)

    assert work(2_000) < 2 * work(100)
