"""How far a batch is, on standard error: one line that fills in a terminal, one line a run elsewhere."""

import os
import sys
from shutil import get_terminal_size
from time import monotonic
from typing import TYPE_CHECKING

import click

from backrooms_tui.cli.tables import shortened
from backrooms_tui.experiments.telling import about, money

if TYPE_CHECKING:
    from backrooms_tui.assembly.batches.repeating import Going

_BAR = 20
_EVERY = 0.1  # seconds between two drawings


class BatchProgress:
    """Shows how far a batch is, as it is told. `finish` takes the line away."""

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        self._over = -1
        self._drawn = 0.0
        self._open = False

    def __call__(self, going: "Going") -> None:
        """Show it, if it is worth a line."""
        over = going.done + going.failed
        if not self._terminal:
            if over != self._over and over:
                click.echo(told(going), err=True)
            self._over = over
            return
        now = monotonic()
        if over == self._over and now - self._drawn < _EVERY:
            return
        self._over, self._drawn, self._open = over, now, True
        filled = round(going.done / going.total * _BAR)
        line = f"{'━' * filled}{'╌' * (_BAR - filled)}  {told(going)}"
        click.echo(f"\r\x1b[2K{shortened(line, get_terminal_size().columns - 1)}", nl=False, err=True)

    def finish(self) -> None:
        """End the line, if one is being drawn."""
        if self._open:
            click.echo("\r\x1b[2K", nl=False, err=True)
        self._open = False


def told(going: "Going") -> str:
    """`7 of 20 done · 4 running · 1 failed · $0.12 · about 3 min left`."""
    parts = [f"{going.done} of {going.total} done"]
    if going.running:
        judging = f" ({going.judging} being judged)" if going.judging else ""
        parts.append(f"{going.running} running{judging}")
    if going.failed:
        parts.append(f"{going.failed} failed")
    if going.unjudged:
        parts.append(f"{going.unjudged} not judged")
    parts.append(money(going.cost, unpriced=going.unpriced))
    if going.running:
        parts.append(about(going.left))
    return " · ".join(filter(None, parts))
