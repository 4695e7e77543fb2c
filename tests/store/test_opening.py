"""What happens when a database is opened: a new one, one of another program, a newer one, a damaged one."""

import hashlib
import os
import random
import sqlite3
import stat
import subprocess
import sys
import traceback
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect

from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.store.database import Store, open_store
from backrooms_tui.store.failures import StoreError
from backrooms_tui.store.migrations import VERSION
from backrooms_tui.store.schema import metadata
from tests.store.scripts import kept


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def refused(path: Path) -> StoreError:
    """The error on opening, after making sure that nothing was changed or left behind."""
    before, around = digest(path), set(path.parent.iterdir())
    with pytest.raises(StoreError) as caught:
        open_store(path)
    assert digest(path) == before
    assert set(path.parent.iterdir()) == around
    assert str(path) in caught.value.what
    assert caught.value.cure
    assert "\n" not in caught.value.what + caught.value.cure
    return caught.value


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    """A database with sessions in it."""
    path = tmp_path / "sessions.db"
    with open_store(path) as store:
        for number in range(12):
            kept(store, *(f"some words of turn {turn} " * 20 for turn in range(10)), title=f"Night {number}")
    return path


def test_folders_and_files_are_for_their_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "sessions.db"
    old = os.umask(0)
    try:
        with open_store(path) as store:
            kept(store, "hello")
            files = sorted(path.parent.iterdir())
            assert [file.name for file in files] == ["sessions.db", "sessions.db-shm", "sessions.db-wal"]
            assert {mode(file) for file in files} == {0o600}
    finally:
        os.umask(old)
    assert (mode(path.parent), mode(path.parent.parent)) == (0o700, 0o700)


def test_a_closed_database_is_one_file(filled: Path) -> None:
    assert list(filled.parent.iterdir()) == [filled]


def test_an_empty_file_becomes_a_database(tmp_path: Path) -> None:
    path = tmp_path / "sessions.db"
    path.touch()
    with open_store(path) as store:
        assert store.list_sessions() == []


def test_what_was_kept_is_there_when_it_is_opened_again(database: str) -> None:
    with open_store(database) as store:
        script = kept(store, "one", "two")
    with open_store(database) as store:
        assert list(store.events(script.session)) == script.events
        assert store.problems() == []


def test_the_file_says_whose_it_is(filled: Path) -> None:
    head = filled.read_bytes()[:100]
    assert head[68:72] == b"Brms"
    assert int.from_bytes(head[60:64], "big") == VERSION


def test_the_migrated_tables_are_the_ones_that_the_queries_know(database: str) -> None:
    open_store(database).close()
    url = database.replace("postgresql:", "postgresql+psycopg:") if "://" in database else f"sqlite:///{database}"
    engine = create_engine(url)
    found = inspect(engine)
    for name, table in metadata.tables.items():
        columns = {column["name"]: column["nullable"] for column in found.get_columns(name)}
        assert columns == {column.name: column.nullable for column in table.columns}
    engine.dispose()


