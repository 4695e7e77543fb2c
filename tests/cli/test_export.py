"""`backrooms sessions export`: sessions as files, for people and for other programs."""

import json
import os
import stat
from pathlib import Path

import pytest

from backrooms_tui.cli import root
from backrooms_tui.cli.leaving import status_of
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.store.database import open_store
from tests.cli.conftest import CommandLine
from tests.cli.test_run import in_a_terminal
from tests.formats.outgoing.evenings import hostile_evening
from tests.hostile import control_bytes
from tests.store.scripts import BEGAN, keep, kept


@pytest.fixture
def three(backrooms: CommandLine) -> CommandLine:
    """Three sessions, the last of which is the newest."""
    with open_store(backrooms.folder / "data" / "sessions.db") as store:
        for number, title in enumerate(("Rain", "Sun", "Wind")):
            kept(store, *SAID[title], title=title, began=BEGAN + 100 * number)
    return backrooms


@pytest.fixture
def here(three: CommandLine, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """The same, for commands that run in this process."""
    monkeypatch.chdir(three.folder)
    for name in ("BACKROOMS_DATA_DIR", "BACKROOMS_CONFIG_DIR"):
        monkeypatch.setenv(name, three.environ[name])
    return three


SAID = {
    "Rain": ("clouds", "drops on the roof"),
    "Sun": ("light", "a warm stone"),
    "Wind": ("a creak", "doors that move"),
}


def exported(backrooms: CommandLine, *words: str) -> list[Path]:
    """Where the files are, as the command prints it."""
    return [backrooms.folder / line for line in backrooms("sessions", "export", *words).out.splitlines()]


@pytest.mark.parametrize(
    ("shape", "suffix"), [("markdown", "md"), ("html", "html"), ("jsonl", "jsonl"), ("text", "txt")]
)
def test_one_session_becomes_one_file_in_the_current_folder(three: CommandLine, shape: str, suffix: str) -> None:
    (place,) = exported(three, "Sun", "--format", shape)
    assert place.suffix == f".{suffix}"
    assert place.parent == three.folder
    assert "a warm stone" in place.read_text("utf-8")
    assert place.read_bytes() == three("sessions", "export", "Sun", "--format", shape, "-o", "-").out.encode()
    umask = os.umask(0)
    os.umask(umask)
    assert stat.S_IMODE(place.stat().st_mode) == 0o666 & ~umask


def test_markdown_is_what_one_gets_without_asking(three: CommandLine) -> None:
    (place,) = exported(three, "last")
    assert place.read_text("utf-8").startswith("# Wind\n")
    assert "_Wind_" in place.name


def test_json_lines_are_those_that_replay_prints(three: CommandLine) -> None:
    (place,) = exported(three, "Rain", "--format", "jsonl")
    assert place.read_text("utf-8") == three("replay", "Rain", "--format", "jsonl").out


def test_a_session_that_was_renamed_has_its_new_title(three: CommandLine) -> None:
    three("sessions", "rename", "Rain", "Drizzle")
    (place,) = exported(three, "Drizzle")
    assert place.read_text("utf-8").startswith("# Drizzle\n")


def test_several_go_into_a_folder_and_nothing_is_overwritten(three: CommandLine) -> None:
    first = exported(three, "--all", "--format", "html", "--output", "kept")
    assert len(first) == 3
    assert {place.parent for place in first} == {three.folder / "kept"}
    again = exported(three, "Rain", "Sun", "Rain", "--format", "html", "--output", "kept")
    assert len(again) == 2
    assert len(list((three.folder / "kept").iterdir())) == 5
    (named,) = exported(three, "Rain", "-o", "night.md")
    (numbered,) = exported(three, "Rain", "-o", "night.md")
    assert (named.name, numbered.name) == ("night.md", "night-2.md")
    (inside,) = exported(three, "Rain", "-o", "new/")
    assert inside.parent == three.folder / "new"


def test_without_a_place_several_make_a_folder(three: CommandLine) -> None:
    places = exported(three, "Rain", "Sun")
    (folder,) = {place.parent for place in places}
    assert folder.parent == three.folder
    assert folder.name.startswith("backrooms_")


def test_what_was_said_chooses_sessions(three: CommandLine) -> None:
    (place,) = exported(three, "--find", '"warm stone"')
    assert "_Sun_" in place.name


def test_chats_for_fine_tuning_stand_in_one_file(three: CommandLine) -> None:
    (place,) = exported(three, "--all", "--format", "finetune", "--agent", "2")
    chats = [json.loads(line)["messages"] for line in place.read_text("utf-8").splitlines()]
    assert [chat[-1]["content"] for chat in chats] == ["doors that move", "a warm stone", "drops on the roof"]
    assert {chat[-1]["role"] for chat in chats} == {"assistant"}
    out = three("sessions", "export", "--all", "--format", "finetune", "--agent", "Simulator", "--output", "-").out
    assert out == place.read_text("utf-8")


def test_what_cannot_be_written_is_said_and_the_others_are(three: CommandLine) -> None:
    with open_store(three.folder / "data" / "sessions.db") as store:
        kept(store, "alone", title="Short", began=BEGAN + 1000)
    ran = three("sessions", "export", "--all", "--format", "finetune", "--agent", "2", status=2)
    (place,) = (three.folder / line for line in ran.out.splitlines())
    assert len(place.read_text("utf-8").splitlines()) == 3
    assert "has said nothing" in ran.err
    three("sessions", "export", "Short", "--format", "finetune", "--agent", "2", status=2)
    assert len(list(three.folder.glob("*.jsonl"))) == 1


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "which sessions"),
        (("Rain", "--all"), "which sessions"),
        (("Nobody",), "Nobody"),
        (("--find", "elephants"), "nobody said that"),
        (("Rain", "--agent", "2"), "--agent says nothing about the format markdown"),
        (("Rain", "--format", "html", "--speed", "4"), "--speed says nothing"),
        (("Rain", "Sun", "--output", "-"), "several sessions"),
        (("Rain", "--format", "finetune", "--agent", "Bob"), "no agent 'Bob'"),
        (("Rain", "--output", "a-file/x.md"), "cannot be written"),
        (("Rain", "Sun", "--output", "a-file"), "is a file"),
    ],
)
def test_mistakes_are_told_in_two_lines(
    here: CommandLine, words: tuple[str, ...], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (here.folder / "a-file").write_text("x")
    with pytest.raises(OperatorError) as error:
        root.backrooms.main(["sessions", "export", *words], standalone_mode=False)
    assert status_of(error.value) == 2
    said = capsys.readouterr()
    assert told in said.err
    assert len(said.err.strip().splitlines()) == 2
    assert said.out == ""
    assert {place.name for place in here.folder.iterdir()} == {"a-file", "data"}


def test_nothing_at_all_to_export_says_so(backrooms: CommandLine) -> None:
    assert "no sessions yet" in backrooms("sessions", "export", "--all", status=2).err


@pytest.mark.parametrize("shape", ["markdown", "text", "jsonl", "finetune"])
def test_a_terminal_is_not_touched_by_what_was_said(backrooms: CommandLine, shape: str) -> None:
    with open_store(backrooms.folder / "data" / "sessions.db") as store:
        keep(store, hostile_evening().events)
    shown = in_a_terminal(backrooms, "sessions", "export", "last", "--format", shape, "--output", "-")
    assert b"hacked" not in shown
    assert control_bytes(shown) == set()


def test_what_was_written_is_listed_as_json(three: CommandLine) -> None:
    ran = three("sessions", "export", "Sun", "Wind", "-o", "notes/", "--json")
    listed = ran.json()
    assert [three.folder / one["path"] for one in listed] == [
        next((three.folder / "notes").glob(f"*_{title}_*")) for title in ("Sun", "Wind")
    ]
    assert all((three.folder / one["path"]).stat().st_size == one["bytes"] for one in listed)
    ran = three(
        "sessions", "export", "--all", "--format", "finetune", "--agent", "Explorer", "-o", "all.jsonl", "--json"
    )
    assert [one["path"] for one in ran.json()] == ["all.jsonl"]
    ran = three("sessions", "export", "Sun", "--json", "-o", "-", status=2)
    assert len(ran.err.splitlines()) == 2
