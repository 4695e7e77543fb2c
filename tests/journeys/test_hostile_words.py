"""Whatever models, files and servers write: nothing of theirs steers the terminal, and nothing is taken for markup.

Read back from a real pseudo-terminal: what counts is the bytes that leave.
"""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import tomli_w

from tests.cli.conftest import CommandLine
from tests.hostile import HOSTILE
from tests.journeys import hostile_house
from tests.journeys.wire import Wire, readable, sequences
from tests.misbehaving import MisbehavingServer, Reply

ESCAPE, ENTER, PAGE_UP = "\x1b", "\r", "\x1b[5~"
DOWN, QUIT, PICK, NEXT_PART = "\x1b[B", "\x11", "\x0c", "\x1bOQ"
PASTE = HOSTILE[6] + HOSTILE[7] + HOSTILE[10] + HOSTILE[11]  # an escape would end the paste
SIZES = [(60, 20), (100, 30), (160, 200)]

# What the library that draws the screen says to a terminal. The 16 colours of the terminal itself, clearing it, its
# title and its clipboard are not among it.
_MODES = ["25", "1000", "1003", "1004", "1006", "1015", "1016", "1049", "2004", "2026", "2048", "7"]
OURS = re.compile(
    rb"\x1b\[(?:N;NH|[0-47]m|2[2-9]m|9m|[34]8;Nm|[34]9m|\?(?:%b)(?:[hl]|\$p)|>\d+u|<u)" % "|".join(_MODES).encode()
)
POINTER = re.compile(rb"\x1b\]22;[a-z-]*\x07")  # the shape of the mouse pointer


@contextmanager
def watched(home: CommandLine, *, columns: int, rows: int) -> Iterator[Wire]:
    """The application in a pseudo-terminal; at the end, all that it sent is looked over."""
    command = [sys.executable, "-m", "backrooms_tui"]
    with Wire(command, folder=home.folder, environ=home.environ, columns=columns, rows=rows) as wire:
        yield wire
        wire.press(QUIT)
        assert wire.leaves() == 0
        assert_ours(wire.sent)


def assert_ours(sent: bytes) -> None:
    foreign = {kind for kind in sequences(sent) if not (OURS.fullmatch(kind) or POINTER.fullmatch(kind))}
    assert not foreign, "control sequences that nobody here wrote"
    text = readable(sent)
    odd = {
        one: text[max(0, place - 60) : place + 20]
        for place, one in enumerate(text)
        if (one < " " and one not in "\r\n")
        or "\x7f" <= one <= "\x9f"
        or one in "\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
        or "\u2066" <= one <= "\u2069"
        or one in "\u2028\u2029"
    }
    assert not odd, "control characters that came through"


def gone(wire: Wire, text: str) -> None:
    """Wait until `text` stands there no more."""
    for _ in range(3):  # a screen that is only half drawn may lack it, too
        wire.until(lambda screen: text not in screen, f"no {text}")
        wire.rest()
        if text not in wire.screen:
            return
    raise AssertionError(f"it comes back: {text}\n{wire.screen}")


def one_down(wire: Wire) -> None:
    """Mark the next line of a list."""
    marked = marked_lines(wire.screen)
    wire.press(DOWN)
    wire.until(lambda screen: marked_lines(screen) not in ([], marked), "the next line")


def marked_lines(screen: str) -> list[str]:
    return [line[:36] for line in screen.splitlines() if "▸" in line]


@pytest.fixture
def hostile(backrooms: CommandLine) -> CommandLine:
    """Sessions whose every word is hostile, and files that are."""
    thirds = [HOSTILE[:7], HOSTILE[7:14], HOSTILE[14:]]
    hostile_house.keep(backrooms, *(hostile_house.session(number, texts) for number, texts in enumerate(thirds, 1)))
    return backrooms


@pytest.mark.parametrize(("columns", "rows"), SIZES)
def test_sessions_on_home_and_in_replay(hostile: CommandLine, columns: int, rows: int) -> None:
    with watched(hostile, columns=columns, rows=rows) as wire:
        wire.sees("night 1", "night 2", "night 3")
        wire.press("e")
        wire.sees("Title", "enter keeps it")
        wire.press(ESCAPE)
        gone(wire, "enter keeps it")
        wire.press("d")
        wire.sees("Deleted")
        wire.press("u")
        wire.sees("is back")
        wire.press(ENTER)  # its models are not there
        wire.sees("cannot speak")
        wire.press(ESCAPE)
        wire.sees("3 sessions")
        for place in range(3):
            wire.press("p")
            wire.sees("▷ replay")
            wire.press("a")
            wire.sees("■ the end")
            wire.press("t")
            wire.sees("Reasoning is shown")
            for key in ("l", PAGE_UP, "l", PAGE_UP, "l", PAGE_UP, "z"):
                wire.press(key)
            wire.press("g")
            wire.sees("Go to turn (1 to")
            wire.press(ESCAPE)
            gone(wire, "Go to turn (1 to")
            wire.press(ESCAPE)
            wire.sees("3 sessions")
            if place < 2:
                one_down(wire)


