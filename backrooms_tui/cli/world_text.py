"""What worlds do, as text: their screens set off from what is said, and what became of commands."""

from collections.abc import Callable, Iterator, Sequence

from backrooms_tui.session.world import Exchange, Outcome

EDGE = "│ "
_BECAME: dict[Outcome, str] = {"denied": "was denied", "failed": "failed", "timed_out": "took too long"}


class Edged:
    """Writes through `write` with an edge before every line, as a terminal's screen within a page."""

    def __init__(self, write: Callable[[str], None], edge: str = EDGE) -> None:
        self._write = write
        self._edge = edge
        self._fresh = True

    def __call__(self, text: str) -> None:
        """Write the next piece."""
        for line in text.splitlines(keepends=True):
            self._write(self._edge + line if self._fresh else line)
            self._fresh = line.endswith("\n")

    def restart(self) -> None:
        """The next piece begins a line."""
        self._fresh = True


def tools_used(exchanges: Sequence[Exchange]) -> Iterator[tuple[str, bool]]:
    """A line for each command that a model had run for it in its turn, and whether it is a warning. What a world did in
    a turn of its own stands on its screen."""
    for one in exchanges:
        command = " ".join((one.command or one.name).split()) or "a command"
        became = _BECAME.get(one.outcome, "")
        yield f"{command}: {became}" if became else f"used {command}", one.outcome in ("failed", "timed_out")
