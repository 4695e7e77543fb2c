"""A line to type on that may hold text from outside: what is drawn is harmless, what was there is kept."""

from textual.widgets import Input

from backrooms_tui.session.harmless import harmless_line


class LineInput(Input):
    """An `Input` whose value is harmless whatever is put or pasted into it.

    `text` is what it stands for: the very text that it began with as long as nobody changed it, else what was typed.
    """

    def __init__(self, text: str = "", *, placeholder: str = "", id: str | None = None, compact: bool = True) -> None:
        self._began_with = text
        self._drawn = harmless_line(text)
        super().__init__(self._drawn, placeholder=harmless_line(placeholder), id=id, compact=compact)

    @property
    def text(self) -> str:
        """What the line stands for."""
        return self._began_with if self.value == self._drawn else self.value

    def validate_value(self, value: str) -> str:
        """Text may be pasted from anywhere."""
        return harmless_line(value)