def test_a_live_stage(backrooms: CommandLine) -> None:
    """Here hostile models really speak, and the operator pastes and edits hostile words."""
    models = []
    for number in (1, 2):
        path = backrooms.folder / f"{number} [bold] [@click=app.quit]quit.txt"
        path.write_bytes("\n---\n".join(f"spoken {text}" for text in HOSTILE).encode("utf-8", "replace"))
        models.append(f"scripted/{path}")
    turns = 2 + 2 * len(HOSTILE)
    hostile_house.keep(backrooms, hostile_house.session(1, HOSTILE[:2], models=tuple(models), turns=turns))
    with watched(backrooms, columns=120, rows=60) as wire:
        wire.sees("night 1")
        wire.press(ENTER)
        wire.sees("paused", "Operator ▸")
        wire.press("i")
        wire.sees("Say it")
        wire.press(f"\x1b[200~pasted {PASTE}\x1b[201~")
        wire.sees("pasted")
        wire.press(ENTER)
        gone(wire, "Say it")
        wire.press(" ")
        wire.sees("■ ended", f"turn {turns}", seconds=60)
        wire.press("t")
        wire.sees("Reasoning is shown")
        wire.press("w")
        wire.sees("Whisper to", "1 ①")
        wire.press("1")
        wire.sees("Whisper to ①")
        wire.press(ESCAPE)
        gone(wire, "Whisper to ①")
        wire.press("m")
        wire.sees("Change which seat?")
        wire.press("1")
        wire.sees("parameters", "esc goes back")
        wire.press(ESCAPE)
        gone(wire, "esc goes back")
        for key in ("l", PAGE_UP, "l", PAGE_UP, "l", "l"):
            wire.press(key)
        wire.press("g")
        wire.sees("Go to turn (1 to")
        wire.press("3\r")
        gone(wire, "Go to turn (1 to")
        wire.press("/")
        wire.sees("Find in this session")
        wire.press("spoken")
        wire.until(re.compile(r"│ spoken +│").search, "the word in its field")
        wire.press(ENTER)
        gone(wire, "Find in this session")
        wire.press("e")
        wire.sees("ctrl+s keeps it")
        wire.press(ESCAPE)
        wire.sees("space Run")


def test_what_a_server_says_is_wrong(backrooms: CommandLine) -> None:
    refusal = Reply.refusing(400, f"server says {hostile_house.EVERYTHING}")
    with MisbehavingServer(lambda _: refusal) as server:
        backrooms.configure(f'[endpoints.evil]\nbase_url = "{server.openai_url}"\nmodels = ["m"]\n')
        hostile_house.keep(backrooms, hostile_house.session(1, HOSTILE[:2], models=("evil/m", "evil/m")))
        with watched(backrooms, columns=120, rows=60) as wire:
            wire.sees("night 1")
            wire.press(ENTER)
            wire.sees("paused", "Operator ▸")
            wire.press("n")
            wire.sees("server says", "! paused")
            wire.press(ESCAPE)
            wire.sees("1 session")
            wire.press("m")
            wire.sees("evil")
            wire.press("/")
            wire.sees("f1 Help")  # a question mark is a word of the filter now
            wire.press("evil")
            wire.sees("1 listed")
            wire.press(ENTER)
            wire.sees("? Help")
            wire.press("t")
            wire.sees("✗", "server says")
            wire.press("o")
            wire.until(lambda screen: screen.count("server says") > 1, "what it says of its models")


def test_templates_models_settings_and_help(backrooms: CommandLine) -> None:
    folder = backrooms.folder / "config"
    for name in ("templates", "themes"):
        (folder / name).mkdir(parents=True)
    (folder / "templates" / "hostile.toml").write_text(hostile_house.template(), "utf-8")
    (backrooms.folder / "data" / "models").mkdir(parents=True, mode=0o700)
    for number, text in enumerate(hostile_house.NAMEABLE):
        (folder / "templates" / f"a{number} {text}.toml").write_bytes(f"broken {text}".encode())
        if number < 3:  # as many as there is room to complain about
            (folder / "themes" / f"a{number} {text}.toml").write_bytes(f"broken {text}".encode())
        (backrooms.folder / "data" / "models" / f"a{number} {text}.gguf").write_bytes(b"GGUF" + text.encode())
    key = tomli_w.dumps({"keys": {hostile_house.KEYABLE: "x"}, "ui": {"theme": hostile_house.KEYABLE}})
    alias = tomli_w.dumps({"aliases": {"a[bold] [@click=app.quit]": "anthropic/[bold]x [@click=app.quit]"}})
    backrooms.configure(key + alias)
    with watched(backrooms, columns=120, rows=60) as wire:
        wire.sees("No sessions yet", "[keys]")
        wire.press("?")
        wire.sees("Everywhere")
        wire.press(ESCAPE)
        gone(wire, "Everywhere")
        wire.press("t")
        wire.sees("yours are in", "▸ a0", "hostile")
        for number in range(len(hostile_house.NAMEABLE) + 1):  # with its preview and in the editor, each of them
            if number:
                one_down(wire)
            wire.press("e")
            wire.sees("^s Save")
            wire.press(ESCAPE)
            wire.sees("yours are in")
        wire.sees("▸ hostile", "title")
        wire.press(ENTER)
        wire.sees("New conversation", "default", "name")
        wire.press(PICK)
        wire.sees("Model for ①", "a[bold] [@click=")
        wire.press(ESCAPE)
        gone(wire, "Model for ①")
        wire.press(ESCAPE)
        wire.sees("yours are in")
        wire.press(ESCAPE)
        wire.sees("No sessions yet")
        wire.press("m")
        wire.sees("▸ all", "a0")
        wire.press(ESCAPE)
        wire.sees("No sessions yet")
        wire.press("s")
        wire.sees("Settings")
        for _ in range(2):
            before = wire.screen
            wire.press(NEXT_PART)
            gone(wire, before)
        wire.press(ESCAPE)
        wire.sees("No sessions yet")
