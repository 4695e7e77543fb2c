"""The text of a template while it is written: marks beside the lines that something is wrong with."""

from collections.abc import Mapping

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.color import Color
from textual.strip import Strip
from textual.widgets import TextArea

from backrooms_tui.session.harmless import harmless


class WritingArea(TextArea):
    """A TextArea with line numbers. A file from elsewhere may hold anything: what is drawn is made harmless, letter for
    letter, so that the cursor stays where it belongs; what is kept is the text itself."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, show_line_numbers=True, tab_behavior="focus", compact=True, soft_wrap=True)
        self._marks: Mapping[int, str] = {}

    def mark_lines(self, marks: Mapping[int, str]) -> None:
        """Put a sign of one cell beside lines, by their numbers from 1."""
        if marks != self._marks:
            self._marks = dict(marks)
            self.refresh()

    def get_line(self, line_index: int) -> Text:
        """The line as it may be drawn: of the same length."""
        line = self.document.get_line(line_index)
        if not line.isprintable():
            line = "".join(harmless(letter) or "\ufffd" for letter in line)
        return Text(line, end="", no_wrap=True)

    def render_line(self, y: int) -> Strip:
        """The line with its mark, in the empty cells that follow its number."""
        strip = super().render_line(y)
        first = next(iter(strip), None)
        number = first.text.strip() if first is not None else ""
        if first is None or not first.text.endswith("  ") or not number.isdecimal() or int(number) not in self._marks:
            return strip
        sign = Segment(self._marks[int(number)], (first.style or Style()) + self._sign_style())
        return Strip([Segment(f"{first.text[:-2]} ", first.style), sign, *list(strip)[1:]], strip.cell_length)

    def _sign_style(self) -> Style:
        return Style(color=Color.parse(self.app.theme_variables["text-error"]).rich_color, bold=True)
