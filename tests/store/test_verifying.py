"""Every session is looked through: what is whole is said to be, and damage is told with its place and a cure."""

import pytest
from sqlalchemy import text

from backrooms_tui.session.events import (
    Ended,
    Interjected,
    Serves,
    TurnEdited,
    TurnFailed,
    TurnRetracted,
    Whispered,
)
from backrooms_tui.session.trouble import OperatorError, Trouble
from backrooms_tui.store.database import Store, open_store
from backrooms_tui.store.recorder import Recorder
from backrooms_tui.store.vacuuming import vacuum
from backrooms_tui.store.verifying import Problem, all_sessions, and_councils, verify, verify_database
from tests.store.scripts import Script, keep, kept


@pytest.fixture
def script(store: Store) -> Script:
    """A session in which much has happened, with another one beside it."""
    kept(store, "another one", title="Beside")
    script = Script(store.new_id()).open("A night")
    script.speak("a door in the wall", reasoning="hm")
    script.add(Interjected, text="look behind it")
    script.speak("nothing there", cost=None)
    script.add(TurnRetracted, turn=2, agent=2)
    script.turn -= 1
    script.speak("a corridor")
    script.add(TurnEdited, turn=1, text="a gate in the wall")
    script.add(Whispered, text="be kind", to=1)
    script.start()
    script.say(["cut ", "short"])
    script.start(attempt=2)
    script.end("at last", attempt=2)
    script.add(Ended, reason="operator", detail="")
    keep(store, script.events)
    return script


def problems(store: Store, session: str) -> list[Problem]:
    """What is wrong with the session, after making sure that only that one is wrong."""
    found = {id: verify(store, id).problems for id in all_sessions(store)}
    assert not any(those for id, those in found.items() if id != session)
    for problem in found[session]:
        assert problem.place
        assert problem.cure
    return found[session]


def change(store: Store, *statements: str, **values: object) -> None:
    with store.database.writing() as connection:
        for statement in statements:
            connection.execute(text(statement), values)


def test_what_was_recorded_is_whole(store: Store, script: Script) -> None:
    found = verify(store, script.session)
    assert (found.title, found.turns, found.trashed, found.problems) == ("A night", 3, False, [])
    assert found.events == sum(event.kind != "delta" for event in script.events)
    assert verify_database(store) == []
    store.rename(script.session, "Another title")
    store.put_away(script.session)
    assert all_sessions(store)[-1] == script.session
    assert verify(store, script.session).trashed
    assert problems(store, script.session) == []
    with pytest.raises(OperatorError, match="no session"):
        verify(store, "nowhere0")


async def test_what_is_being_recorded_is_whole(store: Store) -> None:
    script = Script(store.new_id()).open()
    script.speak("one")
    script.start()
    script.say(["in ", "the ", "middle"])
    recorder = Recorder(store)
    for event in script.events:
        recorder.hear(event)
        await recorder.settled()
        assert problems(store, script.session) == []
    await recorder.aclose()


def test_a_turn_that_a_killed_program_left_is_no_damage(store: Store) -> None:
    script = Script(store.new_id()).open()
    script.start()
    script.say(["never ", "ended"])
    keep(store, script.events)
    assert problems(store, script.session) == []
    heard = len(script.events)
    script.speak("gone on with")
    keep(store, script.events[heard:], script.session)
    assert problems(store, script.session) == []


def test_a_turn_that_was_taken_up_after_that_is_no_damage(store: Store) -> None:
    script = Script(store.new_id()).open()
    script.start()
    script.say(["cut ", "off"])
    keep(store, script.events)
    heard = len(script.events)
    trouble = Trouble("unknown", "the program was stopped", "run it", may_pass=True)
    script.add(TurnFailed, turn=1, agent=1, name="Mara", attempt=1, text="cut off", trouble=trouble)
    keep(store, script.events[heard:], script.session)
    assert problems(store, script.session) == []
    heard = len(script.events)
    script.start(attempt=2)
    script.end("gone on with", attempt=2)
    keep(store, script.events[heard:], script.session)
    assert problems(store, script.session) == []

    change(store, "DELETE FROM turns WHERE session = :id AND ended_seq = 6", id=script.session)
    assert [problem.place for problem in problems(store, script.session)] != []


def test_councils_are_looked_through_with_the_session_that_they_were_held_for(store: Store) -> None:
    outer = kept(store, "a statement")
    council = kept(store, "a question", title="Council", serves=Serves(outer.session, 1, 1))
    within = kept(store, "a doubt", title="Council within", serves=Serves(council.session, 1, 1))
    beside = kept(store, "something else")
    assert and_councils(store, [outer.session]) == [outer.session, council.session, within.session]
    assert set(all_sessions(store)) == {outer.session, council.session, within.session, beside.session}

    change(store, "UPDATE sessions SET turns = 7 WHERE id = :id", id=within.session)
    found = problems(store, within.session)
    # It goes to a file, and comes back from there, with the outermost one.
    assert f"export {outer.session} " in found[0].cure
    store.put_away(outer.session)
    assert set(all_sessions(store)[1:]) == {outer.session, council.session, within.session}
    assert f"restore {outer.session}" in verify(store, within.session).problems[0].cure


