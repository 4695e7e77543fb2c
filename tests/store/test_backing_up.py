"""A copy while sessions are recorded, and a backup in place of what is there: whole, or nothing happened."""

import os
import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.store import backing_up, migrations, sqlite_file
from backrooms_tui.store.backing_up import back_up
from backrooms_tui.store.connection import Database, sqlite_engine
from backrooms_tui.store.database import open_store
from backrooms_tui.store.failures import StoreError
from backrooms_tui.store.migrations import VERSION
from backrooms_tui.store.place import place_of
from backrooms_tui.store.restoring import restore
from backrooms_tui.store.vacuuming import vacuum
from tests.store.scripts import kept
from tests.store.test_recording import program

TODAY = date(2026, 3, 4)
THREE = {"Night 0", "Night 1", "Night 2"}
FOUR = {*THREE, "Night 4"}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A database with three nights in it."""
    path = tmp_path / "data" / "sessions.db"
    with open_store(path) as store:
        for number in range(3):
            kept(store, *(f"some words of turn {turn} " * 20 for turn in range(5)), title=f"Night {number}")
    return path


@pytest.fixture
def backup(place: Path, tmp_path: Path) -> Path:
    """A backup of the three nights; in the database, a fourth came after it."""
    path = tmp_path / "backup.db"
    with open_store(place) as store:
        back_up(store, path)
        kept(store, "after the backup", title="Night 4")
    return path


def titles(path: Path) -> set[str]:
    """What is kept there, after making sure that it is whole."""
    with open_store(path) as store:
        assert store.problems(thorough=True) == []
        return {one.title for one in store.list_sessions()}


def test_a_copy_is_whole_and_for_its_owner_only(place: Path, tmp_path: Path) -> None:
    heard: list[tuple[int, int]] = []
    old = os.umask(0)
    try:
        with open_store(place) as store:
            size = back_up(store, tmp_path / "copy.db", lambda done, total: heard.append((done, total)))
            there = {one.id: list(store.events(one.id)) for one in store.list_sessions()}
    finally:
        os.umask(old)
    copy = tmp_path / "copy.db"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert heard[-1] == (size, size) == (copy.stat().st_size, copy.stat().st_size)
    assert {path.name for path in tmp_path.iterdir()} == {"data", "copy.db"}
    with open_store(copy) as store:
        assert {one.id: list(store.events(one.id)) for one in store.list_sessions()} == there
        assert len(store.search("words", limit=50)) == 15


def test_a_copy_is_made_while_another_program_records(place: Path, tmp_path: Path) -> None:
    recording = program(str(place), "stream")
    try:
        assert recording.stdout is not None
        session = recording.stdout.readline().strip()
        with open_store(place) as store:
            back_up(store, tmp_path / "copy.db")
        heard = float(recording.stdout.readline())  # it goes on
        assert heard > 0
    finally:
        recording.kill()
        recording.communicate()
    with open_store(tmp_path / "copy.db") as store:
        assert len(store.list_sessions()) == 4
        assert store.turns(session, 1, 1)[0].text == "a whole turn"


def test_a_copy_is_as_it_was_when_it_began(place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backing_up, "_PAGES", 4)
    heard: list[int] = []
    with open_store(place) as store, open_store(place) as other:

        def told(done: int, _total: int) -> None:
            heard.append(done)
            kept(other, "meanwhile", title="Meanwhile")

        back_up(store, tmp_path / "copy.db", told)
    assert heard == sorted(set(heard))  # what came meanwhile did not make it begin again
    assert len(heard) > 5
    assert titles(tmp_path / "copy.db") == THREE
    assert titles(place) == {*THREE, "Meanwhile"}


def test_nothing_is_overwritten(place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = tmp_path / "taken.txt"
    taken.write_text("mine")
    with open_store(place) as store:
        with pytest.raises(StoreError, match="is there already"):
            back_up(store, taken)
        with pytest.raises(StoreError, match="is there already"):
            back_up(store, place)
        came = tmp_path / "came.db"
        with pytest.raises(StoreError, match="is there already"):
            back_up(store, came, lambda *_: came.write_text("meanwhile"))
    assert (taken.read_text(), came.read_text()) == ("mine", "meanwhile")
    assert {path.name for path in tmp_path.iterdir()} == {"data", "taken.txt", "came.db"}


def test_a_copy_that_is_stopped_leaves_nothing(place: Path, tmp_path: Path) -> None:
    def stop(*_: int) -> None:
        raise KeyboardInterrupt

    with open_store(place) as store:
        with pytest.raises(KeyboardInterrupt):
            back_up(store, tmp_path / "copy.db", stop)
        kept(store, "the database is as good as before")
        with pytest.raises(StoreError):
            back_up(store, tmp_path / "nowhere" / "copy.db")
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_sessions_on_a_server_are_copied_by_the_servers_own_tool(new_postgres: Callable[[], str], place: Path) -> None:
    url = new_postgres()
    with open_store(url) as store, pytest.raises(OperatorError) as caught:
        back_up(store, place.with_name("copy.db"))
    assert "pg_dump" in caught.value.cure
    with pytest.raises(OperatorError) as caught:
        restore(url, place, TODAY)
    assert "pg_restore" in caught.value.cure
    with pytest.raises(OperatorError) as caught:
        vacuum(url)
    assert "VACUUM FULL" in caught.value.cure


def test_a_backup_takes_the_place_of_what_is_put_aside(place: Path, backup: Path) -> None:
    done = restore(place, backup, TODAY)
    aside = place.with_name("sessions-before-restore-2026-03-04.db")
    assert (done.sessions, done.trashed, done.aside) == (3, 0, aside)
    assert titles(place) == THREE
    assert titles(aside) == FOUR
    assert stat.S_IMODE(aside.stat().st_mode) == stat.S_IMODE(place.stat().st_mode) == 0o600
    assert {path.name for path in place.parent.iterdir()} == {place.name, aside.name}
    # And back again.
    again = restore(place, aside, TODAY)
    assert titles(place) == FOUR
    assert again.aside == place.with_name("sessions-before-restore-2026-03-04-2.db")
    with open_store(place) as store:
        kept(store, "it goes on")


def test_a_backup_is_restored_where_nothing_is_yet(backup: Path, tmp_path: Path) -> None:
    new = tmp_path / "another" / "machine" / "sessions.db"
    assert restore(new, backup, TODAY).aside is None
    assert titles(new) == THREE
    assert [path.name for path in new.parent.iterdir()] == ["sessions.db"]


def test_nothing_is_restored_while_another_program_has_it_open(place: Path, backup: Path) -> None:
    recording = program(str(place), "stream")
    try:
        assert recording.stdout is not None
        session = recording.stdout.readline().strip()
        for act in (lambda: restore(place, backup, TODAY), lambda: vacuum(place)):
            with pytest.raises(StoreError, match="another program has") as caught:
                act()
            assert "close Backrooms" in caught.value.cure
        heard = float(recording.stdout.readline())
        assert heard > 0
    finally:
        recording.kill()
        recording.communicate()
    with open_store(place) as store:
        assert store.turns(session, 1, 1)[0].text == "a whole turn"
    assert len(list(place.parent.glob("sessions*.db"))) == 1


KILLED = """
import os, signal, sys
from datetime import date
from backrooms_tui.store import restoring

