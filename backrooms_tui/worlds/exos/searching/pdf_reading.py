"""Taking the text out of PDF documents, in a child process: they may loop, eat memory, or break the library.

The child is started for the first document and anew after one that ended it. It ends when this process does, however
it ends.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from backrooms_tui.worlds.exos.searching.folder import MOST_BYTES
from backrooms_tui.worlds.exos.searching.pdf_child import HEAD, LENGTH, OUT_OF_MEMORY, UNAVAILABLE

# Why there is no text, or not all of it. "long": there is more of it than is kept; "stopped": it was no longer wanted.
Why = Literal[
    "empty", "no pdf", "scan", "encrypted", "cipher", "broken", "slow", "memory", "long", "unavailable", "stopped"
]
_SAID: Mapping[bytes, Why] = {b"long": "long", b"encrypted": "encrypted", b"cipher": "cipher"}
_MARK, _MARK_WITHIN = b"%PDF-", 1024
_SCRIPT = Path(__file__).with_name("pdf_child.py")
# How a child ends that its watch ended, or the system.
_WATCH, _KILLED = 1, -9
# The longest message that is no text, in bytes.
_SHORT = 64
# Seconds that a child has to be gone when its pipe is closed.
_FAREWELL = 5.0
# What Python needs to find itself and the library. The person's keys are among the others.
_PASSED = frozenset(
    {"PATH", "HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "LANG"}
    | {"LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PYTHONPATH", "PYTHONHOME", "PYTHONUSERBASE", "PYTHONNOUSERSITE"}
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may take: seconds for a `step` (making out its pages, reading one of them) and for the `whole`,
    bytes of `memory`, and bytes of `text`. Measured: a page takes 10 to 50 ms, the child 50 MB of memory."""

    step: float = 20.0
    whole: float = 120.0
    memory: int = 1 << 30
    text: int = MOST_BYTES


@dataclass(frozen=True, slots=True)
class Extracted:
    """What was read of a document: its first `pages`, `of` so many, `read` of them (others are empty); and `why` it is
    not all of them, if it is not."""

    pages: tuple[str, ...] = ()
    read: int = 0
    of: int = 0
    why: Why | None = None


def installed() -> bool:
    """Whether the library is there. It is looked up, not imported."""
    return find_spec("pypdf") is not None


class PdfReading:
    """One child process at a time. `read` and `close` belong to one thread, `stop` to any."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._stopped = False

    @property
    def pid(self) -> int | None:
        """The child's process id, where there is one."""
        process = self._process
        return process.pid if process is not None else None

    def read(self, data: bytes) -> Extracted:
        """The text of a document."""
        if not data:
            return Extracted(why="empty")
        if _MARK not in data[:_MARK_WITHIN]:
            return Extracted(why="no pdf")
        process = self._started()
        if process is None:
            return Extracted(why="stopped" if self._stopped else "unavailable")
        late = threading.Event()
        timer = threading.Timer(self._limits.whole, _give_up, (process, late))
        timer.daemon = True
        timer.start()
        hearing = _Hearing(process, self._limits.text)
        try:
            return hearing.answer(data)
        except (OSError, EOFError):
            return hearing.so_far(self._why_gone(process, late))
        except ValueError:
            self.close()
            return hearing.so_far("broken")
        finally:
            timer.cancel()

    def stop(self) -> None:
        """End it at once, for good: `read` returns, now and later, with what it has."""
        with self._lock:
            self._stopped = True
            if self._process is not None:
                self._process.kill()

    def close(self) -> None:
        """End the child, and wait until it is gone. The next document begins another one."""
        with self._lock:
            self._clear()

    def _clear(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            # What was not written any more is lost with its reader.
            with suppress(OSError), process:
                process.kill()

    def _started(self) -> "subprocess.Popen[bytes] | None":
        with self._lock:
            if self._stopped:
                return None
            if self._process is None or self._process.poll() is not None:
                self._clear()
                limits = (self._limits.step, self._limits.memory, self._limits.text)
                # No terminal is its own, and Ctrl-C is for this process to judge.
                with suppress(OSError):
                    self._process = subprocess.Popen(  # noqa: S603 - our own script, with our own interpreter
                        [sys.executable, "-P", str(_SCRIPT), *map(str, limits)],
                        stdin=subprocess.PIPE,
                        stdout=subprocess.PIPE,
                        stderr=subprocess.DEVNULL,
                        env={name: value for name, value in os.environ.items() if name.upper() in _PASSED},
                        **_own_group(),
                    )
            return self._process

    def _why_gone(self, process: "subprocess.Popen[bytes]", late: threading.Event) -> Why:
        """Why it ended in the middle of a document. It is cleared away."""
        with suppress(subprocess.TimeoutExpired):
            process.wait(_FAREWELL)
        status = process.poll()
        self.close()
        if self._stopped:
            return "stopped"
        if late.is_set() or status == _WATCH:
            return "slow"
        if status == UNAVAILABLE:
            return "unavailable"
        # Where the system itself runs out of memory, it kills.
        return "memory" if status in (OUT_OF_MEMORY, _KILLED) else "broken"


class _Hearing:
    """What a child says about one document, which may have `most` bytes of text. It is believed nothing that would
    take more."""

    def __init__(self, process: "subprocess.Popen[bytes]", most: int) -> None:
        self._process = process
        self._left = most
        self._pages: list[str] = []
        self._of = 0
        self._unread = 0

    def answer(self, data: bytes) -> Extracted:
        """Hand it the document, and hear it to the end. Raises OSError or EOFError where it breaks off, and ValueError
        where it says what it never should."""
        into = self._process.stdin
        assert into is not None
        into.write(LENGTH.pack(len(data)))
        into.write(data)
        into.flush()
        while (message := self._message())[0] != b"e":
            match message:
                case b"n", words:
                    self._of = int(words)
                case (b"p" | b"x") as kind, words if len(self._pages) < self._of:
                    self._pages.append(words.decode("utf-8", "replace"))
                    self._left -= len(words)
                    self._unread += kind == b"x"
                case _:
                    raise ValueError
        return self.so_far(_SAID.get(message[1], "broken") if message[1] else None)

    def so_far(self, why: Why | None) -> Extracted:
        """The pages that were read."""
        if why is None and (self._unread or not self._pages):
            why = "broken"
        if why is None and not any(map(str.strip, self._pages)):
            why = "scan"
        count = len(self._pages)
        return Extracted(tuple(self._pages), count - self._unread, max(self._of, count), why)

    def _message(self) -> tuple[bytes, bytes]:
        source = self._process.stdout
        assert source is not None
        head = source.read(HEAD.size)
        if len(head) < HEAD.size:
            raise EOFError
        kind, length = HEAD.unpack(head)
        if length > (self._left if kind == b"p" else _SHORT):
            raise ValueError
        words = source.read(length)
        if len(words) < length:
            raise EOFError
        return kind, words


def _give_up(process: "subprocess.Popen[bytes]", late: threading.Event) -> None:
    late.set()
    process.kill()


def _own_group() -> dict[str, Any]:
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    return {"start_new_session": True}
