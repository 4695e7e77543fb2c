"""However the application ends: the terminal is as it was before, and what was said is kept."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.cli.conftest import CommandLine
from tests.journeys.wire import Wire, readable

APPLICATION = [sys.executable, "-m", "backrooms_tui"]
BROKEN = [sys.executable, "-m", "tests.journeys.raising"]
WORDS = "Slowly the words come one by one so that nobody is ever done with them and somebody always speaks"


@contextmanager
def on_stage(home: CommandLine, command: list[str], rate: int = 10) -> Iterator[Wire]:
    """A conversation between slow speakers, set up by the command line and gone on with in the application."""
    models = home.script("quick", "One word."), home.script("slow", " ".join([WORDS] * 20))
    home("run", "duo", "--lm", *models, "--param", f"2.rate={rate}", "--max-turns", "1", "--title", "A slow night")
    with Wire(command, folder=home.folder, environ=home.environ) as wire:
        wire.sees("A slow night")
        wire.press("\r")
        wire.sees("Operator ▸")
        yield wire


def ended(home: CommandLine) -> list[dict[str, Any]]:
    (session,) = home("sessions", "list", "--json").json()
    events = home("replay", session["id"], "--format", "jsonl").events()
    return [event for event in events if event["kind"] == "turn_ended"]


def assert_clean(sent: bytes) -> None:
    """Every mode that was switched on is off again, the cursor is there, and one is back on the screen of before."""
    for mode in (b"1000", b"1003", b"1006", b"1004", b"2004", b"1049"):
        assert sent.rfind(b"\x1b[?%bl" % mode) > sent.rfind(b"\x1b[?%bh" % mode) >= 0, mode
    assert sent.rfind(b"\x1b[?25h") > sent.rfind(b"\x1b[?25l") >= 0, "the cursor is hidden"
    assert sent.count(b"\x1b[<u") >= sent.count(b"\x1b[>"), "the keyboard's protocol stays on"


def last_words(sent: bytes) -> str:
    """What stands on the terminal after the application has left."""
    return readable(sent[sent.rfind(b"\x1b[?1049l") :]).strip()


def begin_to_speak(wire: Wire) -> None:
    """Let the slow one speak, and wait until it is in the middle of its words."""
    wire.press("n")
    wire.sees("▶ running", "Slowly the words come one")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_while_someone_speaks(backrooms: CommandLine, number: signal.Signals) -> None:
    with on_stage(backrooms, APPLICATION) as wire:
        begin_to_speak(wire)
        wire.process.send_signal(number)
        wire.leaves()
        assert_clean(wire.sent)
        assert "Traceback" not in readable(wire.sent)
    first, second = ended(backrooms)
    assert first["text"] == "One word."
    assert (second["stop_reason"], second["text"][:25]) == ("stopped", WORDS[:25])


def test_the_window_is_closed_while_someone_speaks(backrooms: CommandLine) -> None:
    with on_stage(backrooms, APPLICATION) as wire:
        begin_to_speak(wire)
        wire.hang_up()
        wire.process.wait(20)
    assert [turn["text"][:9] for turn in ended(backrooms)] == ["One word.", WORDS[:9]]


def test_quitting_while_someone_speaks(backrooms: CommandLine) -> None:
    with on_stage(backrooms, APPLICATION) as wire:
        begin_to_speak(wire)
        wire.press("\x11")
        assert wire.leaves() == 0
        assert_clean(wire.sent)
        assert last_words(wire.sent) == ""
    second = ended(backrooms)[1]
    assert (second["stop_reason"], second["text"][:25]) == ("stopped", WORDS[:25])


def test_quitting_from_within_a_dialog(backrooms: CommandLine) -> None:
    with on_stage(backrooms, APPLICATION) as wire:
        wire.press("/")
        wire.sees("Find in this session")
        wire.press("\x11")
        assert wire.leaves() == 0
        assert_clean(wire.sent)


def test_a_fault_of_the_program(backrooms: CommandLine) -> None:
    with on_stage(backrooms, BROKEN, rate=1000) as wire:
        wire.press("n")
        assert wire.leaves(seconds=40) == 1
        assert_clean(wire.sent)
        words = last_words(wire.sent)
    assert "Traceback" not in words
    assert "ZeroDivisionError: the stage is ␛]52;c;aGFja2Vk␇ broken" in words
    assert f"kept in {backrooms.folder / 'data' / 'sessions.db'}" in " ".join(words.split())
    (session,) = backrooms("sessions", "list", "--json").json()
    assert f"The session {session['id']} is kept" in " ".join(words.split())
    assert f"`backrooms replay {session['id']}` opens it again" in " ".join(words.split())
    assert ended(backrooms)[0]["text"] == "One word."
