"""Runs a Textual application in a process and a terminal of its own, and reads what the terminal is sent.

Headless, Textual renders nothing that is written: what a screen costs shows only in front of a real terminal.
"""

import fcntl
import json
import os
import pty
import select
import struct
import subprocess
import sys
import tempfile
import termios
from pathlib import Path
from typing import Any


def in_a_terminal(module: str, *arguments: str, columns: int = 180, rows: int = 50) -> dict[str, Any]:
    """What `python -m module arguments... FILE`, run in a terminal of this size, has written to FILE as JSON; and as
    `written`, how many bytes the terminal was sent."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
    environment.pop("NO_COLOR", None)
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder) / "result.json"
        command = [sys.executable, "-m", module, *arguments, str(result)]
        process = subprocess.Popen(
            command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment, start_new_session=True
        )
        os.close(theirs)
        written, last = 0, b""
        while True:
            ready, _, _ = select.select([ours], [], [], 0.5)
            if not ready:
                if process.poll() is not None:
                    break
                continue
            try:
                piece = os.read(ours, 1 << 16)
            except OSError:  # the other end is closed
                break
            if not piece:
                break
            written += len(piece)
            last = (last + piece)[-8000:]
        os.close(ours)
        if process.wait() or not result.exists():
            raise RuntimeError(f"the application failed:\n{last.decode('utf-8', 'replace')}")
        return {**json.loads(result.read_text("utf-8")), "written": written}
