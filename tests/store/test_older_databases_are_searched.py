"""A database from before the words between the turns could be found: all of it is found once it is opened."""

import pytest

from backrooms_tui.session.events import Interjected, TurnEdited, TurnEnded, TurnRetracted, Whispered
from backrooms_tui.store import migrations
from backrooms_tui.store.database import Store, open_store
from tests.store.scripts import Script, keep

BEFORE = 4  # the version that had no table `said`
STALLED = """UPDATE events SET body = replace(body, '"stall":null', '"stall":0.75')"""
# What later versions brought.
SINCE = (
    *(
        f"DROP TABLE {table}"
        for table in ("origins", "marks", "tags", "judgements", "runs", "batches", "notes", "notebooks")
    ),
    "DROP INDEX sessions_serves",
    *(f"ALTER TABLE sessions DROP COLUMN {column}" for column in ("serves", "serves_turn", "serves_agent")),
)
OLD = {
    "sqlite": (
        "DROP TABLE turn_search",
        "DROP VIEW spoken",
        "DROP TABLE said",
        "CREATE VIEW spoken AS SELECT id, coalesce(edited, text) AS text FROM turns",
        "CREATE VIRTUAL TABLE turn_search USING fts5(text, content = 'spoken', content_rowid = 'id',"
        " tokenize = 'unicode61 remove_diacritics 2')",
        "INSERT INTO turn_search (rowid, text) SELECT id, coalesce(edited, text) FROM turns WHERE state = 'ended'",
        f"PRAGMA user_version = {BEFORE}",
    ),
    "postgresql": (
        "CREATE TABLE old_search (id BIGINT PRIMARY KEY REFERENCES turns (id) ON DELETE CASCADE, words TSVECTOR)",
        "INSERT INTO old_search SELECT turns.id, words FROM turn_search JOIN said ON said.id = turn_search.id"
        " JOIN turns ON turns.session = said.session AND turns.seq = said.seq",
        "DROP TABLE turn_search",
        "DROP TABLE said",
        "ALTER TABLE old_search RENAME TO turn_search",
        "CREATE INDEX turn_search_words ON turn_search USING gin (words)",
        f"UPDATE backrooms_schema SET version = {BEFORE}",
    ),
}


@pytest.fixture
def older(database: str) -> str:
    """A database as the version before left it."""
    with open_store(database) as store:
        for title in ("One", "Two"):
            script = Script(store.new_id()).open(title)
            script.add(Interjected, text="begin with the lamp")
            script.speak("a lamp")
            script.add(Whispered, to=2, text="Which Lämp?", source="cue")
            script.speak("a door")
            script.speak("gone")
            ended = script.events[-1]
            assert isinstance(ended, TurnEnded)
            script.add(TurnRetracted, turn=3, agent=1)
            script.add(TurnEdited, turn=2, text="a trapdoor")
            script.start(attempt=2)
            script.end("the third", attempt=2)
            keep(store, script.events)
        with store.database.writing() as connection:
            for statement in (STALLED, *SINCE, *OLD[store.database.dialect]):
                connection.exec_driver_sql(statement)
    return database


def turns(store: Store, asked: str) -> list[tuple[str, str, int]]:
    return sorted((hit.title, hit.name, hit.turn) for hit in store.search(asked))


def test_all_of_an_older_database_is_found(older: str) -> None:
    assert BEFORE < migrations.VERSION
    with open_store(older) as store:
        lamps = [("cue", 2), ("operator", 1), ("Explorer", 1)]
        assert turns(store, "lamp") == sorted((title, *one) for title in ("One", "Two") for one in lamps)
        assert turns(store, "trapd*") == [("One", "Simulator", 2), ("Two", "Simulator", 2)]
        assert turns(store, "third") == [("One", "Explorer", 3), ("Two", "Explorer", 3)]
        assert turns(store, "door") == turns(store, "gone") == []
        assert store.problems() == []
        # And what comes from now on.
        session = store.find("Two")
        keep(store, [Interjected(seq=store.summary(session).last_seq + 1, at=2e9, text="one more lamp")], session)
        assert store.search("lamp")[0].at == 2e9
        store.delete(session)
        assert {title for title, _, _ in turns(store, "lamp")} == {"One"}
        assert store.problems() == []


def test_how_much_older_turns_stall_is_known(older: str) -> None:
    with open_store(older) as store:
        stalls = {hit.stall for hit in store.search("stall>0.7")}
    assert stalls == {0.75}
