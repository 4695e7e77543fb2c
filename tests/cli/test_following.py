"""`replay --follow`, and what the commands say about a session that another program records."""

import json
import signal
import subprocess
import time
from collections.abc import Callable, Iterator

import pytest

from tests.cli.conftest import CommandLine
from tests.store.elsewhere import Elsewhere


@pytest.fixture
def other(backrooms: CommandLine) -> Iterator[Elsewhere]:
    with Elsewhere(backrooms.folder / "data" / "sessions.db") as recording:
        recording("speak one two three")
        yield recording


class Reading:
    """What a command prints, as it prints it. It ends with the test, whatever happens."""

    def __init__(self, running: "subprocess.Popen[bytes]") -> None:
        self.running = running
        self.read = ""

    def end(self) -> None:
        with self.running:
            self.running.kill()

    def until(self, condition: Callable[[str], object]) -> str:
        assert self.running.stdout is not None
        while not condition(self.read):
            line = self.running.stdout.read1(4096)  # type: ignore[attr-defined]
            assert line, self.read
            self.read += line.decode()
        return self.read

    def rest(self) -> tuple[int, str, str]:
        out, err = self.running.communicate(timeout=60)
        return self.running.returncode, self.read + out.decode(), err.decode()


Follow = Callable[..., Reading]


@pytest.fixture
def follow(backrooms: CommandLine) -> Iterator[Follow]:
    begun = []

    def begin(*words: str) -> Reading:
        begun.append(Reading(backrooms.start("replay", *words, "--follow")))
        return begun[-1]

    yield begin
    for reading in begun:
        reading.end()


def test_it_is_printed_as_it_comes_and_ends_when_the_session_ends(follow: Follow, other: Elsewhere) -> None:
    reading = follow("--format", "text")
    reading.until(lambda read: "three" in read)
    other("start")
    other("say half")
    assert "half" in reading.until(lambda read: "half" in read)
    other("say of it")
    other("end half of it ")
    reading.until(lambda read: "of it" in read)
    other("over")
    other.close()
    status, out, err = reading.rest()
    assert (status, err) == (0, "")
    assert "As many turns as were wanted." in out


def test_as_json_lines_it_is_every_event_once(backrooms: CommandLine, follow: Follow, other: Elsewhere) -> None:
    reading = follow(other.session, "--format", "jsonl")
    reading.until(lambda read: "turn_ended" in read)
    other("speak four")
    other.close()
    status, out, _ = reading.rest()
    events = [json.loads(line) for line in out.splitlines()]
    assert status == 0
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert [event["text"] for event in events if event["kind"] == "turn_ended"] == ["one two three", "four"]
    assert backrooms("replay", other.session, "--format", "jsonl").out == out


def test_ctrl_c_leaves_with_130(follow: Follow, other: Elsewhere) -> None:
    reading = follow("--format", "jsonl")
    reading.until(lambda read: "turn_ended" in read)
    reading.running.send_signal(signal.SIGINT)
    status, _, err = reading.rest()
    assert (status, err) == (130, "\nStopping.\n")
    other("speak on and on")


def test_without_a_live_session_two_lines(backrooms: CommandLine) -> None:
    backrooms("run", "duo", "--lm", backrooms.script("a", "hello"), "--max-turns", "1")
    ran = backrooms("replay", "--follow", status=2)
    assert ran.err.splitlines()[0].endswith("no session is being recorded at this moment")
    assert "backrooms run" in ran.err.splitlines()[1]
    # One that is named is shown all the same, and is over.
    assert "hello" in backrooms("replay", "last", "--follow").out
    assert "leave out --speed" in backrooms("replay", "--follow", "--speed", "2", status=2).err


def test_a_live_session_is_listed_as_such_and_cannot_be_deleted(backrooms: CommandLine, other: Elsewhere) -> None:
    backrooms("run", "duo", "--lm", backrooms.script("a", "hello"), "--max-turns", "1", "--title", "Quiet")
    live = {one["title"]: one["live"] for one in backrooms("sessions", "list", "--json").json()}
    assert live == {"Quiet": False, "Far away": True}
    assert backrooms("sessions", "show", other.session, "--json").json()["live"] is True
    row = next(line for line in backrooms("sessions", "list").out.splitlines() if "Far away" in line)
    assert "◉ live" in row
    for more in ((), ("--forever", "--yes")):
        ran = backrooms("sessions", "delete", other.session, *more, status=2)
        what, cure = ran.err.splitlines()
        assert f"is being recorded by process {other.process.pid} on this machine, since" in what
        assert "leave it there first" in cure
    other.kill()
    began = time.monotonic()
    while backrooms("sessions", "list", "far", "--json").json()[0]["live"]:
        assert time.monotonic() - began < 20
    backrooms("sessions", "delete", other.session)


def test_a_live_session_can_be_branched_and_exported(backrooms: CommandLine, other: Elsewhere) -> None:
    other("start")
    other("say not whole yet")
    backrooms("sessions", "branch", other.session, "--json")
    backrooms("sessions", "export", other.session, "--format", "markdown")
    other("say whole at last")
    assert "whole at last" in backrooms("sessions", "show", other.session).out
