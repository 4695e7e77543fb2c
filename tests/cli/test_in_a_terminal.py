"""`backrooms` where a person sits at both ends: the application, and a terminal that is left as it was."""

import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence

import pytest

from tests.cli.conftest import COMMAND, CommandLine

pty = pytest.importorskip("pty", reason="needs pseudo-terminals")
termios = pytest.importorskip("termios", reason="needs pseudo-terminals")

ALTERNATE, BACK = b"\x1b[?1049h", b"\x1b[?1049l"
CRASHING = """
from backrooms_tui.ui.screens.home.home import HomeScreen
def fail(self):
    raise RuntimeError("the lamp went out")
HomeScreen.action_models = fail
from backrooms_tui.cli import main
main()
"""


class Terminal:
    """A pseudo-terminal of 80×24 with a program in it."""

    def __init__(self, command: Sequence[str], backrooms: CommandLine, **environ: str) -> None:
        self.ours, theirs = pty.openpty()
        termios.tcsetwinsize(theirs, (24, 80))
        everything = backrooms.environ | {"TERM": "xterm-256color"} | environ
        everything.pop("PYTHONWARNINGS", None)
        self.process = subprocess.Popen(
            command,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=everything,
            cwd=backrooms.folder,
            start_new_session=True,
        )
        os.close(theirs)
        self.seen = b""

    def read(self, until: bytes = b"", seconds: float = 60.0) -> bytes:
        """All that came so far, at least up to `until`, or to the end of the program where that is empty."""
        end = time.monotonic() + seconds
        while not until or until not in self.seen:
            if not select.select([self.ours], [], [], max(0.0, end - time.monotonic()))[0]:
                raise AssertionError(f"{until!r} never came: {self.seen[-2000:]!r}")
            try:
                more = os.read(self.ours, 65536)
            except OSError:
                more = b""
            if not more:
                assert not until, f"{until!r} never came: {self.seen[-2000:]!r}"
                break
            self.seen += more
        return self.seen

    def type(self, keys: bytes) -> None:
        os.write(self.ours, keys)

    def after(self) -> str:
        """What stands on the terminal once the program is over."""
        whole = self.read()
        return whole.rpartition(BACK)[2].decode("utf-8", "replace")

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self.ours)


@pytest.fixture
def terminals(backrooms: CommandLine) -> Iterator[list[Terminal]]:
    opened: list[Terminal] = []
    yield opened
    for terminal in opened:
        terminal.close()


def test_without_a_command_the_application_starts(backrooms: CommandLine, terminals: list[Terminal]) -> None:
    terminals.append(terminal := Terminal(COMMAND, backrooms))
    terminal.read(b"Start a first conversation")
    terminal.type(b"\x11")  # ctrl+q
    assert "Traceback" not in terminal.after()
    assert terminal.process.wait(30) == 0
    assert ALTERNATE in terminal.seen


def test_elsewhere_it_prints_its_help(backrooms: CommandLine) -> None:
    assert backrooms().out.startswith("Usage: backrooms")


def test_a_crash_leaves_one_message_and_a_clean_terminal(backrooms: CommandLine, terminals: list[Terminal]) -> None:
    terminals.append(terminal := Terminal([sys.executable, "-c", CRASHING], backrooms))
    terminal.read(b"Start a first conversation")
    terminal.type(b"m")
    after = terminal.after()
    assert terminal.process.wait(30) == 1
    assert "RuntimeError: the lamp went out" in after
    assert "sessions.db" in after.replace("\r\n", "")
    assert "Traceback" not in terminal.seen.decode("utf-8", "replace")
    # The cursor is back, and nobody listens to the mouse any more.
    assert terminal.seen.rindex(b"\x1b[?25h") > terminal.seen.rindex(b"\x1b[?25l")
    assert terminal.seen.rindex(b"\x1b[?1000l") > terminal.seen.rindex(b"\x1b[?1000h")


def test_who_asks_for_it_sees_where_it_crashed(backrooms: CommandLine, terminals: list[Terminal]) -> None:
    terminals.append(terminal := Terminal([sys.executable, "-c", CRASHING], backrooms, BACKROOMS_DEBUG="1"))
    terminal.read(b"Start a first conversation")
    terminal.type(b"m")
    assert "Traceback" in terminal.after()


def test_a_mistake_in_the_settings_is_said_before_anything_is_shown(
    backrooms: CommandLine, terminals: list[Terminal]
) -> None:
    backrooms.configure("[defaults]\nmax_turns = 'many'\n")
    terminals.append(terminal := Terminal(COMMAND, backrooms))
    seen = terminal.read()
    assert terminal.process.wait(30) == 2
    assert b"config.toml, line 2" in seen
    assert ALTERNATE not in seen


def test_replay_opens_in_the_application(backrooms: CommandLine, terminals: list[Terminal]) -> None:
    model = backrooms.script("ada", "Words that were said.")
    backrooms("run", "duo", "--lm", model, "--max-turns", "2", "--title", "A night")
    terminals.append(terminal := Terminal([*COMMAND, "replay", "A night"], backrooms))
    terminal.read(ALTERNATE)
    terminal.read(b"A night")
    terminal.type(b"\x11")
    assert terminal.process.wait(30) == 0
    terminals.append(printed := Terminal([*COMMAND, "replay", "A night", "--format", "text"], backrooms))
    assert b"Words that were said." in printed.read()
    assert ALTERNATE not in printed.seen


def test_replaying_what_is_not_there_is_said_at_once(backrooms: CommandLine, terminals: list[Terminal]) -> None:
    terminals.append(terminal := Terminal([*COMMAND, "replay", "nothing"], backrooms))
    assert b"there are no sessions yet" in terminal.read()
    assert terminal.process.wait(30) == 2
