"""A line to type on that may hold text from outside: what is drawn is harmless, what was there is kept."""

from textual.events import Paste
from textual.suggester import Suggester
from textual.widgets import Input

from backrooms_tui.session.harmless import harmless_line

# Keys of letters that Textual itself does not know as such, under the names that it gives them (8.2.8).
_LETTERS = {"plus": "+", "minus": "-", "slash": "/", "at": "@", "backslash": "\\", "underscore": "_"}


class LineInput(Input):
    """An `Input` whose value is harmless whatever is put or pasted into it.

    `text` is what it stands for: the very text that it began with as long as nobody changed it, else what was typed.
    """

    def __init__(
        self,
        text: str = "",
        *,
        placeholder: str = "",
        id: str | None = None,
        compact: bool = True,
        suggester: Suggester | None = None,
    ) -> None:
        self._began_with = text
        self._drawn = harmless_line(text)
        shown = harmless_line(placeholder)
        super().__init__(self._drawn, placeholder=shown, id=id, compact=compact, suggester=suggester)

    @property
    def text(self) -> str:
        """What the line stands for."""
        return self._began_with if self.value == self._drawn else self.value

    def validate_value(self, value: str) -> str:
        """Text may be pasted from anywhere."""
        return harmless_line(value)

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Whether `key` is typed as text, so that nothing else is offered for it."""
        return super().check_consume_key(key, character or _LETTERS.get(key))

    def _on_paste(self, event: Paste) -> None:
        """Several lines become one before Textual, which takes the first line only, inserts them."""
        lines = event.text.splitlines()
        if len(lines) > 1:
            event.text = " ".join(line.strip() for line in lines if line.strip())
