"""A few lines to type on that may hold text from outside: what is drawn is harmless, what was there is kept."""

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.widgets import TextArea

from backrooms_tui.session.harmless import harmless


class LinesInput(TextArea):
    """Grows with its text up to some lines, then scrolls. Tab goes on to the next field, and so do the arrow keys at
    the first and the last line.

    `meant` is what it stands for: the very text that it began with as long as nobody changed it, else what was typed.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+j", "new_line", "New line", show=False)]
    DEFAULT_CSS = """
    LinesInput, LinesInput.-textual-compact { height: auto; min-height: 1; max-height: 6; padding: 0; border: none; }
    """

    def __init__(self, text: str = "", *, placeholder: str = "", id: str | None = None) -> None:
        self._began_with = text
        self._drawn = harmless(text)
        super().__init__(
            self._drawn,
            id=id,
            placeholder=harmless(placeholder),
            compact=True,
            soft_wrap=True,
            highlight_cursor_line=False,
            tab_behavior="focus",
        )

    def on_mount(self) -> None:
        """Nothing blinks where nothing may move."""
        self.cursor_blink = self.app.animation_level == "full"

    @property
    def meant(self) -> str:
        """What the lines stand for."""
        return self._began_with if self.text == self._drawn else self.text

    def action_cursor_up(self, select: bool = False) -> None:
        """One line up, or to the field before."""
        before = self.selection
        super().action_cursor_up(select)
        if not select and self.selection == before:
            self.screen.focus_previous()

    def action_cursor_down(self, select: bool = False) -> None:
        """One line down, or to the next field."""
        before = self.selection
        super().action_cursor_down(select)
        if not select and self.selection == before:
            self.screen.focus_next()

    def action_new_line(self) -> None:
        """A new line, by the key that the operator's line has for it, too."""
        self.insert("\n")

    async def _on_paste(self, event: events.Paste) -> None:
        # What is pasted may carry control characters, which a text area would hand on to the terminal.
        await super()._on_paste(events.Paste(harmless(event.text)))
        event.prevent_default()
