"""Standard output that nobody reads, that is full, that is a closed terminal, or that knows no Unicode."""

import json
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.conftest import CommandLine

full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")


def test_json_lines_keep_every_character_whatever_the_encoding(backrooms: CommandLine) -> None:
    script = backrooms.script("a", "你好 — “naïve” ①")
    ran = backrooms(
        "run", "duo", "--lm", script, "--max-turns", "1", "--format", "jsonl", PYTHONIOENCODING="ascii", PYTHONUTF8="0"
    )
    ended = [event for event in ran.events() if event["kind"] == "turn_ended"]
    assert ended[0]["text"].strip() == "你好 — “naïve” ①"


@full
@pytest.mark.parametrize("command", ["run duo --lm {script}", "replay last", "sessions list"])
def test_a_full_disk_behind_standard_output_is_said_in_a_line(backrooms: CommandLine, command: str) -> None:
    script = backrooms.script("a", "word " * 50)
    backrooms("run", "duo", "--lm", script, "--max-turns", "1")
    words = command.format(script=script).split()
    with open("/dev/full", "wb") as nowhere:
        running = [sys.executable, "-m", "backrooms_tui", *words]
        done = subprocess.run(
            running, stdout=nowhere, stderr=subprocess.PIPE, cwd=backrooms.folder, env=backrooms.environ, timeout=60
        )
    assert b"standard output cannot be written" in done.stderr
    assert b"unforeseen" not in done.stderr
    assert done.returncode in (2, 130)


def test_a_closed_terminal_ends_the_session_and_keeps_what_was_said(backrooms: CommandLine) -> None:
    script = backrooms.script("a", "word " * 500)
    words = ["run", "duo", "--lm", script, "--param", "rate=40"]
    pid, master = pty.fork()
    if pid == 0:
        os.chdir(backrooms.folder)
        os.execvpe(sys.executable, [sys.executable, "-m", "backrooms_tui", *words], backrooms.environ)
    said = b""
    while said.count(b"word") < 5:
        said += os.read(master, 65536)
    os.close(master)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 130
    events = backrooms("replay", "last", "--format", "jsonl").events()
    assert [event["kind"] for event in events[-2:]] == ["turn_ended", "ended"]
    assert events[-2]["text"].count("word") >= 5
    assert not [event for event in events if event["kind"] == "turn_failed"]


def test_twice_ctrl_c_leaves_at_once_although_the_reader_stands_still(backrooms: CommandLine) -> None:
    script = backrooms.script("a", "word " * 20_000)
    reader, writer = os.pipe()
    running = subprocess.Popen(
        [sys.executable, "-m", "backrooms_tui", "run", "duo", "--lm", script],
        stdout=writer,
        stderr=subprocess.DEVNULL,
        cwd=backrooms.folder,
        env=backrooms.environ,
    )
    os.close(writer)
    try:
        _wait_until_blocked(running.pid)
        assert _interrupted_until_it_leaves(running) == 130
    finally:
        running.kill()
        running.wait()
        os.close(reader)
    assert json.loads(backrooms("sessions", "list", "--json").out)[0]["turns"] >= 0


def _interrupted_until_it_leaves(running: "subprocess.Popen[bytes]") -> int | None:
    """Its exit status after somebody has pressed Ctrl-C a few times; a signal right behind another one may be lost."""
    for _ in range(20):
        running.send_signal(signal.SIGINT)
        try:
            return running.wait(timeout=0.5)
        except subprocess.TimeoutExpired:
            continue
    return None


def _wait_until_blocked(pid: int) -> None:
    """Until the process writes into a pipe that takes no more."""
    where = Path(f"/proc/{pid}/wchan")
    if not where.exists():
        pytest.skip("this system does not tell what a process waits for")
    end = time.monotonic() + 60
    while "pipe" not in where.read_text():
        if time.monotonic() > end:
            pytest.skip("this system does not tell what a process waits for")
        time.sleep(0.02)
