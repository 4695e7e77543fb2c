"""What a program said on standard error: kept in memory, the last lines only, so that a failure can be explained."""

import os
import threading
from collections import deque
from typing import TextIO

_LINES = 20
_LONGEST = 300


class LastWords:
    """Gives a started program a file for its standard error, and keeps the last lines of what it wrote there."""

    def __init__(self) -> None:
        self._lines: deque[str] = deque(maxlen=_LINES)
        reading, writing = os.pipe()
        # Opened for the program to write to; closed here as soon as it has it.
        self.file: TextIO = os.fdopen(writing, "w")
        self._thread = threading.Thread(target=self._read, args=(reading,), name="tool-server-errors", daemon=True)
        self._thread.start()

    def started(self) -> None:
        """The program has the file now, or never will: when it ends, so does the reading."""
        self.file.close()

    def lines(self) -> tuple[str, ...]:
        """The last lines that say anything, oldest first."""
        return tuple(line for line in self._lines if line.strip())

    def _read(self, reading: int) -> None:
        rest = b""
        try:
            while piece := os.read(reading, 4096):
                *lines, rest = (rest + piece).split(b"\n")
                for line in lines:
                    self._add(line)
                rest = rest[-_LONGEST * 4 :]
        except OSError:
            pass
        finally:
            self._add(rest)
            os.close(reading)

    def _add(self, line: bytes) -> None:
        self._lines.append(line.decode("utf-8", "replace").rstrip()[:_LONGEST])
