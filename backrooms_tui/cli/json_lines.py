"""A session as JSON Lines: one event a line, nothing but events."""

import sys
from typing import TextIO

from backrooms_tui.session.codec import event_to_json
from backrooms_tui.session.events import AnyEvent


class JsonLines:
    """A listener that prints each event it hears as one line of JSON, in UTF-8 wherever it goes."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out or sys.stdout
        reconfigure = getattr(self._out, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8")

    def hear(self, event: AnyEvent) -> None:
        """Print `event`. Raises BrokenPipeError when nobody reads any more."""
        self._out.write(event_to_json(event) + "\n")
        self._out.flush()

    async def settled(self) -> None:
        """Everything is printed as it is heard."""