def pour(source, target):
    def progress(status, remaining, total):
        if 0 < remaining <= total * float(sys.argv[3]):
            os.kill(os.getpid(), signal.SIGKILL)
    target.execute("PRAGMA cache_size = 5")  # so that most of it has gone to the disk
    source.backup(target, pages=3, progress=progress)
    os.kill(os.getpid(), signal.SIGKILL)

restoring.pour = pour
restoring.restore(sys.argv[1], restoring.Path(sys.argv[2]), date(2026, 3, 4))
"""


@pytest.mark.parametrize(("share", "after"), [("0.9", FOUR), ("0.2", FOUR), ("-1", THREE)])
def test_killed_in_the_middle_the_old_or_the_new_one_is_there(
    place: Path, backup: Path, share: str, after: set[str]
) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, str(place), str(backup), share], capture_output=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert titles(place) == after
    assert titles(place.with_name("sessions-before-restore-2026-03-04.db")) == FOUR
    restore(place, backup, TODAY)
    assert titles(place) == THREE


def refused(place: Path, backup: Path) -> StoreError:
    """The error, after making sure that nothing changed."""
    before = place.read_bytes()
    with pytest.raises(StoreError) as caught:
        restore(place, backup, TODAY)
    assert place.read_bytes() == before
    assert [path.name for path in place.parent.iterdir()] == [place.name]
    assert caught.value.cure
    return caught.value


def test_only_a_whole_backup_of_ours_is_restored(place: Path, backup: Path, tmp_path: Path) -> None:
    assert "does not exist" in refused(place, tmp_path / "nothing.db").what
    assert "is a folder" in refused(place, tmp_path).what
    assert "is the database that is in use" in refused(place, place).what
    empty = tmp_path / "empty.db"
    empty.touch()
    assert "holds no sessions" in refused(place, empty).what
    text = tmp_path / "notes.txt"
    text.write_text("Dear diary, " * 1000)
    assert "is not a database" in refused(place, text).what
    other = tmp_path / "other.db"
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE sessions (id, title)")
    assert "belongs to another program" in refused(place, other).what
    whole = backup.read_bytes()
    backup.write_bytes(whole[: len(whole) // 2])
    assert str(backup) in refused(place, backup).what
    spoilt = bytearray(whole)
    for page in range(3, len(whole) // 4096):
        spoilt[page * 4096 : page * 4096 + 40] = b"x" * 40
    backup.write_bytes(spoilt)
    assert "is damaged" in refused(place, backup).what
    backup.write_bytes(whole)
    with closing(sqlite3.connect(backup)) as connection:
        connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    error = refused(place, backup)
    assert "newer version" in error.what
    assert "update Backrooms" in error.cure


def test_an_older_backup_is_brought_up_to_date(place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    older = tmp_path / "older.db"
    sqlite_file.make(older)
    database = Database(sqlite_engine(place_of(older), patience=5.0, read_only=False), place_of(older))
    with monkeypatch.context() as before, database.writing() as connection:
        before.setattr(migrations, "MIGRATIONS", migrations.MIGRATIONS[:1])
        migrations.migrate(connection, str(older))
    database.close()
    was = older.read_bytes()
    assert restore(place, older, TODAY).sessions == 0
    with open_store(place) as store:
        assert store.list_sessions() == []
        kept(store, "a new night")
    assert older.read_bytes() == was


def test_a_damaged_database_is_put_aside_as_it_is(place: Path, backup: Path) -> None:
    place.write_bytes(b"nothing that a database would begin with" * 500)
    was = place.read_bytes()
    done = restore(place, backup, TODAY)
    assert titles(place) == THREE
    assert done.aside is not None
    assert done.aside.read_bytes() == was
    assert stat.S_IMODE(place.stat().st_mode) == 0o600


def test_a_backup_in_pages_of_another_size_is_restored(place: Path, backup: Path) -> None:
    with closing(sqlite3.connect(backup, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE").fetchall()
        connection.execute("PRAGMA page_size = 8192")
        connection.execute("VACUUM")
    restore(place, backup, TODAY)
    assert titles(place) == THREE


def test_what_deleted_sessions_took_is_given_back(place: Path) -> None:
    with open_store(place) as store:
        script = kept(store, "stays for a while", title="Stays")
        away = kept(store, "in the trash").session
        store.put_away(away)
        for one in store.list_sessions():
            if one.title != "Stays":
                store.delete(one.id)
    done = vacuum(place)
    assert done.after < done.before
    assert (done.after, done.trashed) == (place.stat().st_size, 1)
    assert [path.name for path in place.parent.iterdir()] == [place.name]
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    with open_store(place) as store:
        assert list(store.events(script.session)) == script.events
        assert [hit.session for hit in store.search("while")] == [script.session]
        assert store.problems(thorough=True) == []
    again = vacuum(place)
    assert again.after == again.before
