"""A line for a path: tab goes on as in a shell, and what is pasted or dropped may be quoted, escaped or an address."""

import asyncio
import os
from pathlib import Path
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.events import Paste

from backrooms_tui.session.harmless import harmless_line
from backrooms_tui.ui.typed_paths import completed, from_root, going_on_from, meant, plain
from backrooms_tui.ui.widgets.line_input import LineInput


class PathLine(LineInput):
    """`path` is where it leads. A name with control characters is drawn harmless and still leads to its file."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("tab", "complete", "Complete", show=False)]

    def __init__(self, text: str = "", *, placeholder: str = "", id: str | None = None) -> None:
        super().__init__(text, placeholder=placeholder, id=id)
        self._real: dict[str, str] = {harmless_line(text): text}
        self.select_on_focus = False  # one goes on from the folder that stands there

    @property
    def typed(self) -> str:
        """The path as it was typed or completed, with its real characters."""
        known = max((drawn for drawn in self._real if self.value.startswith(drawn)), key=len, default="")
        return from_root(plain(self._real.get(known, "") + self.value[len(known) :]))

    @property
    def path(self) -> Path:
        """Where it leads."""
        return meant(self.typed)

    def go_to(self, text: str) -> None:
        """Let the line say `text`, the end of it in sight."""
        self._real[harmless_line(text)] = text
        self.value = harmless_line(text)
        self.cursor_position = len(self.value)

    async def action_complete(self) -> None:
        """Add what all that it may become have in common; where nothing can be added, go to the next field."""
        typed = self.typed
        text = completed(typed, await asyncio.to_thread(going_on_from, typed)) if typed else typed
        if not self.is_attached or self.typed != typed:
            return
        if text == typed:
            self.screen.focus_next()
        else:
            self.go_to(text)

    def _on_paste(self, event: Paste) -> None:
        super()._on_paste(event)
        event.text = plain(event.text)
        if event.text.startswith("~") or os.path.isabs(event.text):
            self.value = ""  # a whole path of its own
