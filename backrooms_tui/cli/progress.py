"""What goes on before the first turn, on standard error: one line that fills in a terminal, one line each elsewhere."""

import os
import sys
from time import monotonic

import click

from backrooms_tui.providers.base import Progress
from backrooms_tui.session.harmless import harmless_line

BAR = 28
# Redraw at most this often, in seconds.
EVERY = 0.1


class ProgressLine:
    """Shows progress as it is told. `finish` leaves the line behind."""

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        self._told = ""
        self._drawn = 0.0
        self._open = False

    def __call__(self, progress: Progress) -> None:
        """Show `progress`: its text, and how much of its total is done."""
        text = harmless_line(progress.text)
        if not self._terminal:
            if text != self._told:
                click.echo(text, err=True)
            self._told = text
            return
        now = monotonic()
        whole = progress.total > 0 and progress.done >= progress.total
        if text == self._told and now - self._drawn < EVERY and not whole:
            return
        self._told, self._drawn, self._open = text, now, True
        click.echo(f"\r\x1b[2K{text}{self._bar(progress)}", nl=False, err=True)

    def finish(self) -> None:
        """End the line, if one is being drawn."""
        if self._open:
            click.echo("\r\x1b[2K", nl=False, err=True)
        self._open = False

    def _bar(self, progress: Progress) -> str:
        if progress.total <= 0:
            return f"  {progress.done / 1e6:.1f} MB" if progress.done else " …"
        share = min(progress.done / progress.total, 1.0)
        filled = round(share * BAR)
        size = f"{progress.done / 1e6:.0f} of {progress.total / 1e6:.0f} MB"
        return f"  {'━' * filled}{'╌' * (BAR - filled)}  {share:4.0%}  {size}"
