"""A first evening, in a real terminal with a real model: set up, watch, step in, leave, find it again, go on."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.cli.conftest import CommandLine
from tests.journeys.terminal import Terminal, needs_tmux

# The model shares the machine with whatever else runs on it.
pytestmark = [needs_tmux, pytest.mark.timeout(400)]

TITLE = "Lamp oil and wires"
TOPIC = "whether a lamp can be lonely"
WORD = "Does the sea answer?"


@contextmanager
def sitting_at(home: CommandLine, *words: str, columns: int = 100, rows: int = 30) -> Iterator[Terminal]:
    command = [sys.executable, "-m", "backrooms_tui", *words]
    with Terminal(command, folder=home.folder, environ=home.environ, columns=columns, rows=rows) as terminal:
        yield terminal


def turn_of(screen: str) -> int:
    """The turn that the line on top of a stage tells."""
    found = re.search(r"\bturn (\d+)\b", screen.splitlines()[0])
    return int(found[1]) if found else 0


def standing_at(screen: str) -> int:
    """The turn that a replay stands at."""
    found = re.search(r"\bturn (\d+) of \d+\b", screen)
    return int(found[1]) if found else -1


def fill_the_form(terminal: Terminal) -> None:
    """By keyboard: another template, a topic, short turns, a title. Looks before it types, as a person does."""
    terminal.sees("No sessions yet")
    terminal.press("n")
    terminal.sees("cli · Command line", "no turn limit")
    terminal.press("Enter")
    terminal.sees("duo · Duo")
    terminal.type("duo")
    terminal.press("Enter")
    terminal.sees("Two characters of your choice", "① Mara", "no turn limit")
    terminal.press(*["Tab"] * 5)
    terminal.sees("What they come to talk about")
    terminal.press("C-u")
    terminal.until(re.compile(r"^ *topic *$", re.MULTILINE).search, "an empty field")
    terminal.type(TOPIC)
    terminal.sees(TOPIC)
    for mark in "①②":
        terminal.press("Tab")
        terminal.sees("the model of this seat")
        terminal.press("Tab")
        terminal.sees("such as temperature=")
        terminal.type("max_tokens=24")
        terminal.until(re.compile(rf"{mark} .*max_tokens=24\b").search, f"short turns for {mark}")
    terminal.press(*["Tab"] * 8)
    terminal.sees("what the session is called")
    terminal.type(TITLE)
    terminal.sees(TITLE)


def test_from_the_first_form_to_a_branch(with_starter: CommandLine) -> None:
    with sitting_at(with_starter) as terminal:
        fill_the_form(terminal)
        terminal.press("C-s")
        terminal.sees(TITLE, "▶ running", "① Mara", "② Jonas", "turn 1", seconds=60)
        terminal.until(lambda screen: turn_of(screen) >= 5, "four turns")

        terminal.press("i")
        terminal.sees("Say it")
        terminal.type(WORD)
        terminal.sees(WORD)
        terminal.press("Enter")
        terminal.sees(f"operator: {WORD[:12]}")

        terminal.press("Space")
        paused = terminal.sees("‖ paused")
        terminal.press("n")
        stepped = terminal.until(
            lambda screen: "‖ paused" in screen and turn_of(screen) == turn_of(paused) + 1, "one more turn, and a pause"
        )

        terminal.press("Space")
        terminal.until(lambda screen: "▶ running" in screen and turn_of(screen) > turn_of(stepped), "it goes on")
        terminal.press("C-q")
        assert terminal.leaves() == 0
        assert not terminal.in_alternate_screen

    (session,) = with_starter("sessions", "list", "--json").json()
    assert (session["title"], session["template"], session["parent"]) == (TITLE, "duo", None)
    assert session["turns"] >= turn_of(stepped)
    events = with_starter("replay", session["id"], "--format", "jsonl").events()
    setup = events[0]["setup"]
    assert setup["variables"]["topic"] == TOPIC
    assert [agent["params"]["max_tokens"] for agent in setup["agents"]] == [24, 24]
    assert [event["text"] for event in events if event["kind"] == "interjected"] == [WORD]
    turns = [event for event in events if event["kind"] == "turn_ended"]
    assert [turn["agent"] for turn in turns[:4]] == [1, 2, 1, 2]
    assert all(turn["text"].strip() for turn in turns[:-1])

    with sitting_at(with_starter) as terminal:
        terminal.sees(TITLE, "Mara ↔ Jonas")
        terminal.press("/")
        terminal.sees("words in title")
        terminal.type("nothing of the kind")
        terminal.sees("no session has these words")
        terminal.press("C-u")
        terminal.sees("words in title")
        terminal.type("lamp oil")
        terminal.sees("1 session", TITLE)
        terminal.press("Enter")
        terminal.sees("p Replay", "? Help")  # in the list again: a question mark is no word of the filter now
        terminal.press("p")
        terminal.sees("▷ replay", "▶ playing", f"of {session['turns']}")
        terminal.press("Space")
        terminal.sees("‖ paused")
        terminal.press("a")
        terminal.sees("■ the end", f"operator: {WORD[:12]}")
        terminal.press("g")
        terminal.sees("Go to turn (1 to")
        terminal.type("2")
        terminal.press("Enter")
        terminal.until(lambda screen: standing_at(screen) == 2 and "Go to turn (1" not in screen, "turn 2")
        terminal.press("f")
        terminal.until(lambda screen: "‖ paused" in screen and turn_of(screen) == 2, "a live branch at turn 2")
        terminal.press("n")
        terminal.until(lambda screen: "‖ paused" in screen and turn_of(screen) == 3, "its third turn", seconds=60)
        terminal.press("C-q")
        assert terminal.leaves() == 0

    branch = next(one for one in with_starter("sessions", "list", "--json").json() if one["id"] != session["id"])
    assert branch["parent"] == session["id"]
    assert branch["turns"] == 3
    again = with_starter("replay", branch["id"], "--format", "jsonl").events()
    opened = next(event for event in again if event["kind"] == "session_opened")
    assert (opened["parent"], opened["parent_turn"]) == (session["id"], 2)
    spoken = [event["text"] for event in again if event["kind"] == "turn_ended"]
    assert spoken[:2] == [turn["text"] for turn in turns[:2]]
    assert spoken[2].strip()


def test_one_key_starts_a_first_conversation(with_starter: CommandLine) -> None:
    with sitting_at(with_starter, columns=80, rows=24) as terminal:
        terminal.sees("No sessions yet", "Start a first conversation")
        terminal.press("Enter")
        terminal.sees("A first conversation", "▶ running", seconds=60)
        terminal.until(lambda screen: turn_of(screen) >= 2, "the second voice", seconds=60)
        terminal.press("C-q")
        assert terminal.leaves() == 0

    (session,) = with_starter("sessions", "list", "--json").json()
    assert session["title"] == "A first conversation"
    assert session["turns"] >= 1
