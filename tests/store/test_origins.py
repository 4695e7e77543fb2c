"""The file that a session came from is known for as long as the session is there."""

from backrooms_tui.store.database import Store
from backrooms_tui.store.origins import Origin, known
from backrooms_tui.store.taking_in import take_in
from tests.store.scripts import Script, kept

ORIGIN = Origin("ab" * 32, "log of UniversalBackrooms")


def brought_in(store: Store, origin: Origin, *, long: bool = False) -> str:
    script = Script(store.new_id()).open("From elsewhere")
    script.speak("A wall.")
    take_in(store, iter(script.events), long=long, origin=(script.session, origin))
    return script.session


def those(store: Store, origin: Origin = ORIGIN) -> list[str]:
    with store.database.reading() as connection:
        return known(connection, origin)


def test_a_session_is_found_by_its_file(store: Store) -> None:
    kept(store, "Made here.")
    short, long = brought_in(store, ORIGIN), brought_in(store, ORIGIN, long=True)
    assert sorted(those(store)) == sorted([short, long])
    assert those(store, Origin("cd" * 32, ORIGIN.format)) == []
    assert those(store, Origin(ORIGIN.digest, "something else")) == []


def test_in_the_trash_it_is_not_known_and_deleted_it_is_forgotten(store: Store) -> None:
    session = brought_in(store, ORIGIN)
    store.put_away(session)
    assert those(store) == []
    store.bring_back(session)
    assert those(store) == [session]
    store.delete(session)
    assert those(store) == []


def test_only_what_lies_in_the_trash_is_deleted_from_it(store: Store) -> None:
    session = brought_in(store, ORIGIN)
    assert not store.delete_from_trash(session)
    assert store.summary(session).title == "From elsewhere"
    store.put_away(session)
    assert store.delete_from_trash(session)
    assert not store.delete_from_trash(session)
    assert store.in_trash() == []


def test_the_last_whole_moment_is_before_the_turn_in_the_air(store: Store) -> None:
    script = kept(store, "A wall.", "A door.")
    assert store.last_whole(script.session) == script.events[-1].seq
    flying = Script(store.new_id()).open()
    flying.speak("Whole.")
    flying.start()
    flying.say(["half"])
    take_in(store, iter(flying.events))
    assert store.last_whole(flying.session) == next(
        event.seq - 1 for event in reversed(flying.events) if event.kind == "turn_started"
    )
