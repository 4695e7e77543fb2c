"""A pseudo-terminal that keeps every byte that a program sends it, and a reading of those bytes."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import monotonic
from types import TracebackType

from tests.journeys.picture import Picture

# Every control sequence that the screen's library has a use for: colours and styles, places, modes, keyboard.
_CONTROL = re.compile(rb"\x1b(?:\[[<=>?]?[0-9;:]*[ $]?[A-Za-z]|\][^\x07\x1b]*(?:\x07|\x1b\\))")
_NUMBERS = re.compile(rb"\d+")
_COLOUR = re.compile(rb"([34]8;)(2;\d+;\d+;\d+|5;\d+)")


class Wire:
    """`command` in a pseudo-terminal of `columns` by `rows` cells; `sent` is all that it has written there."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        folder: Path,
        environ: Mapping[str, str],
        columns: int = 100,
        rows: int = 30,
    ) -> None:
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.process = subprocess.Popen(
            command,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            cwd=folder,
            env={**environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"},
            # A session of its own with this as its terminal, so that hanging up reaches it as it would a shell's child.
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
            start_new_session=True,
        )
        os.close(theirs)
        self._hung_up = False
        self.sent = b""
        self._picture = Picture(columns, rows)

    def __enter__(self) -> "Wire":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.hang_up()

    def press(self, keys: str) -> None:
        """Send keys as a terminal does."""
        os.write(self._ours, keys.encode())

    def resize(self, columns: int, rows: int) -> None:
        """Another size for the window."""
        self._picture.resize(columns, rows)
        fcntl.ioctl(self._ours, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.process.send_signal(signal.SIGWINCH)

    def hang_up(self) -> None:
        """The window is closed."""
        if not self._hung_up:
            self._hung_up = True
            os.close(self._ours)

    @property
    def screen(self) -> str:
        """What stands on the screen now."""
        return self._picture.text

    def sees(self, *texts: str, seconds: float = 30) -> str:
        """Wait until all of `texts` stand on the screen; the screen then."""
        return self.until(lambda screen: all(one in screen for one in texts), f"{texts}", seconds=seconds)

    def until(self, condition: Callable[[str], object], what: str = "it", *, seconds: float = 30) -> str:
        """Read what is sent until `condition` holds of the screen; the screen then."""
        end = monotonic() + seconds
        while not condition(screen := self.screen):
            if not self._read(0.05) and self.process.poll() is not None and not self._read(0.2):
                raise AssertionError(f"it ended before {what}\n{readable(self.sent)[-4000:]}")
            if monotonic() > end:
                raise AssertionError(f"not within {seconds:g} seconds: {what}\n{screen}")
        return screen

    def rest(self, *, seconds: float = 5) -> None:
        """Read until nothing comes for a moment, so that what was begun is drawn; or for so many `seconds`."""
        end = monotonic() + seconds
        while self._read(0.3) and monotonic() < end:
            pass

    def leaves(self, *, seconds: float = 20) -> int:
        """Wait until the program has ended, and read all its last words; its exit status."""
        end = monotonic() + seconds
        while self.process.poll() is None:
            self._read(0.05)
            if monotonic() > end:
                raise AssertionError(f"it does not leave\n{readable(self.sent)[-4000:]}")
        while self._read(0.2):
            pass
        return self.process.returncode

    def _read(self, seconds: float) -> bool:
        if self._hung_up:
            return False
        ready, _, _ = select.select([self._ours], [], [], seconds)
        if not ready:
            return False
        try:
            piece = os.read(self._ours, 1 << 16)
        except OSError:  # nobody holds the other end any more
            return False
        self.sent += piece
        self._picture.take(piece)
        return bool(piece)


def readable(sent: bytes) -> str:
    """What a person could read of it: without control sequences."""
    return _CONTROL.sub(b"", sent).decode("utf-8", "replace")


def sequences(sent: bytes) -> set[bytes]:
    """The kinds of control sequences in `sent`, with N for the numbers that only tell where or which exact colour:
    `ESC [ 12;40 H` is `ESC [ N;N H`, and a style is told as each of its attributes."""
    return {kind for one in _CONTROL.findall(sent) for kind in _kinds(one)}


def _kinds(one: bytes) -> list[bytes]:
    if one.startswith(b"\x1b]") or one[2:3] in (b"?", b"<", b"=", b">"):
        return [one]
    if one.endswith(b"m"):
        return [b"\x1b[%bm" % (part or b"0") for part in re.split(rb"(?<!8);(?!N)", _COLOUR.sub(rb"\1N", one[2:-1]))]
    return [_NUMBERS.sub(b"N", one)]
