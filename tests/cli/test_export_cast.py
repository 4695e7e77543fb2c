"""A recording of the screen, played in a real terminal."""

import json
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from backrooms_tui.store.database import open_store
from tests.cli.conftest import CommandLine
from tests.hostile import control_bytes
from tests.journeys.picture import Picture
from tests.journeys.terminal import Terminal, needs_tmux
from tests.store.scripts import Script, keep

# What a player does, without waiting.
PLAY = """
import json, sys
with open(sys.argv[1], encoding="utf-8") as recording:
    next(recording)
    for line in recording:
        sys.stdout.write(json.loads(line)[2])
"""


@pytest.fixture
def recorded(backrooms: CommandLine) -> Callable[..., Path]:
    """A session of three turns, an hour's pause within, as a recording."""
    script = Script("abcdefgh").open("The \x1b[31mnight")
    script.speak("Is anybody there, below the stairs?")
    script.at += 3600
    script.speak("Only 日本語 and e\u0301 \x1b]0;taken\x07 \u202e signs")
    script.start()
    for word in ("The ", "last ", "word ", "is ", "lighthouse."):
        script.at += 1.0
        script.say([word])
    script.end("The last word is lighthouse.")
    with open_store(backrooms.folder / "data" / "sessions.db") as store:
        keep(store, script.events)

    def record(*words: str) -> Path:
        ran = backrooms("sessions", "export", "last", "--format", "cast", *words)
        return backrooms.folder / ran.out.strip()

    return record


@needs_tmux
def test_it_plays_to_the_last_turn_in_a_real_terminal(recorded: Callable[..., Path], backrooms: CommandLine) -> None:
    place = recorded("--columns", "100", "--rows", "30")
    command = [sys.executable, "-c", PLAY, str(place)]
    with Terminal(command, folder=backrooms.folder, environ=backrooms.environ, columns=100, rows=30) as terminal:
        screen = terminal.sees("The last word is lighthouse.", "anybody there")
    assert "日本語" in screen
    assert "① Explorer" in screen
    assert len(screen.splitlines()) == 30


def test_it_keeps_the_time_of_the_session_and_sits_through_no_pause(recorded: Callable[..., Path]) -> None:
    place = recorded("--speed", "2")
    head, *pieces = map(json.loads, place.read_text("utf-8").splitlines())
    assert (head["version"], head["width"], head["height"]) == (2, 120, 34)
    assert head["title"] == "The ␛[31mnight"
    assert all(kind == "o" and isinstance(text, str) for _, kind, text in pieces)
    times = [at for at, _, _ in pieces]
    assert all(before <= after for before, after in pairwise(times))
    # Two seconds of the hour, five of the last turn, at twice the speed; then the last picture stays.
    assert 3.4 < times[-2] < 3.9
    assert times[-1] == pytest.approx(times[-2] + 2, abs=0.01)

    picture = Picture(120, 34)
    seen = {}
    for at, _, text in pieces:
        picture.take(text.encode())
        seen[at] = picture.text
    half = next(text for at, text in seen.items() if "The last word" in text)
    assert "lighthouse" not in half
    sent = "".join(text for _, _, text in pieces).encode()
    assert b"taken\x07" not in sent
    assert control_bytes(sent) <= {"\x1b"}


def test_the_same_session_gives_the_same_recording(recorded: Callable[..., Path]) -> None:
    one, other = recorded("--columns", "80", "--rows", "24"), recorded("--columns", "80", "--rows", "24")
    assert one != other
    assert one.read_text("utf-8") == other.read_text("utf-8")