def test_text_is_not_a_database(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("Dear diary, " * 1000)
    assert "is not a database" in refused(path).what


def test_zeros_are_not_a_database(filled: Path) -> None:
    filled.write_bytes(b"\0" * filled.stat().st_size)
    assert "is not a database" in refused(filled).what


@pytest.mark.parametrize("journal", ["wal", "delete"])
def test_another_programs_database_is_left_alone(tmp_path: Path, journal: str) -> None:
    path = tmp_path / "logs.db"
    with closing(sqlite3.connect(path)) as other:
        other.execute(f"PRAGMA journal_mode = {journal}")
        other.execute("CREATE TABLE sessions (id, title)")
        other.commit()
    assert "belongs to another program" in refused(path).what


def test_a_newer_versions_database_is_left_alone(filled: Path) -> None:
    with closing(sqlite3.connect(filled)) as newer:
        newer.execute(f"PRAGMA user_version = {VERSION + 1}")
        newer.execute("ALTER TABLE sessions ADD COLUMN mood TEXT")
    error = refused(filled)
    assert "newer version" in error.what
    assert "update" in error.cure


def test_a_truncated_database_is_left_alone(filled: Path) -> None:
    whole = filled.read_bytes()
    for share in (0.9, 0.5, 0.1):
        filled.write_bytes(whole[: int(len(whole) * share)])
        assert "damaged" in refused(filled).what
    filled.write_bytes(whole[:50])
    assert "damaged" in refused(filled).what


def test_a_database_with_a_ruined_page_is_left_alone(filled: Path) -> None:
    whole = bytearray(filled.read_bytes())
    chance = random.Random(7)
    for place in range(len(whole) // 2 // 4096 * 4096, len(whole) // 2 // 4096 * 4096 + 20 * 4096, 4096):
        whole[place : place + 64] = chance.randbytes(64)  # the heads of twenty pages in the middle
    filled.write_bytes(whole)
    assert "damaged" in refused(filled).what


def test_bytes_flipped_anywhere_never_end_in_anything_but_a_clear_message(filled: Path) -> None:
    whole = filled.read_bytes()
    chance = random.Random(11)
    outcomes = {"refused": 0, "read": 0, "stumbled": 0}
    for _ in range(60):
        ruined = bytearray(whole)
        for _ in range(chance.choice([1, 8, 200])):
            ruined[chance.randrange(len(ruined))] ^= 1 << chance.randrange(8)
        filled.write_bytes(ruined)
        try:
            with open_store(filled, read_only=True) as store:
                for session in store.list_sessions():
                    list(store.events(session.id))
            outcomes["read"] += 1  # what was hit is a letter of somebody's text, which nothing can tell
        except OperatorError as error:
            outcomes["refused" if "damaged" in error.what or "not a database" in error.what else "stumbled"] += 1
        assert filled.read_bytes() == bytes(ruined)
        for beside in set(filled.parent.iterdir()) - {filled}:
            beside.unlink()
    assert outcomes["refused"] > 10


def test_a_folder_is_not_a_database(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is a folder"):
        open_store(tmp_path)


def test_a_file_where_the_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(StoreError, match="data"):
        open_store(tmp_path / "data" / "sessions.db")


def test_reading_only_makes_nothing(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="does not exist"):
        open_store(tmp_path / "none" / "sessions.db", read_only=True)
    assert list(tmp_path.iterdir()) == []


def test_reading_only_reads_and_refuses_to_write(database: str) -> None:
    with open_store(database) as store:
        script = kept(store, "one")
    with open_store(database, read_only=True) as store:
        assert list(store.events(script.session)) == script.events
        with pytest.raises(StoreError, match=r"cannot be written|read only"):
            store.rename(script.session, "Other")


def test_an_empty_database_cannot_be_opened_for_reading_only(new_postgres: Callable[[], str]) -> None:
    with pytest.raises(StoreError, match="holds no sessions"):
        open_store(new_postgres(), read_only=True)


def test_a_leftover_of_a_killed_program_is_taken_up(tmp_path: Path) -> None:
    path = tmp_path / "sessions.db"
    code = (
        "import os, sys; from backrooms_tui.store.database import open_store; from tests.store.scripts import kept;"
        "store = open_store(sys.argv[1]); kept(store, 'last words'); sys.stdout.flush(); os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", code, str(path)], check=False)
    assert path.with_name("sessions.db-wal").stat().st_size > 0
    with open_store(path, read_only=True) as store:
        assert [hit.turn for hit in store.search("last words")] == [1]
    with open_store(path) as store:
        assert store.list_sessions()[0].turns == 1


def test_other_databases_on_a_server_are_left_alone(new_postgres: Callable[[], str]) -> None:
    url = new_postgres()
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE customers (id INTEGER)")
    with pytest.raises(StoreError, match="belongs to another program"):
        open_store(url)
    assert inspect(engine).get_table_names() == ["customers"]
    engine.dispose()


def test_a_newer_version_on_a_server_is_left_alone(new_postgres: Callable[[], str]) -> None:
    url = new_postgres()
    open_store(url).close()
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE backrooms_schema SET version = {VERSION + 1}")
    with pytest.raises(StoreError, match="newer version"):
        open_store(url)
    engine.dispose()


def test_a_database_that_is_not_on_the_server(postgres: str) -> None:
    with pytest.raises(StoreError, match='"nowhere" does not exist') as caught:
        open_store(postgres.format("nowhere"))
    assert "createdb" in caught.value.cure


def test_a_server_that_does_not_answer_and_no_password_shown() -> None:
    secret = "hunter" + "2"
    with pytest.raises(StoreError) as caught:
        open_store(f"postgresql://ada:{secret}@127.0.0.1:1/sessions?password={secret}", patience=1)
    assert "postgresql://ada@127.0.0.1:1/sessions cannot be reached" in caught.value.what
    assert secret not in caught.value.what + caught.value.cure + "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("url", ["mysql://ada:hunter2@host/db", "postgresql://ada:hunter2@host:port/db", "sqlite://"])
def test_other_urls(url: str) -> None:
    with pytest.raises(StoreError) as caught:
        open_store(url)
    assert "hunter2" not in caught.value.what + caught.value.cure


def test_paths_with_odd_characters(tmp_path: Path) -> None:
    path = tmp_path / "a b?c#d%20é" / "sessions 1.db"
    with open_store(path) as store:
        kept(store, "hello")
    assert [file.name for file in path.parent.iterdir()] == ["sessions 1.db"]
    with open_store(f"sqlite:///{path.parent.parent}/plain.db") as store:
        assert isinstance(store, Store)
