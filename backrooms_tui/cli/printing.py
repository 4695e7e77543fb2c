"""Printing a session to standard output, and noticing when nobody reads it any more."""

import os
import sys
from collections.abc import Callable

from backrooms_tui.cli.council_text import Kept
from backrooms_tui.cli.json_lines import JsonLines
from backrooms_tui.cli.leaving import complain
from backrooms_tui.cli.live_text import LiveText
from backrooms_tui.conversation.publishing import Listener
from backrooms_tui.session.events import AnyEvent
from backrooms_tui.session.state import SessionState

UNWRITABLE = "standard output cannot be written: {why}"


def printer(
    shape: str, *, show_reasoning: bool = False, kept: Kept | None = None, asked_here: bool = False
) -> Listener:
    """The listener that prints a session as `shape`: text, with councils as they were `kept`, or jsonl. What is
    `asked_here`, on the same terminal, need not be told twice."""
    if shape == "jsonl":
        return JsonLines()
    return LiveText(show_reasoning=show_reasoning, kept=kept, asked_here=asked_here)


class Printing:
    """Hands events to a printer until nobody can read them any more: then it is `closed`, and `on_closed` is called
    once. The reader of a pipe may have gone, the terminal may be closed, the disk may be full."""

    def __init__(self, inner: Listener) -> None:
        self._inner = inner
        self.closed = False
        self.on_closed: Callable[[], object] = lambda: None

    def hear(self, event: AnyEvent) -> None:
        """Print `event`, if anybody still reads."""
        self._print(lambda: self._inner.hear(event))

    def hear_within(self, state: SessionState, event: AnyEvent) -> None:
        """Print `event`, which happened in a council, where the printer shows councils."""
        inner = self._inner
        if isinstance(inner, LiveText):
            self._print(lambda: inner.hear_within(state, event))

    def _print(self, what: Callable[[], None]) -> None:
        if self.closed:
            return
        try:
            what()
        except OSError as error:
            self.closed = True
            silence_stdout()
            if not isinstance(error, BrokenPipeError):
                complain(UNWRITABLE.format(why=error.strerror))
            self.on_closed()

    def finish(self) -> None:
        """There are no more events: what is unfinished is said to be."""
        if not self.closed and isinstance(self._inner, LiveText):
            self._inner.finish()

    async def settled(self) -> None:
        """Everything is printed as it is heard."""


def silence_stdout() -> None:
    """Point standard output nowhere, so that the interpreter does not complain at exit that its reader has gone."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
