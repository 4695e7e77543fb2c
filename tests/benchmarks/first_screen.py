"""How much later the first screen of `backrooms` is there than that of Textual's own smallest program.

Run with: python -m tests.benchmarks.first_screen [RUNS]
Both are started in turn in a pseudo-terminal of 80×24, with folders of their own. What is measured is the time from the
start of the process until the words of the first screen have come out of the terminal. Figure: at most 0.25 s later.
"""

import os
import pty
import select
import statistics
import subprocess
import sys
import tempfile
import termios
import time
from pathlib import Path

HELLO = """
from textual.app import App
from textual.widgets import Static

class Hello(App):
    def compose(self):
        yield Static("Hello")

Hello().run()
"""
LIMIT = 0.25  # seconds
PATIENCE = 30.0  # seconds


def until(command: list[str], words: list[bytes], environ: dict[str, str]) -> list[float]:
    """Seconds from the start of `command` until each of `words` was on the terminal; it is asked to leave then."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 80))
    started = time.perf_counter()
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environ, start_new_session=True)
    os.close(theirs)
    seen, seconds = b"", []
    try:
        while len(seconds) < len(words):
            ready, _, _ = select.select([ours], [], [], PATIENCE)
            if not ready:
                raise TimeoutError(f"{words[len(seconds)]!r} never came: {seen[-400:]!r}")
            seen += os.read(ours, 65536)
            while len(seconds) < len(words) and words[len(seconds)] in seen:
                seconds.append(time.perf_counter() - started)
        os.write(ours, b"\x11")  # ctrl+q
        _drain(ours)
        process.wait(PATIENCE)
    finally:
        process.kill()
        process.wait()
        os.close(ours)
    return seconds


def _drain(handle: int) -> None:
    """Read what still comes, so that the program is not held up while it leaves."""
    while select.select([handle], [], [], PATIENCE)[0]:
        try:
            if not os.read(handle, 65536):
                return
        except OSError:  # the other end is closed
            return


def main() -> None:
    """Measure in turn, print medians."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    root = str(Path(__file__).parents[2])
    with tempfile.TemporaryDirectory() as folder:
        environ = {name: value for name, value in os.environ.items() if not name.startswith(("TEXTUAL", "BACKROOMS_"))}
        environ |= {
            "TERM": "xterm-256color",
            "PYTHONPATH": root,
            "BACKROOMS_DATA_DIR": f"{folder}/data",
            "BACKROOMS_CONFIG_DIR": f"{folder}/config",
        }
        hello = [sys.executable, "-c", HELLO]
        full = [sys.executable, "-m", "backrooms_tui"]
        # Once unmeasured, so that compiled files and the database are there.
        until(hello, [b"Hello"], environ)
        until(full, [b"Settings", b"No sessions"], environ)
        pairs = []
        for _ in range(runs):
            bare = until(hello, [b"Hello"], environ)[0]
            pairs.append((bare, *until(full, [b"Settings", b"No sessions"], environ)))
    bare, first, listed = (statistics.median(values) for values in zip(*pairs, strict=True))
    later = [screen - alone for alone, screen, _ in pairs]
    print(f"hello               {bare:.3f} s median of {runs}")
    print(f"backrooms           {first:.3f} s median, its sessions read after {listed:.3f} s")
    spread = f"{min(later):.3f} to {max(later):.3f}"
    print(f"later               {statistics.median(later):.3f} s median, {spread} (figure: {LIMIT})")


if __name__ == "__main__":
    main()
