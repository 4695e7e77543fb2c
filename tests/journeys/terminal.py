"""A real terminal to sit at: tmux, with a server of its own that is gone at the end."""

import shlex
import shutil
import subprocess
import uuid
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import monotonic, sleep
from types import TracebackType

import pytest

needs_tmux = pytest.mark.skipif(shutil.which("tmux") is None, reason="a real terminal needs tmux: install tmux")

_LOOK_AGAIN = 0.05  # seconds between two looks at the screen


class Terminal:
    """A window of `columns` by `rows` cells in which `command` runs: keys go in, what can be read on it comes out.

    Nothing waits for a time: `until` and `sees` look again until it is so, and fail with the picture of the screen.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        folder: Path,
        environ: Mapping[str, str],
        columns: int = 100,
        rows: int = 30,
    ) -> None:
        self._name = f"backrooms-{uuid.uuid4().hex[:12]}"
        self._ended = folder / f"{self._name}.status"
        self._environ = {name: value for name, value in environ.items() if name not in ("TMUX", "TMUX_PANE")}
        # The screen stays after the program has left, so that its last words can be read.
        command = ["env", "TERM=xterm-256color", "COLORTERM=truecolor", *command]
        line = f"{shlex.join(command)}; echo $? > {shlex.quote(str(self._ended))}; exec cat"
        self._tmux("new-session", "-d", "-x", str(columns), "-y", str(rows), "-c", str(folder), line)

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._run("kill-server")

    # What a person does -----------------------------------------------------------------------------------------------

    def press(self, *keys: str) -> None:
        """Press keys, by tmux's names: `Enter`, `Escape`, `C-q`, `Tab`, `n`."""
        self._tmux("send-keys", *keys)

    def type(self, text: str) -> None:
        """Type letters."""
        self._tmux("send-keys", "-l", text)

    # What a person sees -----------------------------------------------------------------------------------------------

    @property
    def screen(self) -> str:
        """What stands on the screen, line by line, without what is blank at the ends of lines."""
        return self._tmux("capture-pane", "-p")

    def sees(self, *texts: str, seconds: float = 30) -> str:
        """Wait until all of `texts` stand on the screen; the screen then."""
        return self.until(lambda screen: all(text in screen for text in texts), f"{texts}", seconds=seconds)

    def until(self, condition: Callable[[str], object], what: str = "it", *, seconds: float = 30) -> str:
        """Wait until `condition` holds of the screen, at most `seconds`; the screen then."""
        end = monotonic() + seconds
        while True:
            screen = self.screen
            if condition(screen):
                return screen
            if monotonic() > end:
                raise AssertionError(f"never seen within {seconds:g} seconds: {what}\n{screen}")
            sleep(_LOOK_AGAIN)

    def leaves(self, *, seconds: float = 20) -> int:
        """Wait until the program has ended; its exit status."""
        self.until(lambda _: self._ended.exists() and self._ended.read_text().strip(), "the end", seconds=seconds)
        return int(self._ended.read_text())

    @property
    def in_alternate_screen(self) -> bool:
        """Whether a program has taken the whole screen."""
        return self._tmux("display-message", "-p", "#{alternate_on}").strip() == "1"

    def _tmux(self, *words: str) -> str:
        done = self._run(*words)
        if done.returncode:
            raise RuntimeError(f"tmux {words[0]}: {done.stderr.decode('utf-8', 'replace')}")
        return done.stdout.decode("utf-8", "replace")

    def _run(self, *words: str) -> "subprocess.CompletedProcess[bytes]":
        command = ["tmux", "-L", self._name, "-f", "/dev/null", "-u", *words]
        return subprocess.run(command, capture_output=True, env=self._environ, timeout=20)
