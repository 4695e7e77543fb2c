"""Trash, backup, restore, vacuum and verify, as a person types them."""

import sqlite3
import stat
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tests.cli.conftest import CommandLine


@pytest.fixture
def two(backrooms: CommandLine) -> CommandLine:
    for title, text in (("Rain", "drops on the roof"), ("Sun", "a warm stone")):
        backrooms("run", "duo", "--lm", backrooms.script(title, text), "--max-turns", "2", "--title", title)
    return backrooms


def listed(backrooms: CommandLine, *options: str) -> list[str]:
    return [one["title"] for one in backrooms("sessions", "list", "--json", *options).json()]


def database(backrooms: CommandLine) -> Path:
    return backrooms.folder / "data" / "sessions.db"


def test_a_deleted_session_lies_in_the_trash_and_comes_back(two: CommandLine) -> None:
    assert "The trash is empty." in two("sessions", "list", "--trash").out
    rain = two("sessions", "list", "rain", "--json").json()[0]
    said = two("sessions", "delete", "Rain").out
    assert f"In the trash: {rain['id']} Rain" in said
    assert f"backrooms sessions restore {rain['id']}" in said
    assert listed(two) == ["Sun"]
    assert two("sessions", "find", "roof", "--json").json() == []
    refused = two("sessions", "show", "Rain", status=2)
    assert "is in the trash" in refused.err
    assert f"sessions restore {rain['id']}" in refused.err
    [trashed] = two("sessions", "list", "--trash", "--json").json()
    assert {name: trashed[name] for name in ("id", "title", "turns")} == {"id": rain["id"], "title": "Rain", "turns": 2}
    goes, deleted = (datetime.fromisoformat(trashed[name]) for name in ("goes", "deleted"))
    assert (goes - deleted).days == 30
    assert abs((datetime.now(UTC) - deleted).total_seconds()) < 60
    assert "Rain" in two("sessions", "list", "--trash").out
    assert "Back again" in two("sessions", "restore", "rain").out
    assert listed(two) == ["Sun", "Rain"]
    assert two("sessions", "list", "rain", "--json").json() == [rain]
    assert len(two("sessions", "find", "roof", "--json").json()) > 0
    assert "the trash is empty" in two("sessions", "restore", "rain", status=2).err


def test_nothing_is_deleted_where_one_name_is_wrong(two: CommandLine) -> None:
    two("sessions", "delete", "Rain", "nowhere", status=2)
    assert listed(two) == ["Sun", "Rain"]


def test_deleting_for_good_asks_first(two: CommandLine) -> None:
    two("sessions", "delete", "Rain")
    assert "Nothing was deleted." in two("sessions", "delete", "--forever", "rain", stdin="n\n").out
    assert listed(two, "--trash") == ["Rain"]
    assert "Deleted for good" in two("sessions", "delete", "--forever", "rain", "Sun", "--yes").out
    assert listed(two) == listed(two, "--trash") == []


def test_a_backup_is_made_and_restored(two: CommandLine) -> None:
    name = f"backrooms-{date.today().isoformat()}"  # noqa: DTZ011
    said = two("backup").out
    made = two.folder / f"{name}.db"
    assert str(made) in said
    assert "2 sessions" in said
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    first = made.read_bytes()
    two("backup")
    assert (two.folder / f"{name}-2.db").exists()
    assert made.read_bytes() == first
    assert "is there already" in two("backup", str(made), status=2).err
    assert "there is no folder" in two("backup", "nowhere/copy.db", status=2).err
    two("backup", "data")
    assert (two.folder / "data" / f"{name}.db").exists()

    two("sessions", "delete", "Rain")
    two("backup", "late.db")
    assert "1 session and 1 in the trash" in two("restore", "late.db").out
    assert listed(two) == ["Sun"]
    said = two("restore", str(made)).out
    assert "Restored 2 sessions" in said
    assert listed(two) == ["Sun", "Rain"]
    aside = Path(said.strip().rpartition(": ")[2])
    assert aside.parent == database(two).parent
    two("restore", str(aside))
    assert (listed(two), listed(two, "--trash")) == (["Sun"], ["Rain"])
    assert "does not exist" in two("restore", "nothing.db", status=2).err


def test_a_server_is_copied_with_its_own_tool(backrooms: CommandLine) -> None:
    url = "postgresql://somebody:secret@127.0.0.1:9/rooms"
    for words, tool in ((("vacuum",), "VACUUM FULL"), (("restore", "x.db"), "pg_restore")):
        said = backrooms(*words, status=2, BACKROOMS_DATABASE_URL=url).err
        assert tool in said
        assert "secret" not in said


def test_vacuum_says_what_it_gave_back_and_refuses_while_somebody_has_it_open(two: CommandLine) -> None:
    two("sessions", "delete", "Rain")
    with closing(sqlite3.connect(database(two))) as other:
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM sessions").fetchall()
        refused = two("vacuum", status=2).err
        assert "another program has" in refused
        assert len(refused.splitlines()) == 2
    said = two("vacuum").out
    assert "kB" in said
    assert "1 session in the trash" in said
    assert listed(two, "--trash") == ["Rain"]


def test_verify_finds_what_is_wrong(two: CommandLine) -> None:
    two("sessions", "delete", "Rain")
    said = two("sessions", "verify").out
    assert "2 sessions with 4 turns" in said
    assert "all is whole" in said
    sun = two("sessions", "list", "--json").json()[0]["id"]
    with closing(sqlite3.connect(database(two))) as other:
        other.execute("UPDATE sessions SET turns = 7 WHERE id = ?", (sun,))
        other.commit()
    wrong = two("sessions", "verify", status=2).out
    assert "turns is 7, but the events make 2" in wrong
    assert "1 not whole" in wrong
    found = two("sessions", "verify", "--json", status=2).json()
    assert found["database"] == []
    by_title = {one["title"]: one for one in found["sessions"]}
    assert (by_title["Rain"]["trashed"], by_title["Rain"]["problems"]) == (True, [])
    [problem] = by_title["Sun"]["problems"]
    assert problem["place"] == "totals"
    assert "export" in problem["cure"]
    assert "all is whole" in two("sessions", "verify", "rain").out
    assert "no session" in two("sessions", "verify", "nowhere", status=2).err
    # What it says can be done works.
    two("sessions", "export", sun, "--format", "jsonl", "--output", "sun.jsonl")
    two("sessions", "delete", "--forever", sun, "--yes")
    two("import", "sun.jsonl")
    assert "all is whole" in two("sessions", "verify").out
    assert listed(two) == ["Sun"]


def test_the_new_commands_are_in_the_help(backrooms: CommandLine) -> None:
    said = backrooms("--help").out
    assert all(word in said for word in ("backup", "restore", "vacuum"))
    assert "--trash" in backrooms("sessions", "list", "--help").out
