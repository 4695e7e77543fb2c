"""What was deleted lies in the trash for 30 days: nothing else finds it, and it comes back whole."""

import time
from pathlib import Path

import pytest
from sqlalchemy import update

from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.store import migrations, sqlite_file
from backrooms_tui.store.connection import Database, postgres_engine, sqlite_engine
from backrooms_tui.store.database import Store, open_store
from backrooms_tui.store.place import place_of
from backrooms_tui.store.schema import sessions
from backrooms_tui.store.trash import gone_at
from tests.store.scripts import BEGAN, Script, keep, kept

A_DAY = 86_400.0


def lain_for(store: Store, session: str, days: float) -> None:
    """Put the session away as if that had been `days` ago."""
    store.put_away(session)
    with store.database.writing() as connection:
        then = time.time() - days * A_DAY
        connection.execute(update(sessions).where(sessions.c.id == session).values(trashed=then))


def test_nothing_finds_what_is_in_the_trash(store: Store) -> None:
    away = kept(store, "a door in the wall", title="Doors").session
    stays = kept(store, "a door in the sky", title="Sky", began=BEGAN - 60).session
    was = store.summary(away)
    assert store.put_away(away) == was
    assert [one.id for one in store.list_sessions()] == [stays]
    assert [hit.session for hit in store.search("door")] == [stays]
    assert [hit.session for hit in store.search("door", limit=1)] == [stays]  # it takes nobody's place either
    assert (store.totals().sessions, store.totals().turns, store.totals(away).turns) == (1, 1, 0)
    assert store.find("last") == stays
    for look in (store.summary, store.state, store.events, store.put_away, lambda id: store.rename(id, "New")):
        with pytest.raises(OperatorError, match="is in the trash") as caught:
            look(away)  # type: ignore[operator]
        assert f"sessions restore {away}" in caught.value.cure
    with pytest.raises(OperatorError, match="'doors' is in the trash"):
        store.find("doors")
    with pytest.raises(OperatorError, match="no session 'nowhere'"):
        store.find("nowhere")


def test_what_comes_back_is_as_it_was(store: Store) -> None:
    script = kept(store, "a door in the wall", "it opens", title="Doors")
    was = store.summary(script.session)
    store.put_away(script.session)
    assert store.bring_back(script.session) == was == store.bring_back(script.session)
    assert list(store.events(script.session)) == script.events
    assert [hit.session for hit in store.search("door")] == [script.session]
    assert store.in_trash() == []
    assert store.problems() == []


def test_the_trash_is_listed_and_what_is_in_it_found_by_name(store: Store) -> None:
    with pytest.raises(OperatorError, match="trash is empty"):
        store.find_in_trash("last")
    first, second = kept(store, "one", title="Rain").session, kept(store, "two", title="Sun").session
    kept(store, "three", title="Wind")
    before = time.time()
    for session in (second, first):
        store.put_away(session)
    assert [one.id for one in store.in_trash()] == [first, second]
    assert [one.id for one in store.in_trash(limit=1)] == [first]
    assert [one.id for one in store.in_trash(filter="sun")] == [second]
    trashed = store.in_trash()[0].trashed
    assert trashed is not None
    assert before <= trashed <= time.time()
    assert gone_at(trashed) - trashed == 30 * A_DAY
    assert store.find_in_trash("last") == first
    assert store.find_in_trash("sun") == second
    with pytest.raises(OperatorError, match="no session 'wind' in the trash"):
        store.find_in_trash("wind")


def test_a_recording_goes_on_in_the_trash(store: Store) -> None:
    script = kept(store, "one")
    store.put_away(script.session)
    more = Script(script.session, script.at)
    more.events, more.turn = list(script.events), script.turn
    more.speak("two")
    keep(store, more.events[len(script.events) :], script.session)
    assert store.search("two") == []
    store.bring_back(script.session)
    assert list(store.events(script.session)) == more.events
    assert [hit.turn for hit in store.search("two")] == [2]


def test_an_id_in_the_trash_is_taken(store: Store) -> None:
    script = kept(store, "one")
    store.put_away(script.session)
    with pytest.raises(OperatorError):
        keep(store, script.events)


def test_after_thirty_days_it_goes_at_the_next_opening(database: str) -> None:
    with open_store(database) as store:
        old, new, stays = (kept(store, "alpha " + name, title=name).session for name in ("old", "new", "stays"))
        lain_for(store, old, 30.01)
        lain_for(store, new, 29.99)
    open_store(database).close()
    with open_store(database) as store:
        assert [one.id for one in store.in_trash()] == [new]
        assert [one.id for one in store.list_sessions()] == [stays]
        store.bring_back(new)
        assert {hit.session for hit in store.search("alpha")} == {new, stays}
        assert store.problems() == []
        with pytest.raises(OperatorError, match="no session"):
            store.bring_back(old)


def test_reading_alone_empties_no_trash(tmp_path: Path) -> None:
    path = tmp_path / "sessions.db"
    with open_store(path) as store:
        old = kept(store, "alpha").session
        lain_for(store, old, 31)
    with open_store(path, read_only=True) as store:
        assert [one.id for one in store.in_trash()] == [old]


def test_deleting_for_good_works_in_the_trash_and_outside(store: Store) -> None:
    away, there, stays = (kept(store, "alpha " + name).session for name in ("away", "there", "stays"))
    store.put_away(away)
    store.delete(away)
    store.delete(there)
    assert store.in_trash() == []
    assert [hit.session for hit in store.search("alpha")] == [stays]
    assert store.problems() == []
    with pytest.raises(OperatorError, match="no session"):
        store.delete(away)


def test_an_older_database_learns_of_the_trash(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    place = place_of(database)
    if place.file is not None:
        sqlite_file.make(place.file)
    made = (sqlite_engine if place.file is not None else postgres_engine)(place, patience=5.0, read_only=False)
    older = Database(made, place)
    with monkeypatch.context() as before, older.writing() as connection:
        before.setattr(migrations, "MIGRATIONS", migrations.MIGRATIONS[:3])
        migrations.migrate(connection, older.place)
    older.close()
    with open_store(database) as store:
        script = kept(store, "one")
        store.put_away(script.session)
        assert [one.id for one in store.in_trash()] == [script.session]