def test_missing_events_are_told(store: Store, script: Script) -> None:
    edit = next(event.seq for event in script.events if event.kind == "turn_edited")
    change(store, "DELETE FROM events WHERE session = :id AND seq = :seq", id=script.session, seq=edit)
    [found] = problems(store, script.session)
    assert (found.place, found.what) == (f"event {edit + 1}", f"event {edit} is missing before it")
    assert "backrooms restore" in found.cure


def test_an_event_that_cannot_be_read_is_told(store: Store, script: Script) -> None:
    change(store, "UPDATE events SET body = 'x' WHERE session = :id AND kind = 'ended'", id=script.session)
    [found] = problems(store, script.session)
    assert f"event {script.events[-1].seq} of session {script.session} cannot be read" in found.what


def test_events_that_cannot_follow_one_another_are_told(store: Store, script: Script) -> None:
    change(
        store,
        "UPDATE events SET body = replace(body, :before, :after) WHERE session = :id AND kind = 'turn_started'"
        " AND seq < 5",
        id=script.session,
        before='"agent":1',
        after='"agent":7',
    )
    place = next(event.seq for event in script.events if event.kind == "turn_started")
    assert (f"event {place}", True) in [
        (one.place, "cannot follow" in one.what) for one in problems(store, script.session)
    ]


@pytest.mark.parametrize(
    ("statement", "place", "said"),
    [
        ("UPDATE sessions SET turns = 9 WHERE id = :id", "totals", "turns is 9, but the events make 3"),
        ("UPDATE sessions SET cost = cost + 1 WHERE id = :id", "totals", "cost is"),
        ("UPDATE sessions SET status = 'open' WHERE id = :id", "totals", "status is 'open'"),
        ("UPDATE agents SET model = 'x' WHERE session = :id AND seat = 1", "agents", "seats and models"),
        ("UPDATE turns SET edited = NULL WHERE session = :id", "turn 1", "not the one of the last edit"),
        ("UPDATE turns SET agent = 1 WHERE session = :id AND turn = 2 AND state = 'ended'", "turn 2", "agent is 1"),
        ("UPDATE turns SET state = 'retracted' WHERE session = :id AND turn = 3", "turn 3", "it is retracted"),
        ("UPDATE said SET seq = 100000 WHERE session = :id AND source IS NOT NULL AND turn = 1", "event", "search"),
        ("DELETE FROM said WHERE session = :id AND turn = 2 AND source IS NULL", "turn 2", "does not find it"),
        (
            "DELETE FROM turn_search_docsize WHERE id = (SELECT max(id) FROM said WHERE source IS NULL)",
            "turn 3",
            "does not find it",
        ),
    ],
)
def test_tables_that_do_not_agree_with_the_events_are_told(
    store: Store, script: Script, statement: str, place: str, said: str
) -> None:
    if store.database.dialect == "postgresql":
        statement = statement.replace("turn_search_docsize", "turn_search")
    change(store, statement, id=script.session)
    found = problems(store, script.session)
    assert any(one.place.startswith(place) and said in one.what for one in found), found
    cure = found[0].cure
    assert f"export {script.session} --format jsonl" in cure
    assert f"delete --forever {script.session}" in cure


def test_much_of_the_same_is_counted(store: Store) -> None:
    script = kept(store, *("word" for _ in range(60)))
    change(store, "UPDATE turns SET attempt = 9 WHERE session = :id", id=script.session)
    found = problems(store, script.session)
    assert len(found) == 21
    assert "40 more" in found[-1].what


@pytest.fixture
def sqlite(store: Store) -> Store:
    if store.database.dialect != "sqlite":
        pytest.skip("the search table of SQLite")
    return store


def test_words_that_the_search_has_wrong_are_told_and_vacuum_sets_them_right(sqlite: Store, script: Script) -> None:
    change(sqlite, "UPDATE turns SET text = 'quite another' WHERE session = :id AND turn = 3", id=script.session)
    [found] = verify_database(sqlite)
    assert (found.place, found.cure) == ("table turn_search", "`backrooms vacuum` makes it anew")
    place = sqlite.place
    sqlite.close()
    vacuum(place)
    with open_store(place) as store:
        assert verify_database(store) == []
        assert [hit.session for hit in store.search("quite another")] == [script.session]
