"""`backrooms import`: sessions and templates of other tools, and those that were exported here."""

import os
import pty
import shutil
import signal
import sys
import time
from pathlib import Path

import pytest

from tests.cli.conftest import COMMAND, CommandLine

SAMPLES = Path(__file__).parents[1] / "formats" / "samples"
LOG = "opus_gpt4o_lighthouse_20250314_213005.txt"


@pytest.fixture
def files(tmp_path: Path) -> Path:
    shutil.copytree(SAMPLES, tmp_path / "files")
    return tmp_path / "files"


def _long(path: Path, megabytes: int) -> Path:
    reply = "Nobody has been here since the fog. " * 60
    with path.open("w", encoding="utf-8") as file:
        for number in range(megabytes * 1_000_000 // len(reply)):
            file.write(f"\n### Claude {number % 2 + 1} ###\n{reply}\n")
    return path


def test_a_log_becomes_a_session(backrooms: CommandLine, files: Path) -> None:
    ran = backrooms("import", f"files/{LOG}")
    assert "lighthouse · Claude 1 ↔ GPT4o 2 · 2 agents, 5 turns · log of UniversalBackrooms · imported" in ran.out
    (session,) = backrooms("sessions", "list", "--json").json()
    assert (session["title"], session["turns"], session["status"]) == ("lighthouse · Claude 1 ↔ GPT4o 2", 5, "ended")
    assert session["id"] in ran.out
    assert "fog since morning" in backrooms("sessions", "show", session["id"]).out
    assert backrooms("sessions", "find", "politely", "--json").json()


def test_templates_can_be_played(backrooms: CommandLine, files: Path) -> None:
    ran = backrooms("import", "files/arena.json", "files/fork_template", "--json")
    arena, fork = ran.json()
    assert (arena["kind"], arena["id"], fork["id"]) == ("template", "arena", "fork-template")
    assert Path(arena["path"]).parent == backrooms.folder / "config" / "templates"
    assert "Otto is a person; a model sits there instead" in arena["unplaced"]
    assert "checked, nothing found" in backrooms("templates", "check", "arena", "fork-template").out
    model = backrooms.script("one", "hello")
    assert "hello" in backrooms("run", "fork-template", "--lm", model, "--max-turns", "2").out


def test_what_was_printed_as_json_lines_comes_back_elsewhere(backrooms: CommandLine, tmp_path: Path) -> None:
    model = backrooms.script("one", "hello", "“goodbye” …")
    backrooms("run", "duo", "--lm", model, "--max-turns", "3", "--say", "Begin.")
    (session,) = backrooms("sessions", "list", "--json").json()
    lines = backrooms("replay", "last", "--format", "jsonl").out
    (tmp_path / "session.jsonl").write_text(lines, "utf-8")
    assert "here already" in backrooms("import", "session.jsonl").out
    elsewhere = {"BACKROOMS_DATA_DIR": str(tmp_path / "elsewhere")}
    backrooms("import", "session.jsonl", **elsewhere)
    assert backrooms("sessions", "list", "--json", **elsewhere).json() == [session]
    assert backrooms("replay", "last", "--format", "jsonl", **elsewhere).out == lines


def test_a_dry_run_keeps_nothing(backrooms: CommandLine, files: Path) -> None:
    ran = backrooms("import", "--dry-run", *(f"files/{name.name}" for name in files.iterdir()))
    assert ran.out.count("would be imported") == 12
    assert backrooms("sessions", "list", "--json").json() == []
    assert not (backrooms.folder / "config" / "templates").exists()


def test_templates_go_where_they_are_wanted(backrooms: CommandLine, files: Path) -> None:
    backrooms("import", "files/arena.json", "--template-dir", "mine")
    assert [path.name for path in (backrooms.folder / "mine").iterdir()] == ["arena.toml"]


def test_a_file_that_is_wrong_does_not_keep_the_others_out(backrooms: CommandLine, files: Path) -> None:
    (files / "cut.json").write_text('{"conversation": [\n{"agent": "A", "content": "h', "utf-8")
    ran = backrooms("import", "files/cut.json", "files/nowhere", f"files/{LOG}", status=2)
    assert [line for line in ran.err.splitlines() if "Interrupted" not in line] == [
        "files/cut.json:2: a text has no end",
        "the file is damaged, or was cut short: save it or fetch it again",
        "there is no file files/nowhere",
        "check the path",
    ]
    assert len(backrooms("sessions", "list", "--json").json()) == 1
    found = backrooms("import", "files/cut.json", f"files/{LOG}", "--json", status=2).json()
    assert found[0]["problem"] == "files/cut.json:2: a text has no end"
    assert found[1]["kind"] == "session"


def test_hostile_names_and_texts_do_not_reach_the_terminal(backrooms: CommandLine, tmp_path: Path) -> None:
    text = "\x1b[2Jbefore\n### Claude\x1b]0;x\x07 1 ###\nhi\n\n### \x1b[31mEve 2 ###\nho\n"
    (tmp_path / "a.txt").write_text(text.removeprefix("\x1b[2Jbefore\n"), "utf-8")
    (tmp_path / "b.txt").write_text('{"weather": "\x1b[2J"}', "utf-8")
    for ran in (backrooms("import", "a.txt"), backrooms("import", "b.txt", status=2)):
        assert "\x1b" not in ran.out + ran.err
        assert "\x07" not in ran.out + ran.err


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_stopped_in_the_middle_nothing_is_there(how: signal.Signals, backrooms: CommandLine, tmp_path: Path) -> None:
    _long(tmp_path / "opus_opus_long_20250101_000000.txt", 12)
    process = backrooms.start("import", "opus_opus_long_20250101_000000.txt")
    end = time.monotonic() + 60
    # It has begun to write as soon as the folder of its own holds something.
    while not list((tmp_path / "data").glob(".import-*/session.db-wal")) and time.monotonic() < end:
        time.sleep(0.01)
    process.send_signal(how)
    out, _ = process.communicate(timeout=60)
    assert process.returncode != 0
    assert b"imported" not in out
    assert backrooms("sessions", "list", "--json").json() == []
    backrooms("import", "opus_opus_long_20250101_000000.txt", "--json")
    assert len(backrooms("sessions", "list", "--json").json()) == 1


def test_in_a_terminal_a_bar_says_how_far_it_is(backrooms: CommandLine, tmp_path: Path) -> None:
    _long(tmp_path / "opus_opus_long_20250101_000000.txt", 4)
    child, master = pty.fork()
    if child == 0:
        os.chdir(tmp_path)
        environ = backrooms.environ | {"TERM": "xterm-256color"}
        os.execve(sys.executable, [*COMMAND, "import", "opus_opus_long_20250101_000000.txt"], environ)
    shown = b""
    try:
        while piece := os.read(master, 65536):
            shown += piece
    except OSError:
        pass  # the terminal is gone with the program
    finally:
        os.close(master)
        _, status = os.waitpid(child, 0)
    text = shown.decode()
    assert os.waitstatus_to_exitcode(status) == 0, text
    assert "reading opus_opus_long_20250101_000000.txt" in text
    assert "100%" in text
    assert "━" in text
    assert "imported" in text


def test_the_same_log_is_known_again_under_any_name_and_across_a_backup(backrooms: CommandLine, files: Path) -> None:
    first = backrooms("import", f"files/{LOG}", "--json").json()[0]
    backrooms("sessions", "rename", first["id"], "My lighthouse")
    shutil.copy(files / LOG, files / "copy.txt")
    ran = backrooms("import", "files/copy.txt")
    assert f"session {first['id']}  My lighthouse · 2 agents, 5 turns" in ran.out
    assert "here already; --again imports it anew" in ran.out
    backrooms("backup", "all.db")
    backrooms("sessions", "delete", "--forever", "--yes", first["id"])
    backrooms("restore", "all.db")
    for dry in ((), ("--dry-run",)):
        (again,) = backrooms("import", "files/copy.txt", *dry, "--json").json()
        assert (again["id"], again["title"], again["new"]) == (first["id"], "My lighthouse", False)


def test_it_can_be_imported_anew(backrooms: CommandLine, files: Path) -> None:
    for name in (LOG, "own_events.jsonl"):
        first, anew = (backrooms("import", f"files/{name}", *again, "--json").json()[0] for again in ((), ("--again",)))
        assert first["new"]
        assert anew["new"]
        assert first["id"] != anew["id"]
        assert first["turns"] == anew["turns"]


def test_one_that_lies_in_the_trash_is_brought_in_anew(backrooms: CommandLine, files: Path) -> None:
    (first,) = backrooms("import", f"files/{LOG}", "--json").json()
    backrooms("sessions", "delete", first["id"])
    (second,) = backrooms("import", f"files/{LOG}", "--json").json()
    assert second["new"]
    assert second["id"] != first["id"]
